import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import type { Guard, Run } from "../../../src/model/run.js";
import { createIngest } from "../../../src/scrape/ingest.js";
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
  const { guards } = guardsOf(new FakeClock());
  return { store: opened, ...createIngest({ store: opened, guards }) };
}

test("a run is written with its samples, and is the target's latest", async () => {
  const { store, ingest } = await setUp();
  const at = systemClock.now();
  await ingest(runOf(at, 1));
  await ingest(runOf(at + 1_000, 2));
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
  await ingest(runOf(at, 1));
  await ingest(runOf(at + 1, 2, ["loop_lag"]));
  await ingest(runOf(at + 2, 3, ["loop_lag"]));
  expect(valuesNow()).toEqual([1]);
  expect(store.read((tables) => tables.runs.latest("web"))).toEqual(runOf(at + 2, 3, ["loop_lag"]));
  await ingest(runOf(at + 3, 4, ["clock_step"]));
  await ingest(runOf(at + 4, 5, ["clock_step"]));
  expect(valuesNow()).toEqual([1, 4, 5]);
  await ingest(runOf(at + 5, 6));
  await ingest(runOf(at + 6, 7, ["loop_lag"]));
  expect(valuesNow()).toEqual([1, 4, 5, 6]);
  await store.close();
});

test("a target that is no longer watched starts anew", async () => {
  const { store, ingest, forget } = await setUp();
  const at = systemClock.now();
  await ingest(runOf(at, 1, ["uplink"]));
  await ingest(runOf(at + 1, 2, ["uplink"]));
  forget("web");
  await ingest(runOf(at + 2, 3, ["uplink"]));
  expect(store.read((tables) => tables.samples.newest(ref, 10))).toEqual([]);
  await store.close();
});
