import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { execStart, isArgument } from "../../../src/app/deploy/exec-start.js";
import { needs } from "../../support/engine/needs.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { fc } from "../../support/fast-check.js";

needs("root", "systemd", "dbus");

/** What means something to systemd, to a shell or to a terminal, besides anything else. */
const HARD = [
  "%",
  "%%",
  "%h",
  "$",
  "$$",
  "$HOME",
  "${HOME}",
  "\\",
  "\\n",
  "\\x41",
  "'",
  '"',
  ";",
  "\\;",
  " ",
  "\t",
  "\n",
  "\r",
];
const MORE = [
  "-",
  "@",
  "+",
  "!",
  ":",
  "|",
  "#",
  "=",
  "\u0001",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u2028",
  "é",
  "🔴",
  "\ufeff",
  "\u202e",
];

const argument = fc
  .array(fc.oneof(fc.constantFrom(...HARD, ...MORE), fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter(isArgument);
const vectors = fc.array(fc.array(argument, { maxLength: 5 }), { minLength: 40, maxLength: 40 });

let engine: SystemdEngine;
beforeAll(async () => {
  engine = await SystemdEngine.start();
}, 30_000);
afterAll(() => engine.stop());

/** Starts one unit with all the vectors, one after the other, and gives what each program was given. */
async function given(name: string, all: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
  const out = join(engine.directory, `${name}.out`);
  // printf writes its first argument for each of the others; a NUL stands in none of them.
  const commands = all.map((vector) => execStart(["/usr/bin/printf", String.raw`<%s>\0`, ...vector, "end of vector"]));
  await engine.writeUnit(
    `${name}.service`,
    ["[Service]", "Type=oneshot", `StandardOutput=append:${out}`, ...commands, ""].join("\n"),
  );
  await engine.systemctl("daemon-reload");
  await engine.systemctl("start", `${name}.service`);
  const result: string[][] = [[]];
  for (const piece of (await readFile(out, "utf8")).split("\0")) {
    if (piece === "<end of vector>") result.push([]);
    else if (piece !== "") result.at(-1)?.push(piece.slice(1, -1));
  }
  return result.slice(0, -1);
}

it("every argument reaches the program byte for byte, through systemd's own parser", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(vectors, async (all) => {
      expect(await given(`vectors-${(count += 1)}`, all)).toEqual(all);
    }),
    { numRuns: 5, endOnFailure: true },
  );
  const simple = [HARD, MORE, [""], [], ["--version"], ["", "", "a"], ["x".repeat(100_000)]];
  expect(await given("simple", simple)).toEqual(simple);
}, 60_000);

it("a program with a strange name is the one that is started", async () => {
  const program = join(engine.directory, "a $HOME %n [b] é");
  await engine.exec("ln", "-s", "/usr/bin/touch", program);
  const touched = join(engine.directory, "touched");
  await engine.writeUnit("strange.service", `[Service]\nType=oneshot\n${execStart([program, touched])}\n`);
  await engine.systemctl("daemon-reload");
  await engine.systemctl("start", "strange.service");
  expect(await readFile(touched, "utf8")).toBe("");
});
