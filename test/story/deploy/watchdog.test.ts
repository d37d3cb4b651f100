import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { Operator } from "../../support/deploy/installed.js";
import { startMachine } from "../../support/deploy/machine.js";
import { needs } from "../../support/engine/needs.js";
import type { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus", "polkit");

/** Within this a stuck loop must have led to a new process: 16 s to see it, 12 s to the next feeding, 24 s without, and a slow machine. */
const RESTARTED_MS = 120_000;
const WATCHDOG = "24s";

let machine: SystemdEngine;
let operator: Operator;
let discord: Simulator;
let unitText: string;

beforeAll(async () => {
  [discord, machine] = await Promise.all([
    Simulator.start(),
    startMachine({ "shop.service": "[Service]\nExecStart=/bin/sleep 10000\n" }),
  ]);
  operator = new Operator(machine);
  await operator.script("install", "--no-start");
  await operator.configure(
    discord,
    "scrape: { interval: 5s }\ntargets:\n  - { name: shop, kind: unit, unit: shop.service }\n",
  );
  await copyFile(join(import.meta.dirname, "../../support/deploy/faults.mjs"), machine.path("/opt/toban/faults.mjs"));
  // The faults are put into modules; the bundle has its own.
  await writeFile(machine.path("/opt/toban/dist/src/main.js"), 'import { main } from "./program.js";\nawait main();\n');
  unitText = await operator.read("/etc/systemd/system/toban.service");
  await machine.systemctl("start", "shop.service");
}, 120_000);

afterAll(async () => {
  await machine.stop();
  await discord.stop();
});

/** The installed unit under another name, with data of its own, a shorter watchdog, and the possibility of faults. */
async function instance(name: string): Promise<{ readonly unit: string; readonly faults: string }> {
  const unit = `toban-${name}.service`;
  const faults = `/run/faults-${name}`;
  await mkdir(machine.path(faults));
  await machine.writeUnit(unit, unitText.replace("StateDirectory=toban\n", `StateDirectory=toban-${name}\n`));
  await mkdir(machine.path(`/etc/systemd/system/${unit}.d`));
  await writeFile(
    machine.path(`/etc/systemd/system/${unit}.d/test.conf`),
    `[Service]
WatchdogSec=${WATCHDOG}
RestartSec=1s
Environment=NODE_OPTIONS=--import=/opt/toban/faults.mjs TOBAN_TEST_FAULTS=${faults} TOBAN_DATA_DIR=/var/lib/toban-${name}
`,
  );
  await machine.systemctl("daemon-reload");
  await machine.systemctl("start", unit);
  return { unit, faults };
}

const journalOf = async (unit: string): Promise<string> =>
  (await machine.exec("journalctl", "--no-pager", "-o", "cat", "-u", unit)).stdout;

describe("systemd starts Toban anew", () => {
  it.concurrent.each([
    ["the event loop hangs", "loop", []],
    ["the store takes nothing any more", "store", ["store"]],
    ["a job of the sender never ends", "sender", ["sender"]],
  ])(
    "when %s",
    async (_, fault, told) => {
      const { unit, faults } = await instance(fault);
      const before = await machine.property(unit, "MainPID");
      await writeFile(machine.path(join(faults, fault)), "");
      // Something to say: a sender that has nothing to do cannot hang.
      await machine.systemctl("kill", "-s", "KILL", "shop.service");
      await until(
        "it was started anew",
        async () => Number(await machine.property(unit, "NRestarts")) > 0,
        RESTARTED_MS,
      );
      await rm(machine.path(join(faults, fault)));
      const journal = await journalOf(unit);
      expect(journal).toContain("Watchdog timeout");
      expect(journal).toContain("Failed with result 'watchdog'");
      const said = journal.split("\n").find((line) => line.includes("a loop makes no progress"));
      const { stuck = [] } = JSON.parse(said ?? "{}") as { readonly stuck?: readonly string[] };
      // A process whose event loop hangs says nothing any more.
      expect(stuck.filter((loop) => loop === fault)).toEqual(told);
      await until(
        "it is on duty again",
        async () => (await machine.property(unit, "ActiveState")) === "active",
        RESTARTED_MS,
      );
      expect(await machine.property(unit, "MainPID")).not.toBe(before);
    },
    2 * RESTARTED_MS,
  );

  it.concurrent(
    "and leaves one alone that has trouble and makes progress",
    async () => {
      const { unit } = await instance("well");
      const before = await machine.property(unit, "MainPID");
      await discord.control.outage(true, "reset");
      await until(
        "the watchdog was fed several times",
        async () =>
          Number(await machine.property(unit, "WatchdogTimestampMonotonic")) >= (await fedAt(unit)) + 40_000_000,
        RESTARTED_MS,
      );
      await discord.control.outage(false);
      expect(await machine.property(unit, "MainPID")).toBe(before);
      expect(await machine.property(unit, "NRestarts")).toBe("0");
    },
    2 * RESTARTED_MS,
  );
});

/** When it became ready, as `WatchdogTimestampMonotonic` counts. */
async function fedAt(unit: string): Promise<number> {
  return Number(await machine.property(unit, "ActiveEnterTimestampMonotonic"));
}
