import type { Rule, RuleLevel, Severity, Threshold } from "../../../src/model/rule.js";
import type { Observation } from "../../../src/rule/step.js";

/**
 * The meaning of a rule, told once more and in another way: it looks at the whole history each time, keeps no counters, and finds
 * rows of bad and good samples by walking back. Slow and plain, so that it can be compared with the state machine.
 */
export interface Told {
  readonly state: "well" | "pending" | "firing";
  readonly severity?: Severity;
  readonly event?: "fired" | "rose" | "fell" | "resolved" | "gone";
}

interface Seen {
  readonly at: number;
  readonly value: number;
  /** The severity that fired before this sample, and after it. */
  readonly before: Severity | undefined;
  readonly after: Severity | undefined;
}

const OPS: Readonly<Record<Threshold["op"], (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};
const ORDER: readonly Severity[] = ["info", "warning", "critical"];

export function tell(rule: Rule, history: readonly Observation[]): readonly Told[] {
  let seen: readonly Seen[] = [];
  let newest = 0;
  /** Observations since the last end that are not late. */
  let heard: readonly Observation[] = [];
  return history.map((observation) => {
    if (observation.kind !== "failed" && observation.at <= newest) return look(rule, seen);
    heard = [...heard, observation];
    const before = seen.at(-1)?.after;
    if (observation.kind === "missing" && isSecondMissing(heard)) {
      heard = [];
      seen = [];
      return { state: "well", ...(before ? { event: "gone" as const } : {}) };
    }
    if (observation.kind !== "sample" || !isBelieved(heard)) return look(rule, seen);
    newest = observation.at;
    const sample = { at: observation.at, value: observation.value, before };
    const after = judge(rule, [...seen, { ...sample, after: undefined }], observation.intervalMs);
    seen = [...seen, { ...sample, after }];
    const event = eventOf(before, after);
    if (event === "resolved") heard = [];
    return { ...look(rule, seen), ...(event ? { event } : {}) };
  });
}

/** Trusted, or the third untrusted sample in a row. */
function isBelieved(heard: readonly Observation[]): boolean {
  const last = heard.at(-1);
  if (last?.kind !== "sample") return false;
  const untrusted = countBack(
    heard,
    (each) => each.kind !== "sample" || !each.trusted,
    (each) => each.kind === "sample",
  );
  return last.trusted || untrusted >= 3;
}

function isSecondMissing(heard: readonly Observation[]): boolean {
  const believed = (index: number): boolean => isBelieved(heard.slice(0, index + 1));
  const start = heard.findLastIndex((_, index) => believed(index));
  return heard.slice(start + 1).filter((each) => each.kind === "missing").length === 2;
}

function countBack(
  past: readonly Observation[],
  walkOn: (each: Observation) => boolean,
  counted: (each: Observation) => boolean,
): number {
  const back = [...past].reverse();
  const stop = back.findIndex((each) => !walkOn(each));
  return (stop === -1 ? back : back.slice(0, stop)).filter(counted).length;
}

function breaches(level: RuleLevel, value: number): boolean {
  return OPS[level.threshold.op](value, level.threshold.value);
}

function isBad(level: RuleLevel, sample: Seen): boolean {
  const held = sample.before !== undefined && ORDER.indexOf(level.severity) <= ORDER.indexOf(sample.before);
  if (breaches(level, sample.value)) return true;
  return held && level.clear !== undefined && !OPS[level.clear.op](sample.value, level.clear.value);
}

/** The severity that fires after the last sample. */
function judge(rule: Rule, seen: readonly Seen[], intervalMs: number): Severity | undefined {
  const last = seen.at(-1);
  if (!last) return undefined;
  const bad = rule.levels.filter((level) => isBad(level, last));
  if (bad.length > 0) {
    const ripe = bad.filter(
      (level) =>
        (last.before !== undefined && ORDER.indexOf(level.severity) <= ORDER.indexOf(last.before)) ||
        last.at - rowStart(seen, intervalMs, (each) => isBad(level, each)) >= level.forMs,
    );
    return ripe.at(-1)?.severity ?? last.before;
  }
  if (last.before === undefined) return undefined;
  const good = (each: Seen): boolean => each.before !== undefined && rule.levels.every((level) => !isBad(level, each));
  const back = [...seen].reverse();
  const stop = back.findIndex((each) => !good(each));
  const runs = stop === -1 ? back.length : stop;
  const since = rowStart(seen, intervalMs, good);
  return runs >= rule.goodRuns && last.at - since >= rule.keepFiringForMs ? undefined : last.before;
}

/** Where the unbroken row of samples that ends with the last one began; a silence of more than three intervals breaks it. */
function rowStart(seen: readonly Seen[], intervalMs: number, belongs: (each: Seen) => boolean): number {
  let start = seen.at(-1)?.at ?? 0;
  for (let index = seen.length - 2; index >= 0; index -= 1) {
    const each = seen[index];
    if (!each || !belongs(each) || start - each.at > 3 * intervalMs) break;
    start = each.at;
  }
  return start;
}

function look(rule: Rule, seen: readonly Seen[]): Told {
  const last = seen.at(-1);
  if (!last) return { state: "well" };
  if (last.after) return { state: "firing", severity: last.after };
  // A sample that ends an alert is well by every level, whatever its threshold alone would say.
  const pending = last.before === undefined && rule.levels.some((level) => breaches(level, last.value));
  return { state: pending ? "pending" : "well" };
}

function eventOf(before: Severity | undefined, after: Severity | undefined): Told["event"] {
  if (before === after) return undefined;
  if (before === undefined) return "fired";
  if (after === undefined) return "resolved";
  return ORDER.indexOf(after) > ORDER.indexOf(before) ? "rose" : "fell";
}
