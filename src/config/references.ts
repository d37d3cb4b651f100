import { matchesGlob } from "../base/glob.js";
import type { ProbeKind } from "../model/contract/probe.js";
import type { SeriesSpec } from "../model/sample.js";
import { choicesText, shown } from "./problem.js";
import type { FileInput } from "./schema.js";
import type { Entry, NamedTarget } from "./targets.js";

/** What there is to know about a built-in rule to see whether it can ever look at a target. */
export interface RuleReach {
  readonly series: string;
  readonly kinds?: { readonly only: readonly string[] } | { readonly except: readonly string[] };
}

/** What names of the file can refer to. */
export interface Known {
  readonly targets: readonly NamedTarget[];
  readonly kinds: ReadonlyMap<string, ProbeKind>;
  readonly rules: Readonly<Record<string, RuleReach>>;
  /** Series that every kind has. */
  readonly commonSeries: readonly SeriesSpec[];
  readonly globalLabels: readonly string[];
}

/** A name that leads nowhere. `maybe`: a pattern that matches nothing now, but may later. */
export interface DeadReference {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly expected: string;
  readonly maybe: boolean;
}

type Item<Section extends "rules" | "routes" | "permissions"> = NonNullable<FileInput[Section]>[number];

export interface Referring {
  readonly rules: readonly Entry<Item<"rules">>[];
  readonly routes: readonly Entry<Item<"routes">>[];
  readonly permissions: readonly Entry<Item<"permissions">>[];
}

/** Labels by which alerts can be grouped beside those of the series. */
const GROUP_LABELS: readonly string[] = ["target", "rule", "severity", "host"];

/** Every reference of rules, routes and permissions that no target, rule or label answers to: what is said with it would never hold. */
export function deadReferences(referring: Referring, known: Known): readonly DeadReference[] {
  const targets = [...new Set(known.targets.map((target) => target.name))];
  const rules = Object.keys(known.rules);
  return [
    ...referring.rules.flatMap(({ index, value }) => {
      const path = ["rules", index];
      const dead = unmatched([...path, "targets"], value.targets, targets);
      return [...dead, ...outOfReach(path, value, known), ...unknownLabels([...path, "where"], value, known)];
    }),
    ...referring.routes.flatMap(({ index, value }) => [
      ...unmatched(["routes", index, "match", "targets"], value.match?.targets, targets),
      ...unmatched(["routes", index, "match", "rules"], value.match?.rules, rules),
      ...unknownGroups(["routes", index, "groupBy"], value.groupBy, known),
    ]),
    ...referring.permissions.flatMap(({ index, value }) => unmatched(["permissions", index, "on"], value.on, targets)),
  ];
}

function unmatched(
  path: readonly PropertyKey[],
  patterns: readonly string[] | undefined,
  names: readonly string[],
): readonly DeadReference[] {
  return (patterns ?? []).flatMap((pattern, index) => {
    if (names.some((name) => matchesGlob(pattern, name))) return [];
    const maybe = pattern.includes("*");
    const expected = maybe ? `a pattern for one of ${names.join(", ")}` : choicesText(names, pattern);
    return [{ path: [...path, index], found: shown(pattern), expected, maybe }];
  });
}

/** Targets that are there, but of a kind that the rule never looks at. */
function outOfReach(path: readonly PropertyKey[], rule: Item<"rules">, known: Known): readonly DeadReference[] {
  const kinds = kindsOf(rule.name, known);
  if (!kinds) return [];
  return (rule.targets ?? []).flatMap((pattern, index) => {
    const target = known.targets.find(({ name }) => name === pattern);
    if (target?.kind === undefined || kinds.includes(target.kind)) return [];
    return [
      {
        path: [...path, "targets", index],
        found: `${shown(pattern)} of kind ${target.kind}`,
        expected: `a target of kind ${kinds.join(" or ")}: ${rule.name} looks at nothing else`,
        maybe: false,
      },
    ];
  });
}

/** The kinds a rule looks at; undefined: a rule that is not known, or a series that no kind declares. */
function kindsOf(ruleName: string, { rules, kinds, commonSeries }: Known): readonly string[] | undefined {
  const rule = Object.hasOwn(rules, ruleName) ? rules[ruleName] : undefined;
  if (!rule) return undefined;
  const { series, kinds: limit } = rule;
  const common = commonSeries.some((spec) => spec.name === series);
  const emitting = [...kinds.values()]
    .filter((kind) => common || kind.series.some((spec) => spec.name === series))
    .map(({ kind }) => kind)
    .filter((kind) => !limit || ("only" in limit ? limit.only.includes(kind) : !limit.except.includes(kind)));
  return emitting.length > 0 ? emitting : undefined;
}

function unknownLabels(path: readonly PropertyKey[], rule: Item<"rules">, known: Known): readonly DeadReference[] {
  const kinds = kindsOf(rule.name, known);
  if (!rule.where || !kinds) return [];
  const { series } = known.rules[rule.name] ?? { series: "" };
  const declared = kinds.flatMap(
    (kind) => known.kinds.get(kind)?.series.find((spec) => spec.name === series)?.labels ?? [],
  );
  const ofTargets = known.targets.filter(({ kind }) => kind !== undefined && kinds.includes(kind));
  const labels = [...new Set([...declared, ...ofTargets.flatMap((target) => target.labels)])];
  return Object.keys(rule.where)
    .filter((label) => !labels.includes(label))
    .map((label) => ({
      path: [...path, label],
      found: "a label that is not known",
      expected: labels.length > 0 ? choicesText(labels, label) : `no “where”: what ${rule.name} looks at has no labels`,
      maybe: false,
    }));
}

function unknownGroups(
  path: readonly PropertyKey[],
  groupBy: readonly string[] | undefined,
  known: Known,
): readonly DeadReference[] {
  const series = [...known.kinds.values()].flatMap((kind) => kind.series.flatMap((spec) => spec.labels ?? []));
  const ofTargets = known.targets.flatMap((target) => target.labels);
  const labels = [...new Set([...GROUP_LABELS, ...series, ...ofTargets, ...known.globalLabels])];
  return (groupBy ?? []).flatMap((label, index) =>
    labels.includes(label)
      ? []
      : [{ path: [...path, index], found: shown(label), expected: choicesText(labels, label), maybe: false }],
  );
}
