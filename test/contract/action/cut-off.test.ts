import { afterAll, beforeAll, expect, test } from "vitest";

import { createActor } from "../../../src/action/actor.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import type { Actor } from "../../../src/model/contract/actor.js";
import { byVector, onUnit, patience, UNITS } from "../../support/act/world.js";
import { needs } from "../../support/engine/needs.js";
import { leavesNothing } from "../../support/faults/handles.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { relayTo } from "../../support/systemd/relay.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus");

let engine: SystemdEngine;

beforeAll(async () => {
  engine = await SystemdEngine.start(UNITS);
});

afterAll(() => engine.stop());

const on = (systemBusAddress: string): Actor =>
  createActor({ clock: systemClock, log: silentLogs.for("operate"), systemBusAddress });

const isAtWork = async (): Promise<boolean> => (await engine.property("slow", "ActiveState")) === "activating";

/** Orders what takes long, waits until systemd is at it, disturbs, and expects that nobody claims to know the end. */
async function cutOff(actor: Actor, disturb: () => void | Promise<void>, signal: AbortSignal = patience()) {
  const acting = actor.act(onUnit("start", "slow.service"), signal);
  await until("systemd is at work", isAtWork);
  await disturb();
  const outcome = await acting;
  expect(await isAtWork()).toBe(true);
  await engine.systemctl("stop", "slow");
  return outcome;
}

test("a bus that goes in the middle leaves the end unknown, and the next action finds a new one", async () => {
  await using bus = await relayTo(engine.busAddress);
  const actor = on(bus.address);
  expect(await cutOff(actor, () => bus.cut())).toMatchObject({ status: "unknown", by: "systemd" });
  expect(await actor.act(onUnit("start", "steady.service"), patience())).toMatchObject({ status: "done" });
  await actor.close();
});

test("an abort in the middle leaves the end unknown, and the work to systemd", async () => {
  const actor = on(engine.busAddress);
  const stop = new AbortController();
  expect(await cutOff(actor, () => stop.abort(), stop.signal)).toMatchObject({ status: "unknown" });
  await actor.close();
});

test("closing ends every wait", async () => {
  const actor = on(engine.busAddress);
  expect(await cutOff(actor, () => actor.close())).toMatchObject({ status: "unknown" });
});

test("nothing is held between actions, nor after closing", async () => {
  await using bus = await relayTo(engine.busAddress);
  const actor = on(bus.address);
  await leavesNothing(async () => {
    for (const action of ["start", "restart", "kill", "stop"] as const) {
      await actor.act(onUnit(action, "steady.service"), patience());
      await actor.look(onUnit(action, "steady.service"), patience());
    }
    await actor.act(byVector("restart", ["/bin/true"], { target: "shop" }), patience());
    await actor.act(byVector("restart", ["/bin/true"]), patience());
    await actor.act(onUnit("start", "failing.service"), patience());
  });
  await until("no connection is left", () => bus.open() === 0);
  await leavesNothing(() => actor.close());
  expect(bus.total()).toBeGreaterThan(8);
});

test("many actions at once do not disturb one another", async () => {
  const actor = on(engine.busAddress);
  await actor.act(onUnit("start", "stubborn.service"), patience());
  const outcomes = await Promise.all([
    ...Array.from({ length: 10 }, () => actor.act(onUnit("start", "failing.service"), patience())),
    ...Array.from({ length: 10 }, () => actor.act(onUnit("start", "stubborn.service"), patience())),
  ]);
  expect(outcomes.slice(0, 10).every((outcome) => outcome.status === "failed")).toBe(true);
  expect(outcomes.slice(10).every((outcome) => outcome.status === "done")).toBe(true);
  await actor.close();
});

test("a vector's unit that is at work is not started once more", async () => {
  await engine.writeUnit("toban-action-busy-restart.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n");
  await engine.systemctl("daemon-reload");
  await engine.systemctl("start", "--no-block", "toban-action-busy-restart");
  const actor = on(engine.busAddress);
  const outcome = await actor.act(byVector("restart", ["/bin/true"], { target: "busy" }), patience());
  expect(outcome).toMatchObject({ status: "failed", by: "action_unit", detail: expect.stringContaining("at work") });
  await engine.systemctl("stop", "toban-action-busy-restart");
  await actor.close();
});

test("a vector's unit that is broken or masked is not done otherwise", async () => {
  await engine.writeUnit("toban-action-bad-restart.service", "[Service]\nExecStart=relative/path\n");
  await engine.systemctl("daemon-reload");
  const actor = on(engine.busAddress);
  const outcome = await actor.act(byVector("restart", ["/bin/true"], { target: "bad" }), patience());
  expect(outcome).toMatchObject({ status: "failed", by: "action_unit", failure: "job_failed" });
  await actor.close();
});
