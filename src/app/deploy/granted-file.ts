import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { z } from "zod";

import { deployPlan, grantDifference } from "./plan.js";
import type { ActionableTarget, GrantDifference, KeptAction } from "./plan.js";

export const RULE_NAME = "10-toban.rules";
/** Stands beside the configuration, where Toban's own user may read it: polkit's rules it may not. */
export const GRANTED_NAME = "granted.json";

const grantedSchema = z.object({
  version: z.literal(1),
  user: z.string(),
  grants: z.record(z.string(), z.array(z.string())),
  units: z.record(z.string(), z.string()),
  /** Absent: written when every action unit without a user ran as root. */
  keptAsRoot: z.array(z.string()).optional(),
});

/**
 * Whether the host was given what the configuration asks for. Undefined where the installer never wrote down what it gave (another
 * way of installing, or none), where that cannot be read, and where nothing differs.
 *
 * @param configFile absolute path of the configuration.
 */
export function grantsToRefresh(
  configFile: string | undefined,
  targets: readonly ActionableTarget[],
): GrantDifference | undefined {
  const granted = readGranted(configFile);
  if (!granted) return undefined;
  const wanted = deployPlan(targets, { runsAsRoot: (unit) => isKept(granted, unit) });
  return wanted.ok ? grantDifference(wanted.plan.granted, granted) : undefined;
}

/** The installed actions that run as root although the configuration names nobody, as the installer wrote down. */
export function actionsKeptAsRoot(
  configFile: string | undefined,
  targets: readonly ActionableTarget[],
): readonly KeptAction[] {
  const granted = readGranted(configFile);
  if (!granted) return [];
  const wanted = deployPlan(targets, { runsAsRoot: (unit) => isKept(granted, unit) });
  return wanted.ok ? wanted.plan.keptAsRoot : [];
}

function isKept({ units, keptAsRoot }: z.infer<typeof grantedSchema>, unit: string): boolean {
  return keptAsRoot ? keptAsRoot.includes(unit) : units[unit] !== undefined;
}

function readGranted(configFile: string | undefined): z.infer<typeof grantedSchema> | undefined {
  if (configFile === undefined) return undefined;
  try {
    return grantedSchema.safeParse(JSON.parse(readFileSync(join(dirname(configFile), GRANTED_NAME), "utf8"))).data;
  } catch {
    return undefined;
  }
}
