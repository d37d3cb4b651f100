import { createHash } from "node:crypto";

import type { z } from "zod";

import type { ProbeKind } from "../model/contract/probe.js";
import type { Target } from "../model/target.js";
import { choicesText, shown } from "./problem.js";
import { targetSchema } from "./schema.js";
import type { TargetInput } from "./schema.js";

/** Targets that are always watched, unless the file names one of the same kind. */
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

export interface TargetsResult {
  readonly targets: readonly Target[];
  readonly issues: readonly TargetIssue[];
}

type KindMap = ReadonlyMap<string, ProbeKind>;

/** The file's targets and the built-in ones, each with its kind's options checked. */
export function buildTargets(
  inputs: readonly Entry<TargetInput>[],
  kinds: KindMap,
  defaultIntervalMs: number | undefined,
): TargetsResult {
  const targets: Target[] = [];
  const issues: TargetIssue[] = [];
  const seen = new Map<string, number>();
  for (const { index, value: input } of inputs) {
    const path = ["targets", index];
    const before = seen.get(input.name);
    if (before !== undefined) {
      issues.push({
        path: [...path, "name"],
        found: shown(input.name),
        expected: `a name of its own; targets[${before}] has it already`,
      });
    }
    seen.set(input.name, index);
    const kind = kinds.get(input.kind);
    if (!kind) {
      issues.push({
        path: [...path, "kind"],
        found: shown(input.kind),
        expected: choicesText([...kinds.keys()], input.kind),
      });
      continue;
    }
    const own = Object.fromEntries(Object.entries(input).filter(([key]) => !BASE_KEYS.includes(key)));
    const options = kind.options.safeParse(own);
    if (!options.success) {
      issues.push(...options.error.issues.map((issue) => ({ path: [...path, ...issue.path], issue })));
      continue;
    }
    targets.push(makeTarget(input, kind, options.data, defaultIntervalMs));
  }
  return { targets: [...builtIn(targets, kinds, defaultIntervalMs), ...targets], issues };
}

function builtIn(
  configured: readonly Target[],
  kinds: KindMap,
  defaultIntervalMs: number | undefined,
): readonly Target[] {
  const targets: Target[] = [];
  for (const { name, kind: kindName } of BUILT_IN) {
    const kind = kinds.get(kindName);
    if (!kind || configured.some((target) => target.kind === kindName || target.name === name)) continue;
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
    actions: input.actions ?? [],
    options,
  };
  return { ...target, checksum: createHash("sha256").update(JSON.stringify(target)).digest("hex").slice(0, 16) };
}
