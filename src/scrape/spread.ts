import { createHash } from "node:crypto";

/** A number in [0, 1) made of a name: a cryptographic hash, because names differ in their last character alone (`shop-1`, `shop-2`). */
function fractionOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) / 2 ** 32;
}

/** Where in a span a target has its place, in milliseconds: by its name, so that targets spread out and keep their place over restarts. */
export function placeIn(name: string, spanMs: number): number {
  return Math.floor(fractionOf(name) * spanMs);
}

/** The first moment of the grid `origin + k × interval` that is later than `after`. All in milliseconds of one clock. */
export function nextSlot(origin: number, intervalMs: number, after: number): number {
  if (after < origin) return origin;
  return origin + (Math.floor((after - origin) / intervalMs) + 1) * intervalMs;
}

/** So many targets may share a moment: enough to spare the process most of its awakenings, few enough that timings stay true. */
const TOGETHER = 4;
/** Moments are at most so far apart. */
const COARSEST_MS = 1_000;
/** No target is moved by more than this share of its interval. */
const SHARE_OF_INTERVAL = 0.1;

/**
 * How far apart the moments are at which targets of these intervals are measured, in milliseconds. Measuring a few at one moment costs much
 * less than each at its own, because a process that has just awoken finds nothing of its own in the processor's caches. The more targets there
 * are, the closer the moments, by halves, so that few places change when a target is added.
 */
export function grainOf(intervalsMs: readonly number[]): number {
  const perMs = intervalsMs.reduce((sum, intervalMs) => sum + 1 / intervalMs, 0);
  let grainMs = COARSEST_MS;
  while (grainMs > 1 && grainMs * perMs > TOGETHER) grainMs /= 2;
  return grainMs;
}

/** The moment of the grain at or before `at`, for a target of this interval. */
export function aligned(at: number, grainMs: number, intervalMs: number): number {
  const step = Math.min(grainMs, intervalMs * SHARE_OF_INTERVAL);
  return Math.floor(at / step) * step;
}
