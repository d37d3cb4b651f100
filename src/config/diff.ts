import { isDeepStrictEqual } from "node:util";

import type { Config } from "./config.js";

/** One difference between the running configuration and a new one, by name where things have names. */
export interface Difference {
  readonly what: "target" | "rule" | "route" | "permission" | "setting";
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
}

/** Settings that only a restart can change: they decide what is opened at the start. */
export const RESTART_ONLY = [
  "guild",
  "apiUrl",
  "dataDir",
  "logFormat",
  "host",
  "procRoot",
  "hostRoot",
] as const satisfies readonly (keyof Config)[];

const SETTINGS = [
  "guild",
  "opsChannel",
  "apiUrl",
  "dataDir",
  "logLevel",
  "logFormat",
  "locale",
  "timezone",
  "host",
  "procRoot",
  "hostRoot",
  "labels",
  "actions",
] as const satisfies readonly (keyof Config)[];

/** What would change, in a stable order. Empty: nothing. */
export function differences(before: Config, after: Config): readonly Difference[] {
  return [
    ...SETTINGS.filter((key) => !isDeepStrictEqual(before[key], after[key])).map((name): Difference => ({
      what: "setting",
      name,
      change: "changed",
    })),
    ...named("target", before.targets, after.targets, (target) => target.name),
    ...named("rule", before.rules, after.rules, (rule) => rule.name),
    ...listed("route", before.routes, after.routes),
    ...listed("permission", before.permissions.grants ?? [], after.permissions.grants ?? []),
  ];
}

function named<T>(
  what: Difference["what"],
  before: readonly T[],
  after: readonly T[],
  nameOf: (item: T) => string,
): readonly Difference[] {
  const group = (items: readonly T[]): Map<string, T[]> => {
    const groups = new Map<string, T[]>();
    for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
    return groups;
  };
  const old = group(before);
  const now = group(after);
  const out: Difference[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    if (!now.has(name)) out.push({ what, name, change: "removed" });
    else if (!old.has(name)) out.push({ what, name, change: "added" });
    else if (!isDeepStrictEqual(old.get(name), now.get(name))) out.push({ what, name, change: "changed" });
  }
  return out;
}

function listed(
  what: Difference["what"],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly Difference[] {
  const out: Difference[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const name = String(index + 1);
    if (index >= after.length) out.push({ what, name, change: "removed" });
    else if (index >= before.length) out.push({ what, name, change: "added" });
    else if (!isDeepStrictEqual(before[index], after[index])) out.push({ what, name, change: "changed" });
  }
  return out;
}
