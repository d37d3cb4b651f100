import type { StoppedByHand } from "./action-record.js";
import type { Alert } from "./alert.js";
import type { Facts, ProcessFact } from "./facts.js";
import type { Labels } from "./labels.js";
import type { Tone } from "./message.js";
import type { Failure, Reason } from "./reason.js";
import type { Rule } from "./rule.js";
import type { Unit } from "./sample.js";

/*
 * What an answer knows, before it has words: made by the report room, said by the message room. Times are UTC milliseconds,
 * ages and durations milliseconds unless a name says seconds, values in base units.
 */

/** How busy the bot is, by its requests to Discord in a minute. */
export const LOADS = ["light", "moderate", "heavy"] as const;
export type Load = (typeof LOADS)[number];

export type Verdict = "good" | "tolerated" | "bad";

/** The numbers that `/ping` judges. */
export const READING_KEYS = [
  "gateway",
  "rest",
  "databaseRead",
  "databaseWrite",
  "databaseSuccess",
  "loop",
  "commandP50",
  "commandP95",
  "botCpu",
  "botMemory",
  "outbox",
  "requests",
  "hostCpu",
  "hostMemory",
  "hostDisk",
] as const;
export type ReadingKey = (typeof READING_KEYS)[number];

/** Up to (or from) `good` all is well; up to (or from) `tolerated` it can be borne. In the reading's base unit. */
export interface Band {
  readonly good: number;
  readonly tolerated: number;
}

/** One number of `/ping`, judged. */
export interface Reading {
  readonly key: ReadingKey;
  readonly value: number;
  readonly unit: "seconds" | "ratio" | "bytes" | "count";
  readonly verdict: Verdict;
  readonly band: Band;
  /** Set when it is older than two intervals. */
  readonly staleMs?: number;
}

export interface PingView {
  readonly tone: Tone;
  readonly load: Load;
  readonly requestsPerMinute: number;
  /** What Discord allows a bot in a minute, all routes together. */
  readonly requestLimitPerMinute: number;
  /** Absent: not known yet. */
  readonly readings: Readonly<Partial<Record<ReadingKey, Reading>>>;
  readonly gateway: "connecting" | "ready" | "resuming" | "closed";
  readonly gatewayCloseCode?: number;
  readonly storeMode: "file" | "memory";
  readonly storeTrouble?: string;
  readonly outbox: { readonly pending: number; readonly dead: number };
  readonly version: string;
  readonly startedAt: number;
  readonly host: string;
  readonly now: number;
}

/** How it stands with what is known of a target. */
export type MeasureState =
  /** Measured lately, and as it should be. */
  | { readonly is: "well" }
  /** Measured lately; its answer was bad, whether or not an alert has come of it yet. */
  | { readonly is: "bad"; readonly reason?: Reason }
  /** The last run could not measure it. */
  | { readonly is: "failed"; readonly failure: Failure; readonly detail: string; readonly ageMs: number }
  /** Not measured for two intervals or more. */
  | { readonly is: "stale"; readonly ageMs: number }
  /** Not measured yet. */
  | { readonly is: "never" };

/** The few numbers by which a target of each kind is known at a glance. Absent ones were not measured. */
export type TargetReading =
  | HostReading
  | {
      readonly kind: "unit";
      readonly active?: string;
      readonly sub?: string;
      readonly since?: number;
      readonly memoryBytes?: number;
    }
  | {
      readonly kind: "http";
      readonly status?: number;
      readonly seconds?: number;
      /** Unix time in seconds. */
      readonly certificateUntil?: number;
    }
  | { readonly kind: "self"; readonly cpu?: number; readonly memoryBytes?: number; readonly startedAt?: number }
  | { readonly kind: "discord"; readonly gateway?: PingView["gateway"]; readonly restSeconds?: number }
  | {
      readonly kind: "other";
      readonly samples: readonly { readonly series: string; readonly labels: Labels; readonly value: number }[];
    };

export interface HostReading {
  readonly kind: "host";
  readonly cpu?: number;
  readonly load?: number;
  readonly memory?: number;
  /** The fullest first. */
  readonly disks: readonly { readonly mount: string; readonly used: number }[];
}

/** One target in the list. */
export interface TargetLine {
  readonly name: string;
  readonly kind: string;
  readonly tone: Tone;
  readonly state: MeasureState;
  /** Only for those who may see details. */
  readonly detail?: {
    readonly firing: readonly Alert[];
    readonly reading?: TargetReading;
    /** A person has stopped it. */
    readonly stopped?: StoppedByHand;
  };
}

export interface DiskTrend {
  readonly mount: string;
  /** How the used space changes. */
  readonly bytesPerDay: number;
}

/** The host and everything watched on it, as one screen. */
export interface HealthView {
  readonly host: string;
  readonly tone: Tone;
  /** Targets, Toban's own two (itself and Discord) not counted. */
  readonly total: number;
  /** Targets by tone. */
  readonly counts: Readonly<Record<"critical" | "warning" | "info" | "unknown" | "muted", number>>;
  readonly hostReading?: { readonly reading: HostReading; readonly trend?: DiskTrend; readonly staleMs?: number };
  /** Bad news first, then the order of the configuration. The host and Toban's own two are in it only when not well. */
  readonly targets: readonly TargetLine[];
  readonly onlyProblems: boolean;
  readonly busiest: readonly ProcessFact[];
  /** The oldest of the runs that count as fresh; absent before the first. */
  readonly asOf?: number;
  readonly now: number;
}

/** One measured number, with what it is. */
export interface SeriesLine {
  readonly series: string;
  readonly labels: Labels;
  readonly value: number;
  readonly unit: Unit;
  /** One sentence of the probe's own, if the series is declared. */
  readonly help?: string;
}

/** An alert with the rule that raised it, as it is now. */
export interface AlertLine {
  readonly alert: Alert;
  readonly rule?: Rule;
}

/** Everything about one target. */
export interface TargetView {
  readonly host: string;
  readonly name: string;
  readonly kind: string;
  readonly labels: Labels;
  readonly intervalMs: number;
  readonly tone: Tone;
  readonly state: MeasureState;
  readonly reading?: TargetReading;
  readonly facts?: Facts;
  /** A person has stopped it. */
  readonly stopped?: StoppedByHand;
  /** Firing ones first; then those that are pending or ended and still remembered. */
  readonly alerts: readonly AlertLine[];
  readonly series: readonly SeriesLine[];
  readonly measuredAt?: number;
  readonly durationMs?: number;
  /** When something last began or ended here, as far as alerts remember. */
  readonly lastChange?: number;
  readonly now: number;
}
