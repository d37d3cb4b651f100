import { assertNever } from "../base/errors.js";
import type { Band, Load, ReadingKey, Reading, Verdict } from "../model/view.js";

/** Requests a minute from which a load begins. */
export const LOAD_FROM: Readonly<Record<Load, number>> = { light: 0, moderate: 10, heavy: 50 };

export function loadOf(requestsPerMinute: number): Load {
  if (requestsPerMinute > LOAD_FROM.heavy) return "heavy";
  return requestsPerMinute >= LOAD_FROM.moderate ? "moderate" : "light";
}

export interface BandSpec {
  readonly unit: Reading["unit"];
  /** `most`: smaller is better; `least`: larger is better. */
  readonly limit: "most" | "least";
  readonly bands: Readonly<Record<Load, Band>>;
}

const MIB = 1024 ** 2;

const same = (good: number, tolerated: number): Readonly<Record<Load, Band>> => {
  const band = { good, tolerated };
  return { light: band, moderate: band, heavy: band };
};

/**
 * What `/ping` expects of each reading at the present load. What people wait for (Discord, database, commands) may take longer
 * when more is asked; what must simply be there (memory, disk, successful transactions) is judged alike at every load.
 */
export const PING_BANDS = {
  gateway: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.1, tolerated: 0.2 },
      moderate: { good: 0.15, tolerated: 0.3 },
      heavy: { good: 0.2, tolerated: 0.5 },
    },
  },
  rest: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.1, tolerated: 0.2 },
      moderate: { good: 0.2, tolerated: 0.35 },
      heavy: { good: 0.3, tolerated: 0.5 },
    },
  },
  databaseRead: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.05, tolerated: 0.2 },
      moderate: { good: 0.05, tolerated: 0.2 },
      heavy: { good: 0.1, tolerated: 0.25 },
    },
  },
  databaseWrite: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.05, tolerated: 0.2 },
      moderate: { good: 0.05, tolerated: 0.2 },
      heavy: { good: 0.1, tolerated: 0.25 },
    },
  },
  databaseSuccess: { unit: "ratio", limit: "least", bands: same(0.999, 0.99) },
  loop: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.05, tolerated: 0.2 },
      moderate: { good: 0.05, tolerated: 0.2 },
      heavy: { good: 0.1, tolerated: 0.2 },
    },
  },
  commandP50: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.2, tolerated: 0.5 },
      moderate: { good: 0.2, tolerated: 0.5 },
      heavy: { good: 0.3, tolerated: 1 },
    },
  },
  commandP95: {
    unit: "seconds",
    limit: "most",
    bands: {
      light: { good: 0.5, tolerated: 1 },
      moderate: { good: 0.5, tolerated: 1.5 },
      heavy: { good: 1, tolerated: 2 },
    },
  },
  botCpu: {
    unit: "ratio",
    limit: "most",
    bands: {
      light: { good: 0.1, tolerated: 0.3 },
      moderate: { good: 0.2, tolerated: 0.5 },
      heavy: { good: 0.4, tolerated: 0.8 },
    },
  },
  botMemory: {
    unit: "bytes",
    limit: "most",
    bands: {
      light: { good: 160 * MIB, tolerated: 320 * MIB },
      moderate: { good: 200 * MIB, tolerated: 400 * MIB },
      heavy: { good: 300 * MIB, tolerated: 500 * MIB },
    },
  },
  outbox: { unit: "seconds", limit: "most", bands: same(10, 60) },
  requests: { unit: "count", limit: "most", bands: same(600, 1_500) },
  hostCpu: {
    unit: "ratio",
    limit: "most",
    bands: {
      light: { good: 0.3, tolerated: 0.7 },
      moderate: { good: 0.5, tolerated: 0.8 },
      heavy: { good: 0.7, tolerated: 0.9 },
    },
  },
  hostMemory: { unit: "ratio", limit: "most", bands: same(0.7, 0.8) },
  hostDisk: { unit: "ratio", limit: "most", bands: same(0.8, 0.9) },
} as const satisfies Readonly<Record<ReadingKey, BandSpec>>;

export function judge(spec: BandSpec, load: Load, value: number): Verdict {
  const band = spec.bands[load];
  switch (spec.limit) {
    case "most":
      return value <= band.good ? "good" : value <= band.tolerated ? "tolerated" : "bad";
    case "least":
      return value >= band.good ? "good" : value >= band.tolerated ? "tolerated" : "bad";
    default:
      return assertNever(spec.limit);
  }
}
