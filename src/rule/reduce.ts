import { assertNever } from "../base/errors.js";
import { quantile } from "../base/statistics.js";
import type { Reduction } from "../model/rule.js";
import { holds } from "./compare.js";

/** One sample in time. `at`: UTC milliseconds. */
export interface Dot {
  readonly at: number;
  readonly value: number;
}

export interface ReduceInput {
  /** The newest sample. */
  readonly sample: Dot;
  /** Earlier samples as far as {@link historyOf} asks for them, oldest first. */
  readonly history: readonly Dot[];
  /** The value that this gave for the sample before, if it follows without a gap. */
  readonly before?: number;
}

/** How much history a reduction needs: nothing, so many samples, or a span (and the last sample before it). */
export type History =
  | { readonly by: "none" }
  | { readonly by: "count"; readonly count: number }
  | { readonly by: "span"; readonly ms: number };

export function historyOf(reduction: Reduction): History {
  switch (reduction.by) {
    case "last":
    case "in_a_row":
    case "seconds_until":
      return { by: "none" };
    case "quantile":
      return { by: "count", count: reduction.runs - 1 };
    case "increase":
    case "largest":
      return { by: "span", ms: reduction.windowMs };
    default:
      return assertNever(reduction);
  }
}

/** The value that a rule compares, in the rule's unit. Samples that are not older than the newest one are left out. */
export function reduce(reduction: Reduction, input: ReduceInput): number {
  const { sample } = input;
  const history = input.history.filter((dot) => dot.at < sample.at);
  switch (reduction.by) {
    case "last":
      return sample.value;
    case "quantile": {
      const values = [...history.slice(Math.max(0, history.length - (reduction.runs - 1))), sample].map(
        (dot) => dot.value,
      );
      return quantile(values, reduction.q) ?? sample.value;
    }
    case "increase":
      return increase([...history, sample], sample.at - reduction.windowMs);
    case "in_a_row":
      return holds(reduction.bad, sample.value) ? (input.before ?? 0) + 1 : 0;
    case "largest": {
      const seen = history.filter((dot) => dot.at > sample.at - reduction.windowMs).map((dot) => Math.abs(dot.value));
      return Math.max(Math.abs(sample.value), ...seen);
    }
    case "seconds_until":
      return sample.value - sample.at / 1_000;
    default:
      return assertNever(reduction);
  }
}

/**
 * How much a counter rose after `from`. The last sample before the window is the base, however old it is: what happened
 * while nobody looked counts when it is seen. A fall is a restart of the counter, which then rose from zero.
 */
function increase(dots: readonly Dot[], from: number): number {
  let sum = 0;
  for (const [index, dot] of dots.entries()) {
    const base = dots[index - 1];
    if (!base || dot.at <= from) continue;
    sum += dot.value >= base.value ? dot.value - base.value : dot.value;
  }
  return sum;
}
