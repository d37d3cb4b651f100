import type { Labels } from "./labels.js";
import type { Reason } from "./reason.js";

export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Worse is larger, so that severities can be compared. */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 3, warning: 2, info: 1 };

export type Comparison = ">" | ">=" | "<" | "<=" | "==" | "!=";

export interface Threshold {
  readonly op: Comparison;
  /** In the base unit of the rule's value. */
  readonly value: number;
}

/** How the recent samples of one series become the value that is compared. */
export type Reduction =
  /** The newest sample. */
  | { readonly by: "last" }
  /** A quantile of the newest `runs` samples. */
  | { readonly by: "quantile"; readonly q: number; readonly runs: number }
  /** How much a counter rose within the window (resets count as a rise from zero). */
  | { readonly by: "increase"; readonly windowMs: number }
  /** Bad samples in a row: the value is how many of the newest samples in a row fulfil `bad`. */
  | { readonly by: "in_a_row"; readonly bad: Threshold }
  /** The sample that is farthest from zero within the window, in either direction, without its sign. */
  | { readonly by: "largest"; readonly windowMs: number }
  /** Seconds from now until the sample's moment (certificates). */
  | { readonly by: "seconds_until" };

/** One level of a rule. */
export interface RuleLevel {
  readonly severity: Severity;
  readonly threshold: Threshold;
  /** How long it must have been bad, in sample time, from the first bad sample. 0: at once. */
  readonly forMs: number;
  /** While this level fires, it is over only when this holds. Absent: as soon as the threshold no longer holds. */
  readonly clear?: Threshold;
}

/** Which series a rule looks at, by target and labels. */
export interface RuleSelection {
  /** Globs over target names; absent: every target that has the series. */
  readonly targets?: readonly string[];
  readonly where?: Labels;
}

/** `bool`: the value says nothing to a person; the rule's title alone does. */
export type RuleUnit = "ratio" | "seconds" | "bytes" | "count" | "bool";

/** Name of the series that ProbeFailed looks at: not a probe's own, but 1 for a run that could not measure and 0 for one that could. */
export const PROBE_FAILED_SERIES = "probe_failed";

/**
 * A rule as it is evaluated. Several rules may share a name (a built-in one and what a person changed of it for some
 * targets); their selections never overlap, so that a series meets one of them at most.
 */
export interface Rule extends RuleSelection {
  readonly name: string;
  readonly series: string;
  readonly reduction: Reduction;
  /** What the compared value is, for display. */
  readonly unit: RuleUnit;
  /** From the mildest to the severest; at least one. */
  readonly levels: readonly RuleLevel[];
  /** How long, in sample time, it must have been well before it is resolved. */
  readonly keepFiringForMs: number;
  /** How many good runs in a row it takes besides. */
  readonly goodRuns: number;
  /** Selections that belong to another rule of this name. */
  readonly except: readonly RuleSelection[];
  /** Kinds of targets it is for, or not for; absent: every kind. */
  readonly kinds?: { readonly only: readonly string[] } | { readonly except: readonly string[] };
  /** A series that was never seen good cannot turn bad (a disk that has always been read-only). */
  readonly needsGoodFirst: boolean;
  /** The value at which it is used up (1 for a share), if its trend is worth telling. */
  readonly fullAt?: number;
  /** Rules that mute this one for the same target while they fire. */
  readonly inhibitedBy: readonly string[];
  /** Rules that mute this one likewise, but only while it fires for one of these reasons. */
  readonly inhibitedWhen?: Readonly<Record<string, readonly Reason[]>>;
  /** Changes when anything that decides changes. */
  readonly checksum: string;
}

/** What a person wrote in `rules:`; merged over the built-in rule of that name, field by field. */
export interface RuleOverride {
  readonly name: string;
  readonly enabled?: boolean;
  readonly targets?: readonly string[];
  readonly where?: Labels;
  /** `"> 80%"`, `"5/10m"`, `"off"`; read by the rule room, which knows the unit. */
  readonly warning?: string;
  readonly critical?: string;
  readonly clear?: string;
  readonly forMs?: number;
  readonly keepFiringForMs?: number;
  readonly inhibitedBy?: readonly string[];
}
