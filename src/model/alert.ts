import type { Facts } from "./facts.js";
import type { Labels } from "./labels.js";
import type { Failure, Reason } from "./reason.js";
import type { Severity, Threshold } from "./rule.js";

/** `gone`: its series, target or rule is no longer there. It is grey, never "resolved". */
export const ALERT_STATES = ["inactive", "pending", "firing", "resolved", "gone"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** One rule on one series of one target, as it stands. One row per fingerprint. */
export interface Alert {
  readonly fingerprint: string;
  /** Fingerprint and start of firing: `<fingerprint>:<ms>`. Set from firing on. */
  readonly episode?: string;
  readonly rule: string;
  readonly ruleChecksum: string;
  readonly host: string;
  readonly target: string;
  /** Labels of the series, without host and target. */
  readonly labels: Labels;
  readonly state: AlertState;
  /** The level that fires, or that is pending. */
  readonly severity: Severity;
  /** The level's limit. */
  readonly limit: Threshold;
  /** The newest compared value, and the worst of this episode. */
  readonly value: number;
  readonly worst: number;
  readonly reason?: Reason;
  /** Why nothing could be measured (ProbeFailed), and the probe's own words for it: text from outside. */
  readonly failure?: Failure;
  readonly detail?: string;
  /** The first bad sample, per severity, in sample time. */
  readonly badSince: Readonly<Partial<Record<Severity, number>>>;
  /** The first good sample after firing, while it is not yet over. */
  readonly goodSince?: number;
  readonly goodRuns: number;
  /** Runs in a row that no longer emitted the series. */
  readonly missingRuns: number;
  /** Rounds in a row whose samples could not be trusted. */
  readonly untrustedRounds: number;
  /** For a rule that needs a good sample first: none has been seen yet, so it cannot have turned bad. */
  readonly neverGood?: true;
  /** Raised although the samples could not be trusted: the message says so. */
  readonly untrusted: boolean;
  readonly firingSince?: number;
  /** How the value moves, by a straight line through its recent points, in units per hour; absent when too few. */
  readonly slopePerHour?: number;
  /** When the value will reach its end (a full disk: 1), if it goes on like this. UTC milliseconds. */
  readonly exhaustedAt?: number;
  /** What the run that fired saw, as evidence of that second. */
  readonly evidence?: Facts;
  readonly endedAt?: number;
  readonly lastSampleAt: number;
}

/** What happened to an alert. Only these speak. */
export type Transition =
  | { readonly kind: "pending"; readonly alert: Alert }
  | { readonly kind: "fired"; readonly alert: Alert }
  | { readonly kind: "rose"; readonly alert: Alert; readonly from: Severity }
  | { readonly kind: "fell"; readonly alert: Alert; readonly from: Severity }
  | { readonly kind: "resolved"; readonly alert: Alert }
  | { readonly kind: "gone"; readonly alert: Alert };
