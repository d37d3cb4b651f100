import { expect, test } from "vitest";

import type { Clock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import type { ProbeResult, Run } from "../../../src/model/run.js";
import type { Target } from "../../../src/model/target.js";
import { Scheduler } from "../../../src/scrape/scheduler.js";
import { FakeClock } from "../../support/fake-clock.js";
import { guardsOf } from "../../support/guards.js";
import { after, bad, depsOf, good, silent, stubKind, targetOf } from "../../support/probe.js";
import type { StubKind } from "../../support/probe.js";

type Script = (
  target: string,
  signal: AbortSignal,
  run: number,
  clock: FakeClock,
) => Promise<ProbeResult> | ProbeResult;

interface SetUp {
  readonly clock: FakeClock;
  readonly kind: StubKind;
  readonly scheduler: Scheduler;
  readonly switches: ReturnType<typeof guardsOf>["switches"];
  readonly handed: Run[];
  /** For each of them whether it is to be taken on at once. */
  readonly prompt: boolean[];
}

interface Options {
  readonly remote?: boolean;
  readonly watch?: boolean;
  readonly concurrency?: number;
  readonly onRun?: (run: Run) => Promise<void>;
}

async function setUp(targets: readonly Target[], script: Script, options: Options = {}): Promise<SetUp> {
  const clock = new FakeClock();
  const kind = stubKind(clock, (target, signal, run) => script(target, signal, run, clock), options);
  const { guards, switches } = guardsOf(clock);
  const handed: Run[] = [];
  const prompt: boolean[] = [];
  const scheduler = new Scheduler({
    clock,
    log: silentLogs.for("scrape"),
    host: "web-1",
    kinds: { get: (name) => (name === "stub" ? kind : undefined) },
    probeDeps: depsOf(clock),
    guards,
    onRun: async (run, atOnce) => {
      handed.push(run);
      prompt.push(atOnce);
      await options.onRun?.(run);
    },
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
  });
  await scheduler.reconfigure(targets);
  scheduler.start();
  return { clock, kind, scheduler, switches, handed, prompt };
}

const minute = 60_000;
const runsOf = (kind: StubKind, name: string): readonly number[] =>
  kind.runs.filter((run) => run.target === name).map((run) => run.at);

test("every target is looked at within two seconds, then once an interval, in its own place", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
  const { clock, kind, scheduler } = await setUp(
    names.map((name) => targetOf(name)),
    () => good,
  );
  await clock.advance(2_000);
  expect(new Set(kind.runs.map((run) => run.target)).size).toBe(40);
  await clock.advance(10 * minute);
  const places = names.map((name) => {
    const [, ...grid] = runsOf(kind, name);
    const gaps = grid.slice(1).map((at, index) => at - (grid[index] ?? 0));
    expect(gaps.every((gap) => gap === 15_000)).toBe(true);
    expect(grid.length).toBeGreaterThanOrEqual(38);
    return (grid[0] ?? 0) % 15_000;
  });
  // Forty places in fifteen seconds: no second holds more than a quarter of them.
  const bySecond = new Map<number, number>();
  for (const place of places)
    bySecond.set(Math.floor(place / 1_000), (bySecond.get(Math.floor(place / 1_000)) ?? 0) + 1);
  expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(10);
  await scheduler.stop();
  expect(clock.pending).toBe(0);
});

test("targets share moments, a few at each, so that the process wakes seldom", async () => {
  const names = Array.from({ length: 50 }, (_, index) => `t${index}`);
  const { clock, kind, scheduler } = await setUp(
    names.map((name) => targetOf(name)),
    () => good,
  );
  await clock.advance(minute);
  const settled = kind.runs.filter((run) => run.at >= 2 * 15_000 && run.at < 3 * 15_000);
  expect(settled).toHaveLength(50);
  expect(new Set(settled.map((run) => run.at)).size).toBeLessThanOrEqual(15);
  await scheduler.stop();
});

test("what is due is in no hurry; what is asked for, told or to be confirmed is", async () => {
  const { clock, scheduler, handed, prompt } = await setUp([targetOf("a", { intervalMs: minute })], (_, __, run) =>
    run === 3 ? bad : good,
  );
  await clock.advance(2_000);
  await scheduler.runOnce("a");
  await clock.advance(minute);
  expect(handed.map((run) => run.samples[0]?.value)).toEqual([1, 1, 0, 1]);
  expect(prompt).toEqual([false, true, false, true]);
  await scheduler.stop();
});

test("the places are the same after a restart", async () => {
  const targets = ["a", "b", "c"].map((name) => targetOf(name));
  const first = await setUp(targets, () => good);
  const second = await setUp(targets, () => good);
  await first.clock.advance(minute);
  await second.clock.advance(minute);
  expect(second.kind.runs).toEqual(first.kind.runs);
  await Promise.all([first.scheduler.stop(), second.scheduler.stop()]);
});

test("no target is ever measured twice at once: what is due meanwhile is left out and counted", async () => {
  let under = 0;
  let most = 0;
  const slow: Script = async (_, signal, __, clock) => {
    under += 1;
    most = Math.max(most, under);
    const result = await after(clock, 700, good, signal).finally(() => (under -= 1));
    return result;
  };
  // The handing on takes longer than the interval.
  const gate: { open: () => void } = { open: () => undefined };
  const { clock, kind, scheduler } = await setUp([targetOf("a", { intervalMs: 1_000 })], slow, {
    onRun: () => new Promise((resolve) => (gate.open = resolve)),
  });
  await clock.advance(5_000);
  expect(kind.runs).toHaveLength(1);
  expect(scheduler.numbers().overruns).toBeGreaterThanOrEqual(3);
  gate.open();
  await clock.advance(1_700);
  expect(kind.runs).toHaveLength(2);
  expect(most).toBe(1);
  gate.open();
  await clock.settle();
  await scheduler.stop();
  expect(clock.pending).toBe(0);
});

test("at most so many run at a time, and all get their turn", async () => {
  let under = 0;
  let most = 0;
  const targets = Array.from({ length: 20 }, (_, index) => targetOf(`t${index}`));
  const { clock, kind, scheduler } = await setUp(
    targets,
    async (_, signal, __, time) => {
      under += 1;
      most = Math.max(most, under);
      return after(time, 500, good, signal).finally(() => (under -= 1));
    },
    { concurrency: 3 },
  );
  const all = scheduler.runAll();
  await clock.settle();
  expect(under).toBe(3);
  expect(scheduler.numbers().waiting).toBe(17);
  await clock.advance(4_000);
  expect((await all).map((run) => run.target)).toEqual(targets.map((target) => target.name));
  expect(most).toBe(3);
  expect(new Set(kind.runs.map((run) => run.target)).size).toBe(20);
  await scheduler.stop();
  expect(clock.pending).toBe(0);
});

test("a first bad answer is confirmed at once, later ones wait for their turn", async () => {
  let answer = good;
  const { clock, kind, scheduler, handed } = await setUp([targetOf("web")], () => answer);
  await clock.advance(minute);
  const before = kind.runs.length;
  answer = bad;
  await clock.advance(15_000);
  const [first, second, ...rest] = runsOf(kind, "web").slice(before);
  expect(second).toBe(first);
  expect(rest).toEqual([]);
  await clock.advance(15_000);
  expect(kind.runs).toHaveLength(before + 3);
  answer = good;
  await clock.advance(15_000);
  expect(kind.runs).toHaveLength(before + 4);
  expect(handed).toHaveLength(kind.runs.length);
  await scheduler.stop();
});

test("an untrusted run is measured again at once, three times at most, and every run is handed on with its marks", async () => {
  const { clock, kind, scheduler, switches, handed } = await setUp([targetOf("web")], () => good);
  await clock.advance(2_000);
  const before = kind.runs.length;
  switches.lagMs = 500;
  await scheduler.runOnce("web");
  expect(kind.runs).toHaveLength(before + 3);
  expect(handed.slice(before).map((run) => run.untrusted)).toEqual([["loop_lag"], ["loop_lag"], ["loop_lag"]]);
  // Trouble that lasts does not triple the load for good.
  await scheduler.runOnce("web");
  expect(kind.runs).toHaveLength(before + 4);
  switches.lagMs = 0;
  await scheduler.runOnce("web");
  expect(handed.at(-1)?.untrusted).toEqual([]);
  await scheduler.stop();
});

test("the uplink speaks only for targets off this host that gave no answer", async () => {
  for (const [remote, answer, asked, marks] of [
    [true, silent, true, ["uplink"]],
    [true, bad, false, []],
    [true, good, false, []],
    [false, silent, false, []],
  ] as const) {
    const { clock, scheduler, switches, handed } = await setUp([targetOf("web")], () => answer, { remote });
    switches.uplinkIsUp = false;
    await clock.advance(2_000);
    expect(handed[0]?.untrusted).toEqual(marks);
    expect(switches.asked > 0).toBe(asked);
    await scheduler.stop();
  }
});

test("a change told by the target is measured at once, a burst of them once, and a stream of them not without end", async () => {
  const { clock, kind, scheduler } = await setUp([targetOf("unit", { intervalMs: minute })], () => good, {
    watch: true,
  });
  await clock.advance(2_000);
  const before = kind.runs.length;
  const told = clock.monotonic();
  for (let count = 0; count < 5; count += 1) kind.signal("unit");
  await clock.advance(50);
  expect(runsOf(kind, "unit").slice(before)).toEqual([told + 50]);
  for (let count = 0; count < 100; count += 1) {
    kind.signal("unit");
    await clock.advance(10);
  }
  expect(kind.runs.length - before).toBeLessThanOrEqual(4);
  await scheduler.stop();
  expect(kind.unwatched).toEqual(["unit"]);
  expect(clock.pending).toBe(0);
});

test("how long a change has lasted is not left to a long interval: it is looked at again, ever less often", async () => {
  const { clock, kind, scheduler } = await setUp([targetOf("unit", { intervalMs: 10 * minute })], () => good, {
    watch: true,
  });
  await clock.advance(4 * minute);
  kind.signal("unit");
  const told = clock.monotonic();
  const before = kind.runs.length;
  await clock.advance(5 * minute);
  const since = runsOf(kind, "unit").slice(before);
  const [first = 0, second = 0, third = 0] = since.map((at) => at - told);
  expect(first).toBe(50);
  expect(second).toBeGreaterThanOrEqual(first + 30_000);
  expect(second).toBeLessThanOrEqual(first + 35_000);
  expect(third).toBeGreaterThanOrEqual(90_000);
  expect(since.length).toBeLessThanOrEqual(4);
  await scheduler.stop();
  expect(clock.pending).toBe(0);
});

test("a run that has just begun because of a signal answers for the one that is due, and nothing counts as left out", async () => {
  const { clock, kind, scheduler } = await setUp(
    [targetOf("unit", { intervalMs: minute })],
    (_, signal, __, time) => after(time, 3_000, good, signal),
    { watch: true },
  );
  // Under way when the first look is due, at some moment within two seconds.
  kind.signal("unit");
  await clock.advance(2_100);
  expect(kind.runs).toHaveLength(1);
  expect(scheduler.numbers().overruns).toBe(0);
  await scheduler.stop();
});

test("a target that tells no changes is measured in its interval alone", async () => {
  const { clock, kind, scheduler } = await setUp([targetOf("web", { intervalMs: 10 * minute })], () => good);
  await clock.advance(3_000);
  expect(kind.runs).toHaveLength(1);
  await clock.advance(2 * minute);
  expect(kind.runs.length).toBeLessThanOrEqual(2);
  await scheduler.stop();
});

test("a change told while a run is under way is measured after it", async () => {
  const { clock, kind, scheduler } = await setUp(
    [targetOf("unit", { intervalMs: minute })],
    (_, signal, __, time) => after(time, 300, good, signal),
    { watch: true },
  );
  const first = scheduler.runOnce("unit");
  await clock.advance(100);
  kind.signal("unit");
  await clock.advance(200);
  await first;
  const before = kind.runs.length;
  await clock.advance(50);
  expect(kind.runs).toHaveLength(before + 1);
  await scheduler.stop();
});

test("runOnce gives the last run of the round, joins one under way, and knows no strangers", async () => {
  const { clock, kind, scheduler } = await setUp([targetOf("web")], (_, signal, __, time) =>
    after(time, 100, good, signal),
  );
  expect(await scheduler.runOnce("nobody")).toBeUndefined();
  const both = Promise.all([scheduler.runOnce("web"), scheduler.runOnce("web")]);
  await clock.advance(100);
  const [first, second] = await both;
  expect(first).toBe(second);
  expect(kind.runs).toHaveLength(1);
  await scheduler.stop();
});

test("a new configuration leaves unchanged targets alone, remakes changed ones and closes removed ones", async () => {
  const { clock, kind, scheduler } = await setUp(
    ["kept", "changed", "removed"].map((name) => targetOf(name)),
    () => good,
  );
  await clock.advance(minute);
  await scheduler.reconfigure([
    targetOf("kept"),
    targetOf("changed", { checksum: "2", intervalMs: 30_000 }),
    targetOf("new"),
  ]);
  expect(kind.created).toEqual(["kept", "changed", "removed", "changed", "new"]);
  expect([...kind.closed].sort()).toEqual(["changed", "removed"]);
  expect(scheduler.targets.map((target) => target.name)).toEqual(["kept", "changed", "new"]);
  const before = runsOf(kind, "kept");
  const at = clock.monotonic();
  await clock.advance(minute);
  const later = kind.runs.filter((run) => run.at > at);
  expect(later.filter((run) => run.target === "removed")).toEqual([]);
  expect(later.filter((run) => run.target === "new").length).toBeGreaterThanOrEqual(4);
  expect((runsOf(kind, "kept").at(-1) ?? 0) - (before.at(-1) ?? 0)).toBe(minute);
  await scheduler.stop();
  expect([...kind.closed].sort()).toEqual(["changed", "changed", "kept", "new", "removed"]);
  expect(clock.pending).toBe(0);
});

test("the run of a target that is removed meanwhile is called off and not handed on", async () => {
  const { clock, scheduler, handed } = await setUp([targetOf("web")], (_, signal, __, time) =>
    after(time, 4_000, good, signal),
  );
  const run = scheduler.runOnce("web");
  await clock.settle();
  await scheduler.reconfigure([]);
  expect((await run)?.result).toMatchObject({ status: "failed", failure: "aborted" });
  expect(handed).toEqual([]);
  await scheduler.stop();
  expect(clock.pending).toBe(0);
});

test("stop ends what is under way, also what waits for a place, and leaves no timer", async () => {
  const { clock, kind, scheduler, handed } = await setUp(
    Array.from({ length: 6 }, (_, index) => targetOf(`t${index}`)),
    (_, signal, __, time) => after(time, 4_000, good, signal),
    { concurrency: 2 },
  );
  const all = scheduler.runAll();
  await clock.settle();
  await scheduler.stop();
  expect((await all).every((run) => run.result.status === "failed")).toBe(true);
  expect(kind.runs).toHaveLength(2);
  expect(handed).toEqual([]);
  expect(clock.pending).toBe(0);
});

test("a probe that cannot be made, or throws, is its own target's failure only", async () => {
  const clock = new FakeClock();
  const kind = stubKind(clock, () => good);
  const { guards } = guardsOf(clock);
  const handed: Run[] = [];
  const broken = {
    ...kind,
    create: () => {
      throw new Error("cannot");
    },
  };
  const scheduler = new Scheduler({
    clock,
    log: silentLogs.for("scrape"),
    host: "web-1",
    kinds: { get: (name) => ({ stub: kind, broken })[name] },
    probeDeps: depsOf(clock),
    guards,
    onRun: (run) => {
      handed.push(run);
      return Promise.resolve();
    },
  });
  await scheduler.reconfigure([
    targetOf("a"),
    targetOf("b", { kind: "broken" }),
    targetOf("c", { kind: "unheard-of" }),
  ]);
  scheduler.start();
  await clock.advance(2_000);
  const results = Object.fromEntries(handed.map((run) => [run.target, run.result]));
  expect(results).toMatchObject({
    a: { status: "ok" },
    b: { status: "failed", failure: "bug" },
    c: { status: "failed", failure: "bug" },
  });
  await scheduler.stop();
});

test("a run that cannot be handed on does not stop the next one", async () => {
  const { clock, kind, scheduler } = await setUp([targetOf("web")], () => good, {
    onRun: () => Promise.reject(new Error("no")),
  });
  await clock.advance(minute);
  expect(kind.runs.length).toBeGreaterThanOrEqual(4);
  await scheduler.stop();
});

test("after hours asleep every target is measured once, not once for every slot that passed", async () => {
  const { clock, kind, scheduler, switches, handed } = await setUp([targetOf("a"), targetOf("b")], () => good);
  await clock.advance(minute);
  const before = kind.runs.length;
  // The machine sleeps: wall clock and time since boot go on, timers do not.
  clock.jump(8 * 60 * minute);
  switches.sleptMs += 8 * 60 * minute;
  await clock.advance(15_000);
  expect(kind.runs.length - before).toBeLessThanOrEqual(2 * 3);
  await clock.advance(minute);
  expect(handed.at(-1)?.untrusted).toEqual([]);
  await scheduler.stop();
});

test("slots that passed while the process stood still are left out", async () => {
  const fake = new FakeClock();
  let stoodStillMs = 0;
  // Time goes on while timers do not: a virtual machine that was paused, a process that was stopped.
  const clock: Clock = {
    now: () => fake.now() + stoodStillMs,
    monotonic: () => fake.monotonic() + stoodStillMs,
    setTimeout: (callback, ms) => fake.setTimeout(callback, ms),
    sleep: (ms, signal) => fake.sleep(ms, signal),
    deadline: (ms, parent) => fake.deadline(ms, parent),
    nextTurn: () => fake.nextTurn(),
  };
  const kind = stubKind(fake, () => good);
  const { guards } = guardsOf(fake);
  const scheduler = new Scheduler({
    clock,
    log: silentLogs.for("scrape"),
    host: "web-1",
    kinds: { get: () => kind },
    probeDeps: depsOf(fake),
    guards,
    onRun: () => Promise.resolve(),
  });
  await scheduler.reconfigure([targetOf("web")]);
  scheduler.start();
  await fake.advance(minute);
  const before = kind.runs.length;
  stoodStillMs = 60 * minute;
  await fake.advance(15_000);
  await fake.settle(50);
  expect(kind.runs.length - before).toBe(1);
  await fake.advance(minute);
  expect(kind.runs.length - before).toBeLessThanOrEqual(6);
  expect(kind.runs.length - before).toBeGreaterThanOrEqual(4);
  await scheduler.stop();
});

test("progress is told while rounds end, and not while one is stuck", async () => {
  const gate: { open: () => void } = { open: () => undefined };
  const { clock, scheduler } = await setUp([targetOf("web")], () => good, {
    onRun: () => new Promise((resolve) => (gate.open = resolve)),
  });
  await clock.advance(minute);
  expect(clock.monotonic() - scheduler.lastProgressAt).toBeLessThanOrEqual(5_000);
  await clock.advance(2 * minute);
  expect(clock.monotonic() - scheduler.lastProgressAt).toBeGreaterThan(minute);
  gate.open();
  await clock.advance(10_000);
  expect(clock.monotonic() - scheduler.lastProgressAt).toBeLessThanOrEqual(5_000);
  gate.open();
  await clock.settle();
  await scheduler.stop();
});
