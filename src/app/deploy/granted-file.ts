import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { z } from "zod";

import { deployPlan, grantDifference } from "./plan.js";
import type { ActionableTarget, GrantDifference } from "./plan.js";

export const RULE_NAME = "10-toban.rules";
/** Stands beside the configuration, where Toban's own user may read it: polkit's rules it may not. */
export const GRANTED_NAME = "granted.json";

const grantedSchema = z.object({
  version: z.literal(1),
  user: z.string(),
  grants: z.record(z.string(), z.array(z.string())),
  units: z.record(z.string(), z.string()),
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
  const granted = configFile === undefined ? undefined : readGranted(join(dirname(configFile), GRANTED_NAME));
  if (!granted) return undefined;
  const wanted = deployPlan(targets);
  return wanted.ok ? grantDifference(wanted.plan.granted, granted) : undefined;
}

function readGranted(path: string): z.infer<typeof grantedSchema> | undefined {
  try {
    return grantedSchema.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}
