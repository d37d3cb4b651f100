import type { Labels } from "./labels.js";

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
  /** Seconds from now until the sample's moment (certificates). */
  | { readonly by: "seconds_until" };

/** One level of a rule. */
export interface RuleLevel {
  readonly severity: Severity;
  readonly threshold: Threshold;
  /** How long it must have been bad, in sample time, from the first bad sample. 0: at once. */
  readonly forMs: number;
}

export interface Rule {
  readonly name: string;
  readonly series: string;
  readonly reduction: Reduction;
  /** What the compared value is, for display. */
  readonly unit: "ratio" | "seconds" | "bytes" | "count" | "bool" | "days";
  /** From the mildest to the severest; at least one. */
  readonly levels: readonly RuleLevel[];
  /** The lowest level is over when this holds; higher levels step down by the same margin. Absent: when the threshold no longer holds. */
  readonly clear?: Threshold;
  /** How long, in sample time, it must have been well before it is resolved. */
  readonly keepFiringForMs: number;
  /** How many good runs in a row it takes besides. */
  readonly goodRuns: number;
  /** Globs over target names; absent: every target that has the series. */
  readonly targets?: readonly string[];
  readonly where?: Labels;
  /** Rules that mute this one for the same target while they fire. */
  readonly inhibitedBy: readonly string[];
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
