import { afterAll, beforeAll, expect, test } from "vitest";

import type { ProbeDeps } from "../../../src/model/contract/probe.js";
import { unit } from "../../../src/probe/unit.js";
import { needs } from "../../support/engine/needs.js";
import { FakeClock } from "../../support/fake-clock.js";
import { probeDeps, runOnce, targetOf, valueOf, whyOf } from "../../support/probe-bound.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { relayTo } from "../../support/systemd/relay.js";
import type { Relay } from "../../support/systemd/relay.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus");

const SLEEPER = "[Service]\nExecStart=/bin/sleep 1000\n";

let engine: SystemdEngine;

beforeAll(async () => {
  engine = await SystemdEngine.start({ "a.service": SLEEPER, "b.service": SLEEPER, "c.service": SLEEPER });
  await engine.systemctl("start", "a", "b", "c");
});

afterAll(() => engine.stop());

const relay = (): Promise<Relay> => relayTo(engine.busAddress);

function unitsOn(deps: ProbeDeps, ...names: readonly string[]): ReturnType<typeof bindOne>[] {
  return names.map((name) => bindOne(deps, name));
}

function bindOne(deps: ProbeDeps, name: string) {
  const target = targetOf(unit, { unit: name });
  const probe = unit.create(target, deps);
  return { probe, run: () => runOnce(probe, target, deps), close: async () => probe.close?.() };
}

test("many units share one connection, kept from run to run, and closed with the last of them", async () => {
  await using bus = await relay();
  const deps = probeDeps({ systemBusAddress: `unix:path=${bus.server.path}` });
  const units = unitsOn(deps, "a", "b", "c");
  for (let round = 0; round < 3; round += 1) {
    const runs = await Promise.all(units.map((one) => one.run()));
    expect(runs.map((run) => valueOf(run, "probe_success"))).toEqual([1, 1, 1]);
  }
  expect([bus.open(), bus.total()]).toEqual([1, 1]);
  await units[0]?.close();
  await units[0]?.close();
  await units[1]?.close();
  expect(whyOf((await units[2]?.run()) ?? failed())).toBeUndefined();
  await units[2]?.close();
  await until("the connection is closed", () => bus.open() === 0);
  // A probe made afterwards opens its own.
  const [later] = unitsOn(deps, "a");
  expect(whyOf((await later?.run()) ?? failed())).toBeUndefined();
  await later?.close();
  expect(bus.total()).toBe(2);
});

function failed(): never {
  throw new Error("no run");
}

test("a connection that breaks while nobody asks costs no run: the next one asks on a new connection", async () => {
  await using bus = await relay();
  const deps = probeDeps({ systemBusAddress: `unix:path=${bus.server.path}` });
  const [one] = unitsOn(deps, "a");
  await one?.run();
  bus.cut();
  expect(whyOf((await one?.run()) ?? failed())).toBeUndefined();
  expect(bus.total()).toBe(2);
  await one?.close();
});

test("a watcher is told after the connection is back; there is no attempt before the back-off, and none after closing", async () => {
  await using bus = await relay();
  const clock = new FakeClock();
  const deps = probeDeps({ clock, systemBusAddress: `unix:path=${bus.server.path}` });
  const [one] = unitsOn(deps, "a");
  let told = 0;
  one?.probe.watch?.(() => (told += 1));
  await until("connected, and told for the first time", async () => {
    await clock.advance(1);
    return told === 1;
  });
  bus.cut();
  await until("the loss is seen, and a new attempt is planned", () => bus.open() === 0 && clock.pending === 1);
  await clock.advance(99);
  expect(bus.total()).toBe(1);
  await clock.advance(101);
  await until("connected again", () => bus.total() === 2 && bus.open() === 1);
  await until("told of what went unheard", async () => {
    await clock.advance(1);
    return told === 2;
  });
  await one?.close();
  await until("closed", () => bus.open() === 0);
  await clock.advance(60_000);
  expect(bus.total()).toBe(2);
  expect(clock.pending).toBe(0);
});

test("signals in quick succession cause one run", async () => {
  const clock = new FakeClock();
  const deps = probeDeps({ clock, systemBusAddress: engine.busAddress });
  const [one] = unitsOn(deps, "b");
  let told = 0;
  const stop = one?.probe.watch?.(() => (told += 1));
  await until("subscribed", async () => {
    await clock.advance(1);
    return told > 0;
  });
  const before = told;
  await engine.systemctl("restart", "b");
  await engine.systemctl("restart", "b");
  await until("the signals are here", async () => (await one?.run())?.result.status === "ok" && clock.pending > 0);
  await clock.advance(25);
  expect(told).toBe(before + 1);
  stop?.();
  await engine.systemctl("restart", "b");
  await one?.run();
  await clock.advance(1_000);
  expect(told).toBe(before + 1);
  await one?.close();
});
