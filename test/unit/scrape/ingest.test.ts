import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import type { Guard, Run } from "../../../src/model/run.js";
import { GATHER_MS, createIngest } from "../../../src/scrape/ingest.js";
import { openStore } from "../../../src/store/open.js";
import { FakeClock } from "../../support/fake-clock.js";
import { guardsOf } from "../../support/guards.js";

const ref = { host: "web-1", target: "web", series: "stub_value", labels: {} };

function runOf(at: number, value: number, untrusted: readonly Guard[] = []): Run {
  const samples = [{ series: "stub_value", labels: {}, value }];
  return {
    target: "web",
    kind: "stub",
    host: "web-1",
    at,
    durationMs: 5,
    result: { status: "ok", samples },
    samples,
    untrusted,
  };
}

async function setUp() {
  const opened = await openStore({ dataDir: undefined, clock: systemClock, log: silentLogs.for("store") });
  const clock = new FakeClock();
  const { guards } = guardsOf(clock);
  return { store: opened, clock, ...createIngest({ clock, store: opened, guards }) };
}

test("a run is written with its samples, and is the target's latest", async () => {
  const { store, ingest } = await setUp();
  const at = systemClock.now();
  await ingest(runOf(at, 1), true);
  await ingest(runOf(at + 1_000, 2), true);
  store.read((tables) => {
    expect(tables.samples.newest(ref, 10).map((point) => point.value)).toEqual([1, 2]);
    expect(tables.runs.latest("web")).toEqual(runOf(at + 1_000, 2));
  });
  await store.close();
});

test("untrusted samples are kept out until the third round in a row, the run itself is not", async () => {
  const { store, ingest } = await setUp();
  const at = systemClock.now();
  const valuesNow = () => store.read((tables) => tables.samples.newest(ref, 10).map((point) => point.value));
  await ingest(runOf(at, 1), true);
  await ingest(runOf(at + 1, 2, ["loop_lag"]), true);
  await ingest(runOf(at + 2, 3, ["loop_lag"]), true);
  expect(valuesNow()).toEqual([1]);
  expect(store.read((tables) => tables.runs.latest("web"))).toEqual(runOf(at + 2, 3, ["loop_lag"]));
  await ingest(runOf(at + 3, 4, ["clock_step"]), true);
  await ingest(runOf(at + 4, 5, ["clock_step"]), true);
  expect(valuesNow()).toEqual([1, 4, 5]);
  await ingest(runOf(at + 5, 6), true);
  await ingest(runOf(at + 6, 7, ["loop_lag"]), true);
  expect(valuesNow()).toEqual([1, 4, 5, 6]);
  await store.close();
});

test("a target that is no longer watched starts anew", async () => {
  const { store, ingest, forget } = await setUp();
  const at = systemClock.now();
  await ingest(runOf(at, 1, ["uplink"]), true);
  await ingest(runOf(at + 1, 2, ["uplink"]), true);
  forget("web");
  await ingest(runOf(at + 2, 3, ["uplink"]), true);
  expect(store.read((tables) => tables.samples.newest(ref, 10))).toEqual([]);
  await store.close();
});

/** A run of one of many targets. */
function answered(target: string, value: 0 | 1, at: number): Run {
  const samples = [{ series: "probe_success", labels: {}, value }];
  return { ...runOf(at, 0), target, result: { status: "ok", samples }, samples };
}

async function setUpCounting() {
  const clock = new FakeClock();
  const store = await openStore({ dataDir: undefined, clock: systemClock, log: silentLogs.for("store") });
  const { guards } = guardsOf(clock);
  const sizes: number[] = [];
  const written = (): readonly string[] => store.read((tables) => tables.runs.all().map((run) => run.target));
  const { ingest, flush } = createIngest({
    clock,
    guards,
    store: {
      write: (name, work, options) =>
        store.write(
          name,
          (tables) => {
            const before = tables.runs.all().length;
            const value = work(tables);
            sizes.push(tables.runs.all().length - before);
            return value;
          },
          options,
        ),
    },
  });
  return { clock, store, sizes, written, ingest, flush };
}

test("good runs wait for each other for a moment, and are written in one transaction", async () => {
  const { clock, store, sizes, written, ingest } = await setUpCounting();
  const at = systemClock.now();
  const first = ingest(answered("a", 1, at), false);
  await clock.advance(GATHER_MS - 1);
  const second = ingest(answered("b", 1, at), false);
  expect(written()).toEqual([]);
  await clock.advance(1);
  await Promise.all([first, second]);
  expect(written()).toEqual(["a", "b"]);
  expect(sizes).toEqual([2]);
  expect(clock.pending).toBe(0);
  await store.close();
});

test.each([
  ["a bad answer", (at: number) => answered("b", 0, at), false],
  [
    "a run that could not measure",
    (at: number): Run => ({ ...runOf(at, 1), target: "b", result: { status: "failed", failure: "bug", detail: "" } }),
    false,
  ],
  ["a good run that somebody waits for", (at: number) => answered("b", 1, at), true],
])("%s is written at once, with what waits", async (_, run, prompt) => {
  const { clock, store, sizes, written, ingest } = await setUpCounting();
  const at = systemClock.now();
  const waiting = ingest(answered("a", 1, at), false);
  await ingest(run(at), prompt);
  await waiting;
  expect(written()).toEqual(["a", "b"]);
  expect(sizes).toEqual([2]);
  expect(clock.pending).toBe(0);
  await store.close();
});

test("no transaction grows without end, and what waits at the end is written by a flush", async () => {
  const { clock, store, sizes, ingest, flush } = await setUpCounting();
  const at = systemClock.now();
  const runs = Array.from({ length: 40 }, (_, index) => ingest(answered(`t${index}`, 1, at), false));
  flush();
  await Promise.all(runs);
  expect(sizes).toEqual([16, 16, 8]);
  expect(clock.pending).toBe(0);
  await store.close();
});

test("a run that cannot be written fails alone", async () => {
  const { store, written, ingest } = await setUpCounting();
  const at = systemClock.now();
  const good = ingest(answered("a", 1, at), false);
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const bad: Run = { ...answered("b", 0, at), ...circular };
  const outcomes = await Promise.allSettled([good, ingest(bad, false)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(written()).toEqual(["a"]);
  await store.close();
});
