import { monitorEventLoopDelay } from "node:perf_hooks";

import type { Clock } from "../base/clock.js";

/** How late our own event loop is. */
export interface LoopLag {
  /** The longest delay that ended at or after this monotonic moment, in milliseconds. */
  since(monotonic: number): number;
  /** The 99th percentile of about the last minute, in seconds; `undefined` before anything was seen. */
  p99Seconds(): number | undefined;
  stop(): void;
}

/** What is used of Node's histogram: nanoseconds between two firings of a timer of `RESOLUTION_MS`. */
export interface DelayHistogram {
  readonly max: number;
  readonly count: number;
  percentile(percentile: number): number;
  reset(): void;
  enable(): boolean;
  disable(): boolean;
}

/** Each firing costs a wake-up of the process, so it is as coarse as a limit of 200 ms allows. */
const RESOLUTION_MS = 50;
const NANOSECONDS_PER_MS = 1e6;
/** Older delays are no run's any more: the longest run takes 10 s. */
const KEPT_MS = 60_000;
/** How long the histogram of the percentile gathers before it starts anew. */
const WINDOW_MS = 60_000;

/** Two histograms: one is emptied at every look, so that a delay can be told from an earlier one; one gathers for the percentile. */
export function createLoopLag(
  clock: Clock,
  histogram: () => DelayHistogram = () => monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
): LoopLag {
  const recent = histogram();
  const window = histogram();
  recent.enable();
  window.enable();
  // Oldest and longest first: a look is dropped once a later one has seen a delay as long, so that few are kept.
  const looks: { readonly at: number; readonly lagMs: number }[] = [];
  let windowFrom = clock.monotonic();
  let lastP99: number | undefined;

  const lagOf = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);

  return {
    since(monotonic) {
      const now = clock.monotonic();
      if (recent.count > 0) {
        const lagMs = lagOf(recent.max);
        while ((looks.at(-1)?.lagMs ?? Number.POSITIVE_INFINITY) <= lagMs) looks.pop();
        looks.push({ at: now, lagMs });
        recent.reset();
      }
      while ((looks[0]?.at ?? now) < now - KEPT_MS) looks.shift();
      return looks.find((look) => look.at >= monotonic)?.lagMs ?? 0;
    },
    p99Seconds() {
      const now = clock.monotonic();
      const current = window.count > 0 ? lagOf(window.percentile(99)) / 1_000 : undefined;
      if (now - windowFrom < WINDOW_MS) return lastP99 === undefined ? current : Math.max(lastP99, current ?? 0);
      lastP99 = current;
      window.reset();
      windowFrom = now;
      return current;
    },
    stop() {
      recent.disable();
      window.disable();
    },
  };
}
