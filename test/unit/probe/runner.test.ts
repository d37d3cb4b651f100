import { expect, test } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import type { Probe } from "../../../src/model/contract/probe.js";
import type { ProbeResult } from "../../../src/model/run.js";
import { GRACE_MS } from "../../../src/probe/run.js";
import { createRunner } from "../../../src/probe/runner.js";
import { FakeClock } from "../../support/fake-clock.js";
import { after, good, targetOf } from "../../support/probe.js";

const target = targetOf("web");

function setUp(script: (signal: AbortSignal, clock: FakeClock) => Promise<ProbeResult>) {
  const clock = new FakeClock();
  let runs = 0;
  const probe: Probe = {
    run(signal) {
      runs += 1;
      return script(signal, clock);
    },
  };
  const runner = createRunner({ clock, log: silentLogs.for("probe"), host: "web-1" });
  return { clock, probe, runner, runs: () => runs };
}

test("whoever asks while a run is under way gets that run", async () => {
  const { clock, probe, runner, runs } = setUp((signal, time) => after(time, 100, good, signal));
  const first = runner.run(probe, target, new AbortController().signal);
  const second = runner.run(probe, target, new AbortController().signal);
  await clock.advance(100);
  expect(await first).toBe(await second);
  expect(runs()).toBe(1);
  const third = runner.run(probe, target, new AbortController().signal);
  await clock.advance(100);
  await third;
  expect(runs()).toBe(2);
  expect(clock.pending).toBe(0);
});

test("one who gives up alone does not take the run from the others", async () => {
  const { clock, probe, runner } = setUp((signal, time) => after(time, 100, good, signal));
  const impatient = new AbortController();
  const first = runner.run(probe, target, impatient.signal);
  const second = runner.run(probe, target, new AbortController().signal);
  impatient.abort(new Error("enough"));
  expect((await first).result).toMatchObject({ status: "failed", failure: "aborted" });
  await clock.advance(100);
  expect((await second).result).toEqual(good);
});

test("when everybody has given up, the run is called off", async () => {
  const { clock, probe, runner } = setUp((signal, time) => after(time, 60_000, good, signal));
  const callers = [new AbortController(), new AbortController()];
  const runs = callers.map((caller) => runner.run(probe, target, caller.signal));
  for (const caller of callers) caller.abort(new Error("enough"));
  for (const run of await Promise.all(runs)) expect(run.result).toMatchObject({ failure: "aborted" });
  expect(clock.pending).toBe(0);
});

test("a newcomer does not join a run that was called off", async () => {
  const { clock, probe, runner, runs } = setUp((signal, time) => after(time, 100, good, signal));
  const first = new AbortController();
  const called = runner.run(probe, target, first.signal);
  await clock.settle();
  first.abort(new Error("enough"));
  const newcomer = runner.run(probe, target, new AbortController().signal);
  await called;
  await clock.advance(100);
  expect((await newcomer).result).toEqual(good);
  expect(runs()).toBe(2);
});

test("a probe that ignored its deadline is counted, and not started again until it has ended", async () => {
  let end: (result: ProbeResult) => void = () => undefined;
  const { clock, probe, runner, runs } = setUp(() => new Promise((resolve) => (end = resolve)));
  const signal = new AbortController().signal;
  const first = runner.run(probe, target, signal);
  await clock.advance(5_000 + GRACE_MS);
  expect((await first).result).toMatchObject({ failure: "deadline" });
  expect(runner.abandoned).toBe(1);
  expect((await runner.run(probe, target, signal)).result).toMatchObject({ status: "failed", failure: "deadline" });
  expect(runs()).toBe(1);
  end(good);
  await clock.settle();
  void runner.run(probe, target, signal);
  await clock.settle();
  expect(runs()).toBe(2);
});

test("a caller who has given up before is not measured for", async () => {
  const { probe, runner, runs } = setUp(() => Promise.resolve(good));
  const run = await runner.run(probe, target, AbortSignal.abort(new Error("gone")));
  expect(run.result).toMatchObject({ failure: "aborted" });
  expect(runs()).toBe(0);
});
