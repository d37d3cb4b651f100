import { assertNever } from "../base/errors.js";
import type { Reason } from "../model/reason.js";
import type { Comparison, Reduction, RuleUnit, Severity, Threshold } from "../model/rule.js";
import { directionOf } from "./compare.js";

/**
 * How far below (or above) its limit a level is over. Written as a margin, so that whoever moves a limit moves its end
 * with it.
 */
export type Margin =
  /** So much less, in the rule's unit. */
  | { readonly by: "points"; readonly size: number }
  /** That share of the limit less. */
  | { readonly by: "share"; readonly size: number }
  /** The lowest level is over exactly then; the others by the same distance. */
  | { readonly by: "to"; readonly threshold: Threshold };

/** A built-in rule as it is written down: limits per severity, everything else once. */
export interface RuleDefinition {
  readonly series: string;
  readonly reduction: Reduction;
  readonly unit: RuleUnit;
  /** How a value is compared unless an override says otherwise; its direction is fixed. */
  readonly op: Comparison;
  readonly limits: Readonly<Partial<Record<Severity, number>>>;
  readonly forMs: number;
  readonly margin?: Margin;
  readonly keepFiringForMs?: number;
  readonly goodRuns?: number;
  readonly kinds?: { readonly only: readonly string[] } | { readonly except: readonly string[] };
  readonly needsGoodFirst?: boolean;
  readonly fullAt?: number;
  readonly inhibitedBy?: readonly string[];
  readonly inhibitedWhen?: Readonly<Record<string, readonly Reason[]>>;
}

/** When a level is over, by the rule's margin. `lowest` is the limit of the mildest level. */
export function clearOf(margin: Margin | undefined, limit: Threshold, lowest: Threshold): Threshold | undefined {
  if (!margin) return undefined;
  const sign = directionOf(limit.op) === "down" ? 1 : -1;
  switch (margin.by) {
    case "points":
      return { op: sign < 0 ? "<" : ">", value: tidy(limit.value + sign * margin.size) };
    case "share":
      return { op: sign < 0 ? "<" : ">", value: tidy(limit.value * (1 + sign * margin.size)) };
    case "to":
      return { op: margin.threshold.op, value: tidy(limit.value - (lowest.value - margin.threshold.value)) };
    default:
      return assertNever(margin);
  }
}

/** Removes the dust of binary fractions (0.9 − 0.03 = 0.8700000000000001), so that limits read and compare as written. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
