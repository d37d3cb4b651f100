import { assertNever } from "../base/errors.js";
import type { Comparison, Threshold } from "../model/rule.js";

/** Whether `value` stands to the threshold as its comparison says. */
export function holds(threshold: Threshold, value: number): boolean {
  switch (threshold.op) {
    case ">":
      return value > threshold.value;
    case ">=":
      return value >= threshold.value;
    case "<":
      return value < threshold.value;
    case "<=":
      return value <= threshold.value;
    case "==":
      return value === threshold.value;
    case "!=":
      return value !== threshold.value;
    default:
      return assertNever(threshold.op);
  }
}

/** Which way is worse: up, down, or neither (equality). */
export type Direction = "up" | "down" | "none";

export function directionOf(op: Comparison): Direction {
  if (op === ">" || op === ">=") return "up";
  return op === "<" || op === "<=" ? "down" : "none";
}

/** The worse of two values in the threshold's direction; the later one where there is none. */
export function worse(op: Comparison, before: number, after: number): number {
  const direction = directionOf(op);
  if (direction === "up") return Math.max(before, after);
  return direction === "down" ? Math.min(before, after) : after;
}
