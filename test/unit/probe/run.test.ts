import { expect, test } from "vitest";

import { createLogs } from "../../../src/base/log.js";
import type { Probe } from "../../../src/model/contract/probe.js";
import type { ProbeResult, Run } from "../../../src/model/run.js";
import { deadlineOf } from "../../../src/probe/deadline.js";
import { GRACE_MS, runProbe } from "../../../src/probe/run.js";
import type { RunDeps } from "../../../src/probe/run.js";
import { FakeClock } from "../../support/fake-clock.js";
import { after, bad, good, ok, silent, targetOf } from "../../support/probe.js";

const lines: string[] = [];
const log = createLogs({ level: "trace", destination: { write: (line) => void lines.push(line) } }).for("probe");
const never = new AbortController().signal;

function start(
  run: Probe["run"],
  options: { readonly signal?: AbortSignal; readonly deps?: Partial<RunDeps>; readonly intervalMs?: number } = {},
): { readonly clock: FakeClock; readonly run: Promise<Run> } {
  const clock = options.deps?.clock instanceof FakeClock ? options.deps.clock : new FakeClock();
  const target = targetOf("web", options.intervalMs === undefined ? {} : { intervalMs: options.intervalMs });
  return { clock, run: runProbe({ run }, target, "web-1", { log, ...options.deps, clock }, options.signal ?? never) };
}

function valueOf(run: Run, series: string): number | undefined {
  return run.samples.find((sample) => sample.series === series)?.value;
}

const hangs: Probe["run"] = () => new Promise<ProbeResult>(() => undefined);

test("the deadline is the shortest of 80 % of the interval, the kind's own and 10 s", () => {
  expect(deadlineOf(15_000, 5_000)).toBe(5_000);
  expect(deadlineOf(5_000, 5_000)).toBe(4_000);
  expect(deadlineOf(86_400_000, 60_000)).toBe(10_000);
});

test("a good run has the probe's samples and the three of the runner", async () => {
  const clock = new FakeClock();
  const began = clock.now();
  const { run: running } = start((signal) => after(clock, 1_500, good, signal), { deps: { clock } });
  await clock.advance(1_500);
  const run = await running;
  expect(run).toMatchObject({
    target: "web",
    kind: "stub",
    host: "web-1",
    at: began,
    durationMs: 1_500,
    untrusted: [],
  });
  expect(run.samples.map((sample) => [sample.series, sample.value])).toEqual([
    ["stub_value", 1],
    ["probe_success", 1],
    ["probe_duration_seconds", 1.5],
    ["probe_timeout_seconds", 5],
  ]);
  expect(clock.pending).toBe(0);
});

test("the target's labels stand on every sample; the probe's own win", async () => {
  const target = targetOf("web", { labels: { team: "shop", side: "left" } });
  const probe: Probe = {
    run: () => Promise.resolve(ok({ series: "stub_value", labels: { side: "right" }, value: 1 })),
  };
  const run = await runProbe(probe, target, "web-1", { log, clock: new FakeClock() }, never);
  expect(run.samples.map(({ series, labels }) => [series, labels])).toEqual([
    ["stub_value", { team: "shop", side: "right" }],
    ["probe_success", { team: "shop", side: "left" }],
    ["probe_duration_seconds", { team: "shop", side: "left" }],
    ["probe_timeout_seconds", { team: "shop", side: "left" }],
  ]);
});

test("a bad answer is the probe's to tell: its own probe_success stands, with its reason", async () => {
  const run = await start(() => Promise.resolve(bad)).run;
  const success = run.samples.filter((sample) => sample.series === "probe_success");
  expect(success).toEqual([{ series: "probe_success", labels: {}, value: 0, reason: "refused" }]);
});

test("a run that failed does not claim to know whether the target is well", async () => {
  const run = await start(() => Promise.resolve({ status: "failed", failure: "resolver", detail: "…" })).run;
  expect(valueOf(run, "probe_success")).toBeUndefined();
  expect(valueOf(run, "probe_duration_seconds")).toBeDefined();
  expect(valueOf(run, "probe_timeout_seconds")).toBe(5);
});

test.each([
  ["rejects", () => Promise.reject(new Error("boom"))],
  [
    "throws at once",
    (): Promise<ProbeResult> => {
      throw new Error("boom");
    },
  ],
])("a probe that %s is a bug of its own, with a reference that is in the log", async (_, probe) => {
  lines.length = 0;
  const run = await start(probe).run;
  expect(run.result).toMatchObject({ status: "failed", failure: "bug" });
  const reference = run.result.status === "failed" ? /reference ([0-9a-f]{6})/.exec(run.result.detail)?.[1] : "";
  expect(lines.join("")).toContain(`"reference":"${reference}"`);
  expect(lines.join("")).toContain("boom");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "a sample of %s is refused",
  async (value) => {
    const run = await start(() => Promise.resolve(ok({ series: "stub_value", labels: {}, value }))).run;
    expect(run.result).toMatchObject({ status: "failed", failure: "bug" });
    expect(run.samples.every((sample) => Number.isFinite(sample.value))).toBe(true);
  },
);

test("at the deadline the probe decides: silence is an answer of the target", async () => {
  const { clock, run } = start(
    (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(silent))),
  );
  await clock.advance(5_000);
  expect((await run).result).toEqual(silent);
  expect(clock.pending).toBe(0);
});

test("a probe that only throws when it is cut off failed by the deadline, not by a bug", async () => {
  const clock = new FakeClock();
  const { run } = start((signal) => after(clock, 60_000, good, signal), { deps: { clock } });
  await clock.advance(5_000);
  expect((await run).result).toMatchObject({ status: "failed", failure: "deadline" });
  expect(clock.pending).toBe(0);
});

test("a probe that ignores its signal is left behind after the grace, and its end is told", async () => {
  let end: (result: ProbeResult) => void = () => undefined;
  let settled: Promise<void> | undefined;
  const { clock, run } = start(
    () =>
      new Promise((resolve) => {
        end = resolve;
      }),
    { deps: { onAbandoned: (promise) => void (settled = promise) } },
  );
  await clock.advance(5_000 + GRACE_MS);
  expect(await run).toMatchObject({ durationMs: 5_500, result: { status: "failed", failure: "deadline" } });
  expect(clock.pending).toBe(0);
  end(good);
  await expect(settled).resolves.toBeUndefined();
});

test("silence while our own loop stood still is ours: lagging", async () => {
  const { clock, run } = start(
    (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(silent))),
    { deps: { lagSince: () => 1_000 } },
  );
  await clock.advance(5_000);
  expect((await run).result).toMatchObject({ status: "failed", failure: "lagging" });
});

test("a small lag does not excuse a silent target", async () => {
  const { clock, run } = start(
    (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(silent))),
    { deps: { lagSince: () => 999 } },
  );
  await clock.advance(5_000);
  expect((await run).result).toEqual(silent);
});

test("an answer before the deadline stands, whatever the lag", async () => {
  const run = await start(() => Promise.resolve(silent), { deps: { lagSince: () => 9_000 } }).run;
  expect(run.result).toEqual(silent);
});

test("an answer at the deadline that is no silence stands, whatever the lag", async () => {
  const { clock, run } = start(
    (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(bad))),
    { deps: { lagSince: () => 9_000 } },
  );
  await clock.advance(5_000);
  expect((await run).result).toEqual(bad);
});

test("a run that is called off failed as aborted", async () => {
  const controller = new AbortController();
  const { clock, run } = start(hangs, { signal: controller.signal });
  await clock.advance(10);
  controller.abort(new Error("stop"));
  await clock.advance(GRACE_MS);
  expect((await run).result).toMatchObject({ status: "failed", failure: "aborted" });
  expect(clock.pending).toBe(0);
});

test("the deadline follows a short interval", async () => {
  const { clock, run } = start(hangs, { intervalMs: 1_000 });
  await clock.advance(800 + GRACE_MS);
  expect(valueOf(await run, "probe_timeout_seconds")).toBe(0.8);
});
