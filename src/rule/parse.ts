import { assertNever } from "../base/errors.js";
import { parseDuration, parseRate, parseShare, parseSize } from "../base/quantity.js";
import type { Comparison, Threshold } from "../model/rule.js";
import { directionOf } from "./compare.js";
import type { RuleDefinition } from "./definition.js";

/** What a level's text says, or what was expected instead. */
export type ParsedLevel =
  | { readonly kind: "off" }
  | { readonly kind: "limit"; readonly threshold: Threshold; readonly windowMs?: number }
  | { readonly kind: "wrong"; readonly expected: string };

const OPERATORS: readonly Comparison[] = [">=", "<=", "==", "!=", ">", "<"];

/**
 * Reads `"> 80%"`, `"< 21d"`, `"> 500MiB"`, `"5/10m"`, `"+1"`, `"3"` or `"off"` by the unit of the rule. Without a comparison
 * the rule's own is meant; for a count, "this many" (`5/10m`, `+1`). A comparison in the other direction is a mistake, because
 * the rule's name and sentences would be wrong then.
 */
export function parseLevel(definition: RuleDefinition, text: string): ParsedLevel {
  const trimmed = text.trim();
  if (trimmed === "off") return { kind: "off" };
  const parsed = parseLimit(definition, trimmed);
  if (!parsed) return { kind: "wrong", expected: expectedLevel(definition) };
  if (directionOf(parsed.threshold.op) !== directionOf(definition.op)) {
    return {
      kind: "wrong",
      expected: `a limit that is worse ${definition.op === "<" ? "below" : "above"}: ${example(definition)}`,
    };
  }
  return { kind: "limit", ...parsed };
}

/** Reads `clear: "< 75%"`: always with the comparison that ends the alert. */
export function parseClear(definition: RuleDefinition, text: string): Threshold | undefined {
  const parsed = parseLimit(definition, text.trim());
  if (!parsed || parsed.windowMs !== undefined) return undefined;
  const wanted = directionOf(definition.op) === "down" ? "up" : "down";
  return directionOf(parsed.threshold.op) === wanted ? parsed.threshold : undefined;
}

/** What a level of this rule looks like, for whoever wrote something else. */
function expectedLevel(definition: RuleDefinition): string {
  return takesLimit(definition) ? `${example(definition)} or off` : "off (this rule has no limit to set)";
}

export function expectedClear(definition: RuleDefinition): string {
  const op = directionOf(definition.op) === "down" ? ">" : "<";
  return takesLimit(definition)
    ? `a limit such as "${op} ${quantityExample(definition)}"`
    : "nothing (this rule has no limit to set)";
}

interface Limit {
  readonly threshold: Threshold;
  readonly windowMs?: number;
}

function parseLimit(definition: RuleDefinition, text: string): Limit | undefined {
  if (!takesLimit(definition)) return undefined;
  const written = OPERATORS.find((op) => text.startsWith(op));
  const quantity = (written === undefined ? text : text.slice(written.length)).trim();
  const read = parseQuantity(definition, quantity);
  if (!read) return undefined;
  // "5/10m" and "+1" say how many it takes; "> 5" says what is too many.
  const counted = definition.unit === "count" || definition.reduction.by === "in_a_row";
  const op = written ?? (counted ? ">=" : definition.op);
  return { ...read, threshold: { op, value: read.value } };
}

function parseQuantity(definition: RuleDefinition, text: string): { value: number; windowMs?: number } | undefined {
  if (definition.reduction.by === "increase" || definition.reduction.by === "in_a_row")
    return parseCount(definition, text);
  const value =
    definition.unit === "ratio"
      ? parseShare(text)
      : definition.unit === "bytes"
        ? parseSize(text)
        : definition.unit === "seconds"
          ? toSeconds(parseDuration(text))
          : parseInteger(text);
  return value === undefined ? undefined : { value };
}

function parseCount(definition: RuleDefinition, text: string): { value: number; windowMs?: number } | undefined {
  const rate = parseRate(text);
  if (rate) return definition.reduction.by === "increase" ? { value: rate.count, windowMs: rate.windowMs } : undefined;
  const value = parseInteger(text.startsWith("+") ? text.slice(1) : text);
  return value === undefined ? undefined : { value };
}

function parseInteger(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}

/** A yes or no has no limit that could be moved; how many times in a row has. */
function takesLimit(definition: RuleDefinition): boolean {
  return definition.unit !== "bool" || definition.reduction.by === "in_a_row";
}

function example(definition: RuleDefinition): string {
  if (definition.reduction.by === "in_a_row") return 'how many in a row, such as "3"';
  if (definition.reduction.by === "increase") return 'how many in what time, such as "5/10m" or "> 5"';
  return `a limit such as "${definition.op} ${quantityExample(definition)}"`;
}

function quantityExample(definition: RuleDefinition): string {
  switch (definition.unit) {
    case "ratio":
      return "80%";
    case "bytes":
      return "500MiB";
    case "seconds":
      return definition.reduction.by === "seconds_until" ? "21d" : "200ms";
    case "count":
    case "bool":
      return "5";
    default:
      return assertNever(definition.unit);
  }
}
