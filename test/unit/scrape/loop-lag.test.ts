import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { createLoopLag } from "../../../src/scrape/loop-lag.js";
import type { DelayHistogram } from "../../../src/scrape/loop-lag.js";
import { FakeClock } from "../../support/fake-clock.js";
import { until } from "../../support/until.js";

/** A histogram that the test fills: milliseconds between two firings. */
class Filled implements DelayHistogram {
  values: number[] = [];
  get max(): number {
    return Math.max(...this.values) * 1e6;
  }
  get count(): number {
    return this.values.length;
  }
  percentile(): number {
    return this.max;
  }
  reset(): void {
    this.values = [];
  }
  enable(): boolean {
    return true;
  }
  disable(): boolean {
    return true;
  }
}

test("a delay belongs to the runs during which it ended, also when another looked first", async () => {
  const clock = new FakeClock();
  const histograms = [new Filled(), new Filled()];
  const all = [...histograms];
  const lag = createLoopLag(clock, () => histograms.shift() ?? new Filled());
  const [recent] = all;
  expect(lag.since(0)).toBe(0);
  await clock.advance(1_000);
  recent?.values.push(50, 550);
  expect(lag.since(500)).toBe(500);
  // Emptied by the look before, but still within this run.
  expect(lag.since(900)).toBe(500);
  await clock.advance(1_000);
  recent?.values.push(60);
  expect(lag.since(1_500)).toBe(10);
  expect(lag.since(1_000)).toBe(500);
  await clock.advance(120_000);
  expect(lag.since(0)).toBe(0);
});

test("the percentile is of about the last minute", async () => {
  const clock = new FakeClock();
  const histograms = [new Filled(), new Filled()];
  const [, gathering] = histograms;
  const lag = createLoopLag(clock, () => histograms.shift() ?? new Filled());
  expect(lag.p99Seconds()).toBeUndefined();
  gathering?.values.push(350);
  expect(lag.p99Seconds()).toBeCloseTo(0.3);
  await clock.advance(60_000);
  expect(lag.p99Seconds()).toBeCloseTo(0.3);
  gathering?.values.push(50);
  expect(lag.p99Seconds()).toBeCloseTo(0.3);
  await clock.advance(60_000);
  expect(lag.p99Seconds()).toBeCloseTo(0);
});

test("a loop that really stands still is seen", async () => {
  const lag = createLoopLag(systemClock);
  // Wait until the timer behind the histogram has fired, so that a delay has a beginning.
  await until("a first firing", () => lag.p99Seconds() !== undefined);
  const began = systemClock.monotonic();
  while (systemClock.monotonic() < began + 300);
  await systemClock.nextTurn();
  await systemClock.nextTurn();
  expect(lag.since(began)).toBeGreaterThan(200);
  lag.stop();
});
