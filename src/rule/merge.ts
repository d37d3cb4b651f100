import { createHash } from "node:crypto";

import { durationText } from "../base/quantity.js";
import type { Reduction, Rule, RuleLevel, RuleOverride, RuleSelection, Severity, Threshold } from "../model/rule.js";
import { directionOf, holds } from "./compare.js";
import type { RuleName } from "./defaults/index.js";
import { DEFAULT_RULES, RULE_NAMES, isRuleName } from "./defaults/index.js";
import type { RuleDefinition } from "./definition.js";
import { clearOf } from "./definition.js";
import { expectedClear, parseClear, parseLevel } from "./parse.js";

/** One mistake in an override. `path` leads from the list of overrides to the field. */
export interface RuleProblem {
  readonly path: readonly [index: number, ...field: string[]];
  readonly found: string;
  readonly expected: string;
}

export interface MergedRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

/** An override with its place in the configuration. */
interface Placed {
  readonly index: number;
  readonly override: RuleOverride;
}

/** Severities that a person may set, from the mildest. */
const SETTABLE = ["warning", "critical"] as const satisfies readonly Severity[];

/**
 * The built-in rules with what a person changed, field by field.
 *
 * An entry without `targets` and `where` changes the rule for everything. An entry with them makes a rule of its own for
 * that selection, on top of the entry for everything, and takes those series away from the general one. Where two selections
 * meet, the more specific one has the series: more labels in `where` first, then names without `*`, then longer globs, then
 * the one written first. Problems are all returned; a rule that has one is left as it is built in.
 */
export function mergeRules(overrides: readonly RuleOverride[]): MergedRules {
  const problems: RuleProblem[] = [];
  const byName = new Map<RuleName, Placed[]>();
  for (const [index, override] of overrides.entries()) {
    if (isRuleName(override.name))
      byName.set(override.name, [...(byName.get(override.name) ?? []), { index, override }]);
    else problems.push({ path: [index, "name"], found: override.name, expected: `one of ${RULE_NAMES.join(", ")}` });
  }
  const rules = RULE_NAMES.flatMap((name) => rulesOf(name, byName.get(name) ?? [], problems));
  return { rules, problems };
}

function rulesOf(name: RuleName, placed: readonly Placed[], problems: RuleProblem[]): readonly Rule[] {
  const own: RuleProblem[] = [...duplicates(placed)];
  const general = placed.find(({ override }) => isGeneral(override));
  const special = placed.filter(({ override }) => !isGeneral(override)).toSorted(moreSpecificFirst);
  const variants: Rule[] = [];
  const taken: RuleSelection[] = [];
  for (const entry of special) {
    const selection = selectionOf(entry.override);
    const layers = general ? [general, entry] : [entry];
    const rule = buildRule(name, layers, { ...selection, except: [...taken] }, own);
    if (rule) variants.push(rule);
    taken.push(selection);
  }
  const base = buildRule(name, general ? [general] : [], { except: taken }, own);
  if (own.length > 0) {
    // An entry for everything is read once per selection that lies over it: its mistakes are said once.
    problems.push(...new Map(own.map((problem) => [problem.path.join("."), problem])).values());
    const builtIn = buildRule(name, [], { except: [] }, []);
    return builtIn ? [builtIn] : [];
  }
  return base ? [...variants, base] : variants;
}

function isGeneral(override: RuleOverride): boolean {
  return override.targets === undefined && override.where === undefined;
}

function selectionOf({ targets, where }: RuleOverride): RuleSelection {
  return { ...(targets ? { targets } : {}), ...(where ? { where } : {}) };
}

function moreSpecificFirst(a: Placed, b: Placed): number {
  const [labelsA, exactA, lengthA] = specificity(a.override);
  const [labelsB, exactB, lengthB] = specificity(b.override);
  return labelsB - labelsA || exactB - exactA || lengthB - lengthA || a.index - b.index;
}

/** Labels named; whether every target is named in full (1), or not at all (-1); the shortest target text. */
function specificity({ targets, where }: RuleOverride): readonly [number, number, number] {
  const labels = Object.keys(where ?? {}).length;
  if (!targets) return [labels, -1, 0];
  const exact = targets.every((glob) => !glob.includes("*")) ? 1 : 0;
  return [labels, exact, Math.min(...targets.map((glob) => glob.length))];
}

/** Two entries for the same selection: which one is meant? */
function duplicates(placed: readonly Placed[]): readonly RuleProblem[] {
  const seen = new Map<string, number>();
  const problems: RuleProblem[] = [];
  for (const { index, override } of placed) {
    const key = JSON.stringify([
      override.targets?.toSorted() ?? null,
      Object.entries(override.where ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      problems.push({
        path: [index, "name"],
        found: `${override.name} once more for the same targets`,
        expected: `one entry (the first is rules[${first}])`,
      });
  }
  return problems;
}

/** The rule that results from the built-in one and the layers over it, later ones first in weight; undefined if it is switched off. */
function buildRule(
  name: RuleName,
  layers: readonly Placed[],
  selection: RuleSelection & { readonly except: readonly RuleSelection[] },
  problems: RuleProblem[],
): Rule | undefined {
  const definition = DEFAULT_RULES[name];
  const field = <K extends keyof RuleOverride>(key: K): { value: RuleOverride[K]; index: number } | undefined => {
    const layer = layers.findLast(({ override }) => override[key] !== undefined);
    return layer && { value: layer.override[key], index: layer.index };
  };
  if (field("enabled")?.value === false) return undefined;
  const forMs = field("forMs")?.value ?? definition.forMs;
  const limits = readLimits(definition, field, problems);
  const lowest = limits.levels[0];
  if (!lowest) return undefined;
  const clear = readClear(definition, field("clear"), lowest.threshold, problems);
  const margin = clear ? ({ by: "to", threshold: clear } as const) : definition.margin;
  const levels = limits.levels.map(({ severity, threshold }): RuleLevel => {
    const end = clearOf(margin, threshold, lowest.threshold);
    return { severity, threshold, forMs, ...(end ? { clear: end } : {}) };
  });
  return withChecksum({
    name,
    series: definition.series,
    reduction: limits.reduction,
    unit: definition.unit,
    levels,
    keepFiringForMs: field("keepFiringForMs")?.value ?? definition.keepFiringForMs ?? 0,
    goodRuns: definition.goodRuns ?? 1,
    ...selection,
    ...(definition.kinds ? { kinds: definition.kinds } : {}),
    needsGoodFirst: definition.needsGoodFirst ?? false,
    ...(definition.fullAt === undefined ? {} : { fullAt: definition.fullAt }),
    inhibitedBy: readInhibitors(definition, field("inhibitedBy"), problems),
    // Whoever writes what mutes a rule has written all of it.
    ...(definition.inhibitedWhen && !field("inhibitedBy") && { inhibitedWhen: definition.inhibitedWhen }),
  });
}

type Field = <K extends keyof RuleOverride>(
  key: K,
) => { readonly value: RuleOverride[K]; readonly index: number } | undefined;

interface Limits {
  readonly levels: readonly { readonly severity: Severity; readonly threshold: Threshold }[];
  readonly reduction: Reduction;
}

function readLimits(definition: RuleDefinition, field: Field, problems: RuleProblem[]): Limits {
  const levels: { severity: Severity; threshold: Threshold; index: number | undefined }[] = [];
  let { reduction } = definition;
  let windowFrom: string | undefined;
  for (const severity of SETTABLE) {
    const written = field(severity);
    const builtIn = definition.limits[severity];
    if (written?.value === undefined) {
      if (builtIn !== undefined)
        levels.push({ severity, threshold: { op: definition.op, value: builtIn }, index: undefined });
      continue;
    }
    const parsed = parseLevel(definition, written.value);
    if (parsed.kind === "wrong") {
      problems.push({ path: [written.index, severity], found: written.value, expected: parsed.expected });
    } else if (parsed.kind === "limit") {
      levels.push({ severity, threshold: parsed.threshold, index: written.index });
      if (parsed.windowMs !== undefined && reduction.by === "increase") {
        if (windowFrom !== undefined && reduction.windowMs !== parsed.windowMs) {
          const expected = `the same time as ${windowFrom} (${durationText(reduction.windowMs)})`;
          problems.push({ path: [written.index, severity], found: written.value, expected });
        }
        reduction = { by: "increase", windowMs: parsed.windowMs };
        windowFrom = severity;
      }
    }
  }
  checkOrder(levels, problems);
  return { levels, reduction };
}

/** A milder level must be reached first, or it could never be said. */
function checkOrder(
  levels: readonly { severity: Severity; threshold: Threshold; index: number | undefined }[],
  problems: RuleProblem[],
): void {
  const [mild, severe] = levels;
  if (!mild || !severe) return;
  const { op, value } = severe.threshold;
  const inOrder = directionOf(op) === "down" ? mild.threshold.value >= value : mild.threshold.value <= value;
  if (inOrder) return;
  const wrong = mild.index === undefined ? severe : mild;
  problems.push({
    path: [wrong.index ?? 0, wrong.severity],
    found: `${mild.severity} at ${mild.threshold.value}, ${severe.severity} at ${value}`,
    expected: `${mild.severity} not beyond ${severe.severity}`,
  });
}

function readClear(
  definition: RuleDefinition,
  written: { readonly value: string | undefined; readonly index: number } | undefined,
  lowest: Threshold,
  problems: RuleProblem[],
): Threshold | undefined {
  if (written?.value === undefined) return undefined;
  const clear = parseClear(definition, written.value);
  if (!clear) {
    problems.push({ path: [written.index, "clear"], found: written.value, expected: expectedClear(definition) });
    return undefined;
  }
  // The end itself must be well: "< 85%" would end what "> 80%" has just begun.
  const edge = clear.op === "<" || clear.op === "<=" ? -1 : 1;
  const justOver = clear.op.endsWith("=")
    ? clear.value
    : clear.value + edge * Number.EPSILON * Math.max(1, Math.abs(clear.value));
  if (holds(lowest, justOver)) {
    problems.push({
      path: [written.index, "clear"],
      found: written.value,
      expected: `an end on the good side of the lowest level (${lowest.op} ${lowest.value})`,
    });
    return undefined;
  }
  return clear;
}

function readInhibitors(
  definition: RuleDefinition,
  written: { readonly value: readonly string[] | undefined; readonly index: number } | undefined,
  problems: RuleProblem[],
): readonly string[] {
  if (written?.value === undefined) return definition.inhibitedBy ?? [];
  const unknown = written.value.find((rule) => !isRuleName(rule));
  if (unknown !== undefined) {
    problems.push({
      path: [written.index, "inhibitedBy"],
      found: unknown,
      expected: `names of rules: ${RULE_NAMES.join(", ")}`,
    });
  }
  return written.value;
}

function withChecksum(rule: Omit<Rule, "checksum">): Rule {
  return { ...rule, checksum: createHash("sha256").update(JSON.stringify(rule)).digest("hex").slice(0, 16) };
}
