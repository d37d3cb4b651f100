import { createHash } from "node:crypto";

import type { z } from "zod";

import type { ProbeKind } from "../model/contract/probe.js";
import type { Target } from "../model/target.js";
import { actionIssues, targetActions } from "./actions.js";
import { choicesText, shown } from "./problem.js";
import { openTargetSchema, targetSchema } from "./schema.js";
import type { TargetInput } from "./schema.js";

/** Targets that are always watched, unless the file has one of the same kind. */
const BUILT_IN = [
  { name: "host", kind: "host" },
  { name: "toban", kind: "self" },
  { name: "discord", kind: "discord" },
] as const;

const BASE_KEYS: readonly string[] = Object.keys(targetSchema.shape);

/** An entry of a list that is well formed by itself, with its place in the list. */
export interface Entry<T> {
  readonly index: number;
  readonly value: T;
}

/** A mistake at a path below the file's root. */
export interface TargetIssue {
  readonly path: readonly PropertyKey[];
  readonly issue?: z.core.$ZodIssue;
  readonly found?: string;
  readonly expected?: string;
}

/** As much of a target as others can refer to, also when something else about it is wrong. */
export interface NamedTarget {
  readonly name: string;
  /** Undefined where the kind itself is the mistake. */
  readonly kind: string | undefined;
  readonly labels: readonly string[];
}

export interface TargetsResult {
  readonly targets: readonly Target[];
  readonly named: readonly NamedTarget[];
  readonly issues: readonly TargetIssue[];
}

type KindMap = ReadonlyMap<string, ProbeKind>;
type Raw = Readonly<Record<string, unknown>>;

/**
 * The file's targets and the built-in ones. Issues are what the common keys' schema cannot see: names that stand twice, and the keys of
 * each kind; they are found in entries that have other mistakes, too.
 */
export function buildTargets(list: unknown, kinds: KindMap, defaultIntervalMs: number | undefined): TargetsResult {
  const entries = rawEntries(list);
  const issues: TargetIssue[] = [...repeatedNames(entries, ["targets"], "targets")];
  const targets: Target[] = [];
  for (const { index, value: raw } of entries) {
    const path = ["targets", index];
    issues.push(
      ...reservedName(raw, path, entries),
      ...repeatedNames(rawEntries(raw["logs"]), [...path, "logs"], "logs"),
    );
    if (typeof raw["kind"] !== "string") continue;
    const kind = kinds.get(raw["kind"]);
    if (!kind) {
      const expected = choicesText([...kinds.keys()], raw["kind"]);
      issues.push({ path: [...path, "kind"], found: shown(raw["kind"]), expected });
      continue;
    }
    const own = Object.fromEntries(Object.entries(raw).filter(([key]) => !BASE_KEYS.includes(key)));
    const options = kind.options.safeParse(own);
    if (!options.success)
      issues.push(...options.error.issues.map((issue) => ({ path: [...path, ...issue.path], issue })));
    const unit = options.success ? kind.unitOf?.(options.data) : undefined;
    // A unit whose own name is the mistake may have actions.
    if (options.success || !kind.unitOf)
      issues.push(...actionIssues(raw["actions"], [...path, "actions"], kind.kind, unit));
    const common = openTargetSchema.safeParse(raw);
    if (options.success && common.success) {
      targets.push(makeTarget(common.data, kind, options.data, defaultIntervalMs));
    }
  }
  const always = builtIn(entries, kinds, defaultIntervalMs);
  return {
    targets: [...always, ...targets],
    named: [...always, ...entries.map((entry) => entry.value)].flatMap(named),
    issues,
  };
}

function named(target: {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly labels?: unknown;
}): readonly NamedTarget[] {
  const { name, kind, labels } = target;
  if (typeof name !== "string") return [];
  const keys = typeof labels === "object" && labels !== null ? Object.keys(labels) : [];
  return [{ name, kind: typeof kind === "string" ? kind : undefined, labels: keys }];
}

/** The entries of a list that are keys and values at all. */
function rawEntries(list: unknown): readonly Entry<Raw>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? [{ index, value: value as Raw }] : [],
  );
}

function repeatedNames(
  entries: readonly Entry<Raw>[],
  path: readonly PropertyKey[],
  section: string,
): readonly TargetIssue[] {
  const seen = new Map<string, number>();
  const issues: TargetIssue[] = [];
  for (const { index, value } of entries) {
    const { name } = value;
    if (typeof name !== "string") continue;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, index);
    else {
      const expected = `a name of its own; ${section}[${before}] has it already`;
      issues.push({ path: [...path, index, "name"], found: shown(name), expected });
    }
  }
  return issues;
}

/** The name of something that is watched anyway, for something else. */
function reservedName(raw: Raw, path: readonly PropertyKey[], entries: readonly Entry<Raw>[]): readonly TargetIssue[] {
  const reserved = BUILT_IN.find(({ name }) => name === raw["name"]);
  if (!reserved || entries.some(({ value }) => value["kind"] === reserved.kind)) return [];
  const expected = `another name: the ${reserved.kind} target that is always watched is called so`;
  return [{ path: [...path, "name"], found: shown(reserved.name), expected }];
}

function builtIn(
  configured: readonly Entry<Raw>[],
  kinds: KindMap,
  defaultIntervalMs: number | undefined,
): readonly Target[] {
  const targets: Target[] = [];
  for (const { name, kind: kindName } of BUILT_IN) {
    const kind = kinds.get(kindName);
    if (!kind || configured.some(({ value }) => value["kind"] === kindName)) continue;
    targets.push(makeTarget({ name, kind: kindName }, kind, kind.options.parse({}), defaultIntervalMs));
  }
  return targets;
}

function makeTarget(
  input: TargetInput,
  kind: ProbeKind,
  options: unknown,
  defaultIntervalMs: number | undefined,
): Target {
  const intervalMs = input.interval ?? defaultIntervalMs ?? kind.defaultIntervalMs;
  const timeoutMs = Math.min(input.timeout ?? kind.defaultTimeoutMs, intervalMs * 0.8);
  const target = {
    name: input.name,
    kind: input.kind,
    intervalMs,
    timeoutMs,
    labels: input.labels ?? {},
    actions: targetActions(input, kind.unitOf?.(options)),
    options,
  };
  return { ...target, checksum: createHash("sha256").update(JSON.stringify(target)).digest("hex").slice(0, 16) };
}
