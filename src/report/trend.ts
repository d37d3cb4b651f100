/** A point of a series; UTC milliseconds. */
export interface TrendPoint {
  readonly at: number;
  readonly value: number;
}

/** Less than this says nothing about a day. */
const SHORTEST_SPAN_MS = 2 * 3_600_000;
const FEWEST_POINTS = 6;
const DAY_MS = 86_400_000;

/** Change per day by ordinary least squares; `undefined` where the points are too few or too close together. */
export function changePerDay(points: readonly TrendPoint[]): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (points.length < FEWEST_POINTS || last.at - first.at < SHORTEST_SPAN_MS) return undefined;
  let sumX = 0;
  let sumY = 0;
  for (const point of points) {
    sumX += point.at - first.at;
    sumY += point.value;
  }
  const meanX = sumX / points.length;
  const meanY = sumY / points.length;
  let covariance = 0;
  let variance = 0;
  for (const point of points) {
    const x = point.at - first.at - meanX;
    covariance += x * (point.value - meanY);
    variance += x * x;
  }
  return variance === 0 ? undefined : (covariance / variance) * DAY_MS;
}
