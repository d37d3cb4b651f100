import type { Dot } from "./reduce.js";

export interface Trend {
  /** In the value's unit per hour. */
  readonly slopePerHour: number;
  /** UTC milliseconds at which the value reaches its end if it goes on like this; absent if it does not rise, or only in the far future. */
  readonly exhaustedAt?: number;
}

/** Fewer points, or a shorter span, say nothing about an hour. */
const FEWEST_POINTS = 5;
const SHORTEST_SPAN_MS = 4 * 60_000;
/** What is farther away than this is not worth a sentence. */
const FARTHEST_MS = 30 * 86_400_000;
const HOUR_MS = 3_600_000;

/** Over what span a trend is taken. */
export const TREND_SPAN_MS = HOUR_MS;

/** The straight line through the points by ordinary least squares; undefined where they are too few or too close. */
export function trendOf(dots: readonly Dot[], fullAt: number | undefined): Trend | undefined {
  const first = dots[0];
  const last = dots.at(-1);
  if (!first || !last || dots.length < FEWEST_POINTS || last.at - first.at < SHORTEST_SPAN_MS) return undefined;
  const meanAt = mean(dots.map((dot) => dot.at - first.at));
  const meanValue = mean(dots.map((dot) => dot.value));
  let covariance = 0;
  let variance = 0;
  for (const dot of dots) {
    const x = dot.at - first.at - meanAt;
    covariance += x * (dot.value - meanValue);
    variance += x * x;
  }
  if (variance === 0) return undefined;
  const slope = covariance / variance;
  const slopePerHour = slope * HOUR_MS;
  if (fullAt === undefined || slope <= 0) return { slopePerHour };
  const left = Math.max(0, fullAt - last.value) / slope;
  return left > FARTHEST_MS ? { slopePerHour } : { slopePerHour, exhaustedAt: Math.round(last.at + left) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
