import { expect, test } from "vitest";

import type { Run } from "../../../src/model/run.js";
import { ClockWatch } from "../../../src/scrape/clock-watch.js";
import { FakeClock } from "../../support/fake-clock.js";
import { guardsOf } from "../../support/guards.js";

const signal = new AbortController().signal;

function runOf(success: 0 | 1, reason?: "refused" | "timeout" | "name_not_found"): Run {
  return {
    target: "web",
    kind: "http",
    host: "web-1",
    at: 0,
    durationMs: 1,
    result: { status: "ok", samples: [] },
    samples: [{ series: "probe_success", labels: {}, value: success, ...(reason && { reason }) }],
    untrusted: [],
  };
}

test("nothing tripped: the run may be believed", async () => {
  const clock = new FakeClock();
  const { guards } = guardsOf(clock);
  await clock.advance(15_000);
  expect(await guards.judge(runOf(1), 0, true, signal)).toEqual([]);
  expect(guards.numbers()).toEqual({ clockStepSeconds: 0, loopLagP99Seconds: 0 });
});

test("event-loop lag above its limit, and only above", async () => {
  const clock = new FakeClock();
  const { guards, switches } = guardsOf(clock);
  switches.lagMs = 200;
  expect(await guards.judge(runOf(1), 0, false, signal)).toEqual([]);
  switches.lagMs = 201;
  expect(await guards.judge(runOf(1), 0, false, signal)).toEqual(["loop_lag"]);
});

test.each([3_000, -3_000])(
  "a step of the wall clock by %d ms marks the runs around it, and no later one",
  async (ms) => {
    const clock = new FakeClock();
    const { guards } = guardsOf(clock);
    await clock.advance(1_000);
    const began = clock.monotonic();
    clock.jump(ms);
    expect(await guards.judge(runOf(1), began, false, signal)).toEqual(["clock_step"]);
    expect(guards.numbers().clockStepSeconds).toBe(3);
    await clock.advance(1_000);
    expect(await guards.judge(runOf(1), clock.monotonic(), false, signal)).toEqual([]);
    // It is shown for five minutes, so that a rule sees it.
    await clock.advance(4 * 60_000);
    guards.observe();
    expect(guards.numbers().clockStepSeconds).toBe(3);
    await clock.advance(2 * 60_000);
    guards.observe();
    expect(guards.numbers().clockStepSeconds).toBe(0);
  },
);

test("small corrections of the clock are no step", async () => {
  const clock = new FakeClock();
  const { guards } = guardsOf(clock);
  clock.jump(1_900);
  expect(await guards.judge(runOf(1), 0, false, signal)).toEqual([]);
  expect(guards.numbers().clockStepSeconds).toBeCloseTo(1.9);
});

test("a machine that slept marks the runs around it, but nobody set its clock", async () => {
  const clock = new FakeClock();
  const { guards, switches } = guardsOf(clock);
  await clock.advance(1_000);
  clock.jump(8 * 3_600_000);
  switches.sleptMs = 8 * 3_600_000;
  expect(await guards.judge(runOf(1), 1_000, false, signal)).toEqual(["clock_step"]);
  expect(guards.numbers().clockStepSeconds).toBe(0);
});

test("a store that stalls, during the run or while it goes on", async () => {
  const clock = new FakeClock();
  const { guards } = guardsOf(clock);
  let commit: () => void = () => undefined;
  const write = guards.watchStore(new Promise<void>((resolve) => (commit = resolve)));
  await clock.advance(900);
  expect(await guards.judge(runOf(1), clock.monotonic(), false, signal)).toEqual([]);
  await clock.advance(200);
  expect(await guards.judge(runOf(1), clock.monotonic(), false, signal)).toEqual(["store_stall"]);
  const began = clock.monotonic();
  commit();
  await write;
  expect(await guards.judge(runOf(1), began, false, signal)).toEqual(["store_stall"]);
  await clock.advance(1);
  expect(await guards.judge(runOf(1), clock.monotonic(), false, signal)).toEqual([]);
});

test("a write that fails is not taken for one that goes on", async () => {
  const clock = new FakeClock();
  const { guards } = guardsOf(clock);
  await expect(guards.watchStore(Promise.reject(new Error("full")))).rejects.toThrow("full");
  await clock.advance(5_000);
  expect(await guards.judge(runOf(1), 0, false, signal)).toEqual([]);
});

test.each([
  ["timeout", true],
  ["name_not_found", true],
  ["refused", false],
] as const)("an answer %s may be our own uplink's: %s", async (reason, asked) => {
  const { guards, switches } = guardsOf(new FakeClock());
  switches.uplinkIsUp = false;
  expect(await guards.judge(runOf(0, reason), 0, true, signal)).toEqual(asked ? ["uplink"] : []);
});

test("several troubles at once are all told", async () => {
  const clock = new FakeClock();
  const { guards, switches } = guardsOf(clock);
  switches.lagMs = 900;
  switches.uplinkIsUp = false;
  clock.jump(60_000);
  expect(await guards.judge(runOf(0, "timeout"), 0, true, signal)).toEqual(["loop_lag", "clock_step", "uplink"]);
});

test("what measures our own trouble is not doubted because of it", async () => {
  const clock = new FakeClock();
  const { guards, switches } = guardsOf(clock);
  switches.lagMs = 900;
  clock.jump(60_000);
  expect(await guards.judge({ ...runOf(1), kind: "self" }, 0, false, signal)).toEqual([]);
});

test("the clocks of this machine agree: no step where nothing was set", () => {
  const clock = new FakeClock();
  const watch = new ClockWatch(clock);
  // Time since boot goes on by itself; the fake clock stands still. Microseconds, not seconds, lie between.
  watch.observe();
  expect(watch.trippedSince(0)).toBe(false);
});
