import { ByteReader, ByteWriter, DamagedBytesError } from "./bytes.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The two roll-ups: width of a bucket, and how much time one row holds (a row is rewritten when its newest bucket grows). */
export const ROLLUPS = {
  "5m": { bucketMs: 5 * MINUTE_MS, rowMs: DAY_MS },
  "1h": { bucketMs: HOUR_MS, rowMs: 8 * DAY_MS },
} as const;
export type RollupLevel = keyof typeof ROLLUPS;
export const ROLLUP_LEVELS = ["5m", "1h"] as const satisfies readonly RollupLevel[];

/** What is left of the points of one bucket. `min <= mean <= max`. */
export interface Bucket {
  /** Start of the bucket, UTC milliseconds. */
  readonly at: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

/** The mean from a sum; where the sum leaves the range of a double, the middle of two means, which cannot. */
function meanOf(sum: number, count: number, one: number, other: number): number {
  return Number.isFinite(sum) ? sum / count : one / 2 + other / 2;
}

function mergeTwo(earlier: Bucket, later: Bucket): Bucket {
  const count = earlier.count + later.count;
  const min = Math.min(earlier.min, later.min);
  const max = Math.max(earlier.max, later.max);
  const mean = meanOf(earlier.mean * earlier.count + later.mean * later.count, count, earlier.mean, later.mean);
  return { at: earlier.at, count, min, max, mean: Math.min(max, Math.max(min, mean)), last: later.last };
}

/** Buckets of both, ascending; where both have one, `later` holds the later points. */
export function mergeBuckets(earlier: readonly Bucket[], later: readonly Bucket[]): Bucket[] {
  const byStart = new Map<number, Bucket>();
  for (const bucket of [...earlier, ...later]) {
    const found = byStart.get(bucket.at);
    byStart.set(bucket.at, found ? mergeTwo(found, bucket) : bucket);
  }
  return [...byStart.values()].sort((a, b) => a.at - b.at);
}

/** Points (in the order of arrival) as buckets of that width, ascending. */
export function bucketsOf(
  points: Iterable<{ readonly at: number; readonly value: number }>,
  bucketMs: number,
): Bucket[] {
  const byStart = new Map<number, Bucket>();
  for (const { at, value } of points) {
    const start = Math.floor(at / bucketMs) * bucketMs;
    const one: Bucket = { at: start, count: 1, min: value, max: value, mean: value, last: value };
    const found = byStart.get(start);
    byStart.set(start, found ? mergeTwo(found, one) : one);
  }
  return [...byStart.values()].sort((a, b) => a.at - b.at);
}

/** Start of the row that holds a bucket. */
export function rowStart(level: RollupLevel, at: number): number {
  const { rowMs } = ROLLUPS[level];
  return Math.floor(at / rowMs) * rowMs;
}

const LAYOUT = 1;

/** The buckets of one row, ascending. */
export function encodeBuckets(level: RollupLevel, row: number, buckets: readonly Bucket[]): Buffer {
  const { bucketMs } = ROLLUPS[level];
  const writer = new ByteWriter(16 + buckets.length * 24);
  writer.byte(LAYOUT);
  writer.unsigned(buckets.length);
  let last = 0;
  for (const bucket of buckets) {
    const index = (bucket.at - row) / bucketMs;
    writer.unsigned(index - last);
    last = index;
  }
  for (const bucket of buckets) writer.unsigned(bucket.count);
  for (const column of ["min", "max", "mean", "last"] as const) writer.doubles(buckets.map((bucket) => bucket[column]));
  return writer.finish();
}

export function decodeBuckets(level: RollupLevel, row: number, bytes: Uint8Array): Bucket[] {
  const { bucketMs } = ROLLUPS[level];
  const reader = new ByteReader(bytes);
  const layout = reader.byte();
  if (layout !== LAYOUT) throw new DamagedBytesError(`a roll-up of layout ${layout}, expected ${LAYOUT}`);
  const count = reader.unsigned();
  if (count > bytes.length) throw new DamagedBytesError(`${count} buckets do not fit ${bytes.length} bytes`);
  const starts: number[] = [];
  let index = 0;
  for (let read = 0; read < count; read += 1) {
    index += reader.unsigned();
    starts.push(row + index * bucketMs);
  }
  const counts = starts.map(() => reader.unsigned());
  const [min, max, mean, last] = [
    reader.doubles(count),
    reader.doubles(count),
    reader.doubles(count),
    reader.doubles(count),
  ];
  return starts.map((at, position) => ({
    at,
    count: counts[position] ?? 0,
    min: min[position] ?? 0,
    max: max[position] ?? 0,
    mean: mean[position] ?? 0,
    last: last[position] ?? 0,
  }));
}
