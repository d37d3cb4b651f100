import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { ACTIONS } from "../../../src/model/action.js";
import type { ActOutcome, TargetAction } from "../../../src/model/action.js";
import { byVector, onUnit } from "../../support/act/world.js";
import { startMachine } from "../../support/deploy/machine.js";
import { needs } from "../../support/engine/needs.js";
import type { SystemdEngine } from "../../support/systemd/engine.js";

needs("root", "systemd", "dbus", "polkit");

const SRC = new URL("../../../src/", import.meta.url).href;
const SLEEPER = "[Service]\nExecStart=/bin/sleep 1000\n";
const RULE = `
polkit.addRule(function (action, subject) {
  if (action.id !== "org.freedesktop.systemd1.manage-units" || subject.user !== "nobody") {
    return polkit.Result.NOT_HANDLED;
  }
  var unit = action.lookup("unit");
  var verb = action.lookup("verb");
  if (unit === "listed.service" && (verb === "restart" || verb === "stop")) return polkit.Result.YES;
  if (unit === "toban-action-web-restart.service" && verb === "start") return polkit.Result.YES;
  return polkit.Result.NO;
});
`;

let machine: SystemdEngine;

beforeAll(async () => {
  machine = await startMachine({
    "listed.service": SLEEPER,
    "unlisted.service": SLEEPER,
    "toban-action-web-restart.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
    "toban-action-mail-restart.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
  });
  const rules = join(machine.directory, "etc/polkit-1/rules.d");
  await mkdir(rules, { recursive: true });
  await writeFile(join(rules, "10-test.rules"), RULE, { mode: 0o644 });
  await machine.systemctl("start", "listed", "unlisted");
});

afterAll(() => machine.stop());

/** What comes of these actions, asked for by somebody who is nobody: a process of their own inside, because polkit looks at who asks. */
async function asNobody(...actions: readonly TargetAction[]): Promise<readonly ActOutcome[]> {
  const script = `
    const { createActor } = await import(${JSON.stringify(`${SRC}action/actor.ts`)});
    const { systemClock } = await import(${JSON.stringify(`${SRC}base/clock.ts`)});
    const { silentLogs } = await import(${JSON.stringify(`${SRC}base/log.ts`)});
    const actor = createActor({ clock: systemClock, log: silentLogs.for("operate"), systemBusAddress: undefined });
    const outcomes = [];
    for (const action of ${JSON.stringify(actions)}) outcomes.push(await actor.act(action, new AbortController().signal));
    process.stdout.write(JSON.stringify(outcomes));`;
  const { stdout, stderr } = await machine.exec(
    "setpriv",
    "--reuid=nobody",
    "--regid=nogroup",
    "--clear-groups",
    "env",
    "TSX_DISABLE_CACHE=1",
    process.execPath,
    "--import",
    import.meta.resolve("tsx"),
    "--input-type=module",
    "--eval",
    script,
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as readonly ActOutcome[];
}

const refused = expect.objectContaining({ status: "failed", failure: "not_permitted" });

test("what is listed is done, and nothing else", async () => {
  const before = [await machine.property("listed", "MainPID"), await machine.property("unlisted", "MainPID")];
  const outcomes = await asNobody(
    onUnit("restart", "listed.service"),
    ...ACTIONS.map((action) => onUnit(action, "unlisted.service")),
  );
  const done = expect.objectContaining({ status: "done", by: "systemd" });
  expect(outcomes).toEqual([done, refused, refused, refused, refused]);
  expect(await machine.property("listed", "MainPID")).not.toBe(before[0]);
  expect(await machine.property("unlisted", "MainPID")).toBe(before[1]);
});

test("a listed unit is not open to other verbs", async () => {
  const outcomes = await asNobody(
    onUnit("kill", "listed.service"),
    onUnit("stop", "listed.service"),
    onUnit("start", "listed.service"),
  );
  expect(outcomes).toEqual([refused, expect.objectContaining({ status: "done" }), refused]);
  expect(await machine.property("listed", "ActiveState")).toBe("inactive");
});

test("a vector is done by its unit where that is allowed, and never otherwise", async () => {
  const outcomes = await asNobody(
    byVector("restart", ["/bin/true"], { target: "web" }),
    byVector("restart", ["/bin/true"], { target: "mail" }),
  );
  expect(outcomes).toEqual([
    expect.objectContaining({ status: "done", by: "action_unit" }),
    expect.objectContaining({ status: "failed", by: "action_unit", failure: "not_permitted" }),
  ]);
});
