import { cp, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { Operator, REPOSITORY } from "../../support/deploy/installed.js";
import { taken } from "../../support/depth.js";
import { startMachine } from "../../support/deploy/machine.js";
import { needs } from "../../support/engine/needs.js";
import type { SystemdEngine } from "../../support/systemd/engine.js";

needs("root", "systemd", "dbus", "polkit");

let machine: SystemdEngine;
let discord: Simulator;
let operator: Operator;

beforeAll(async () => {
  [discord, machine] = await Promise.all([Simulator.start(), startMachine()]);
  operator = new Operator(machine);
  await operator.script("install", "--no-start");
  await operator.configure(
    discord,
    `scrape: { interval: 5s }
targets:
  - { name: bus, kind: unit, unit: dbus.service, actions: [{ name: restart, run: [/bin/true] }] }
`,
  );
  const { code, text } = await operator.script("install");
  if (code !== 0) throw new Error(text);
}, 180_000);

afterAll(async () => {
  await machine.stop();
  await discord.stop();
});

/** A checkout of another version: the same program, or, broken, one that cannot run. */
async function release(version: string, broken: boolean = false): Promise<Operator> {
  const folder = join(machine.directory, `release-${version}`);
  await mkdir(folder);
  const parts = [
    "dist/src",
    "dist/commands",
    "package-lock.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "deploy",
    "docs",
    "examples",
  ];
  for (const part of parts) await cp(join(REPOSITORY, part), join(folder, part), { recursive: true });
  const description = JSON.parse(await readFile(join(REPOSITORY, "package.json"), "utf8")) as object;
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...description, version }));
  // The libraries of the installation are the ones that a build of this release would have.
  await cp(machine.path("/opt/toban/node_modules"), join(folder, "node_modules"), { recursive: true });
  if (broken) {
    await rename(join(folder, "dist/src/main.js"), join(folder, "dist/src/whole.js"));
    const main = 'if (["run", "ping"].includes(process.argv[2])) process.exit(3);\nawait import("./whole.js");\n';
    await writeFile(join(folder, "dist/src/main.js"), main);
  }
  return new Operator(machine, folder);
}

const versionRunning = async (): Promise<string> => {
  const { stdout } = await operator.toban("ping", "--json");
  return (JSON.parse(stdout) as { readonly version: string }).version;
};

const CASES: readonly (readonly [string, () => Promise<void>])[] = [
  ["has nothing to do for the version that is installed", same],
  ["backs up, replaces, starts, and comes back with upgrade.sh --back", thereAndBack],
  ["says the way back when the new version does not come up, and that way works", brokenRelease],
];

describe("upgrading", () => {
  it.each(taken(CASES, [0, 1]))("%s", async (_, run) => expect(run()).resolves.toBeUndefined(), 300_000);
});

async function same(): Promise<void> {
  expect((await operator.script("upgrade")).text).toContain("Nothing to do");
}

async function thereAndBack(): Promise<void> {
  const before = await versionRunning();
  const newer = await release("99.0.0");
  // What an older version has left: a unit that runs as root for nobody's saying so, and a note that knows of none such.
  const unit = "/etc/systemd/system/toban-action-bus-restart.service";
  const asRoot = (await operator.read(unit)).replace("User=toban", "User=root");
  await writeFile(machine.path(unit), asRoot);
  const { keptAsRoot: _keptAsRoot, ...note } = JSON.parse(await operator.read("/etc/toban/granted.json")) as Record<
    string,
    unknown
  >;
  await writeFile(machine.path("/etc/toban/granted.json"), JSON.stringify(note));
  const dry = await newer.script("upgrade", "--dry-run");
  expect(dry.text).toContain("would install /opt/toban (99.0.0)");
  expect(await versionRunning()).toBe(before);
  const { code, text } = await newer.script("upgrade");
  expect(text).toContain(`Upgraded from ${before} to 99.0.0`);
  expect(text).toContain("toban-action-bus-restart.service runs as root, as it did before");
  expect(await operator.read(unit)).toBe(asRoot);
  expect(code).toBe(0);
  expect(await versionRunning()).toBe("99.0.0");
  const backups = await machine.exec(
    "sh",
    "-c",
    "cat /var/backups/toban/*/version; ls /var/backups/toban/*/data /var/backups/toban/*/configuration",
  );
  expect(backups.stdout).toContain(`${before}\n`);
  expect(backups.stdout).toContain("toban.db");
  expect(backups.stdout).toContain("discord_token");
  expect(await operator.owners("/var/backups/toban")).toEqual(["700 root:root /var/backups/toban"]);
  const back = await newer.script("upgrade", "--back");
  expect(back.text).toContain(`Back at ${before}`);
  expect(await versionRunning()).toBe(before);
  expect(await operator.owners("/var/lib/toban")).toEqual(["700 toban:toban /var/lib/toban"]);
}

async function brokenRelease(): Promise<void> {
  const before = await versionRunning();
  const broken = await release("99.0.1", true);
  const { code, text } = await broken.script("upgrade");
  expect(code).toBe(1);
  expect(text).toContain("does not come up");
  expect(text).toContain("upgrade.sh --back");
  const back = await broken.script("upgrade", "--back");
  expect(back.text).toContain(`Back at ${before}`);
  expect(await versionRunning()).toBe(before);
}
