import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const filesBelow = (folder: string, ends: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ends))
    .map((name) => `${folder}/${name}`);

/** The names in every call of that function. */
function namesIn(text: string, call: RegExp): readonly string[] {
  return [...text.matchAll(call)].flatMap(([, names = ""]) =>
    [...names.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name),
  );
}

const started = (file: string): readonly string[] => namesIn(read(file), /\brequireEngines\(\[([^\]]*)\]\)/g);
const declared = (file: string): readonly string[] => namesIn(read(file), /^\s*needs\(([^)]*)\);/gm);

/** What a file of the tests imports of others of them; types are no import. */
function importsOf(file: string): readonly { readonly path: string; readonly names: readonly string[] }[] {
  const found = read(file).matchAll(/^import (?!type\b)(?:\{([^}]*)\} from )?"(\.[^"]+)\.js";/gm);
  return [...found].flatMap(([, names = "", to = ""]) => {
    const path = join(dirname(file), `${to}.ts`);
    if (!path.startsWith("test/") || !existsSync(join(ROOT, path))) return [];
    return [{ path, names: names.split(",").map((name) => name.trim()) }];
  });
}

/** What of a module starts something; the rest of it may be taken without. */
const STARTERS: Readonly<Record<string, string>> = {
  "test/support/store.ts": "smallDisk",
};

/** The engines that a file can come to start, itself or by what it imports. */
function reachable(file: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  const engines = new Set(started(file));
  for (const { path, names } of importsOf(file)) {
    const starter = STARTERS[path];
    if (seen.has(path) || (starter !== undefined && !names.includes(starter))) continue;
    seen.add(path);
    for (const engine of reachable(path, seen)) engines.add(engine);
  }
  return engines;
}

const tests = filesBelow("test", ".test.ts").filter((file) => !file.startsWith("test/unit/engine/"));
const wanting = tests.filter((file) => reachable(file).size > 0);

describe("tests that start an engine", () => {
  it("are found", () => {
    expect(wanting.length).toBeGreaterThan(15);
  });

  it.each(wanting)("%s says which it needs", (file) => {
    const said = declared(file);
    expect([...reachable(file)].filter((engine) => !said.includes(engine))).toEqual([]);
  });
});

describe("what brings an engine", () => {
  it("stands in test/engines.json alone", () => {
    const files = [...filesBelow("test", ".ts"), ...filesBelow("scripts", ".ts")].filter(
      (file) => !/^(?:test\/(?:support|unit)\/engine\/|scripts\/engines\.ts$|test\/hygiene\/engines)/.test(file),
    );
    expect(files.filter((file) => read(file).includes("apt-get install"))).toEqual([]);
  });
});
