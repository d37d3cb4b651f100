import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { BOT_PERMISSIONS, BOT_PERMISSION_BITS, inviteLink } from "../../src/model/bot-permissions.js";

const ROOT = resolve(import.meta.dirname, "../..");
const LEFT_OUT = new Set(["node_modules", "dist", "coverage", ".git", "data"]);

function filesBelow(folder: string, wanted: (name: string) => boolean): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesBelow(path, wanted);
    return wanted(entry.name) ? [path] : [];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const prose = filesBelow("", (name) => name.endsWith(".md"));

describe("prose", () => {
  it("is there to be looked at", () => {
    expect(prose.length).toBeGreaterThan(10);
  });

  it.each(prose)("%s names only files that exist", (file) => {
    const text = read(file).replaceAll(/```[\s\S]*?```/g, "");
    const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => join(dirname(file), match[1] ?? ""));
    const named = [
      ...text.matchAll(/`((?:src|commands|simulator|demo|deploy|test|bench|scripts|docs|examples)\/[\w./-]+)`/g),
    ].map((match) => match[1] ?? "");
    const missing = [...linked, ...named].filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  it("begins the changelog with the package's version", () => {
    const version = (JSON.parse(read("package.json")) as { version: string }).version;
    expect(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1]).toBe(version);
  });

  it("invites the bot with exactly the permissions it uses, each bit explained", () => {
    const readme = read("README.md");
    expect(readme).toContain(inviteLink("APPLICATION_ID"));
    expect(readme).toContain(`${BOT_PERMISSION_BITS} is`);
    for (const { bit } of Object.values(BOT_PERMISSIONS)) expect(readme).toContain(`(${bit})`);
  });

  it("puts the two commands first in the README", () => {
    const block = /```\n([\s\S]*?)```/.exec(read("README.md"))?.[1];
    expect(block).toBe("npm ci && npm run demo\nnpm ci && npm test\n");
  });
});

describe("rooms", () => {
  const rooms = readdirSync(join(ROOT, "src")).filter((name) => statSync(join(ROOT, "src", name)).isDirectory());

  it.each(rooms)("src/%s says in one line what it is for", (room) => {
    const [title, , purpose] = read(`src/${room}/README.md`).split("\n");
    expect(title).toBe(`# ${room}`);
    expect(purpose?.length ?? 0).toBeGreaterThan(20);
  });
});

describe("the lock file", () => {
  it("records no registry", () => {
    expect(read("package-lock.json")).not.toContain('"resolved"');
  });

  it("holds every optional part of every package, also those for other platforms, or “npm ci” refuses it", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });
});

describe("tests", () => {
  const tests = filesBelow("test", (name) => name.endsWith(".test.ts")).filter(
    (file) => !file.startsWith("test/hygiene/"),
  );

  it("leave nothing out and single nothing out", () => {
    const marks = /\b(?:it|test|describe)\.(?:skip|only|todo|fails|skipIf|runIf)\b/;
    expect(tests.length).toBeGreaterThan(20);
    expect(tests.filter((file) => marks.test(read(file)))).toEqual([]);
  });
});

describe("source", () => {
  const sources = ["src", "commands", "simulator"].flatMap((folder) =>
    filesBelow(folder, (name) => name.endsWith(".ts")),
  );

  it("has no way around the types or the linter", () => {
    const around = /@ts-(?:ignore|expect-error|nocheck)|\bas any\b|\bas unknown as\b|(?:oxlint|eslint)-disable/;
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((file) => around.test(read(file)))).toEqual([]);
  });

  it("is named in kebab-case", () => {
    expect(sources.filter((file) => !/^[a-z0-9/-]+(\.d)?\.ts$/.test(file))).toEqual([]);
  });

  it("pins every dependency to one version", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it("takes the parts of discord.js in the versions that belong together", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      readonly packages: Readonly<Record<string, { readonly version?: string } | undefined>>;
    };
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    expect(dependencies["discord.js"]).toBeDefined();
    for (const part of ["@discordjs/rest", "@discordjs/ws", "discord-api-types"]) {
      expect(packages[`node_modules/${part}`]?.version).toBe(dependencies[part]);
      // A second copy below discord.js would mean that it wants another version.
      expect(packages[`node_modules/discord.js/node_modules/${part}`]).toBeUndefined();
    }
  });
});
