import { createHash } from "node:crypto";

import type { ActionName, TargetAction } from "../../model/action.js";
import { execStart, isArgument, isProgram } from "./exec-start.js";
import { polkitRule } from "./polkit-rule.js";
import type { Grants } from "./polkit-rule.js";

/** The user that Toban runs as. */
export const SERVICE_USER = "toban";
const ROOT = "root";

/** What systemd's manager calls what an action does to a target's own unit. */
const UNIT_VERBS: Readonly<Record<ActionName, string>> = {
  restart: "restart",
  start: "start",
  stop: "stop",
  kill: "kill",
};

/** As much of a target as its grants follow from. */
export interface ActionableTarget {
  readonly name: string;
  readonly actions: readonly TargetAction[];
}

/** What was granted when the installer ran last: kept beside the configuration, where Toban may read it. */
export interface Granted {
  readonly version: 1;
  readonly user: string;
  readonly grants: Grants;
  /** SHA-256 of each action unit, by name. */
  readonly units: Readonly<Record<string, string>>;
  /** Action units that run as root although the configuration names nobody: they did so before it had to. */
  readonly keptAsRoot: readonly string[];
}

export interface DeployPlan {
  readonly rule: string;
  /** Unit files by name. */
  readonly units: Readonly<Record<string, string>>;
  readonly granted: Granted;
  readonly keptAsRoot: readonly KeptAction[];
}

/** An action that runs as root without being told to, as its unit did before. */
export interface KeptAction {
  readonly target: string;
  readonly action: ActionName;
  readonly unit: string;
}

export type PlanResult =
  | { readonly ok: true; readonly plan: DeployPlan }
  /** What no unit can start: the program is number 0, its arguments count from 1. */
  | {
      readonly ok: false;
      readonly impossible: readonly {
        readonly target: string;
        readonly action: ActionName;
        readonly argument: number;
      }[];
    };

/** What is known of the host beside its configuration. */
export interface KnownOfHost {
  /**
   * Whether the action unit of this name that is installed runs as root: where nobody is named it goes on to, because whoever configured it
   * may rely on that.
   */
  readonly runsAsRoot?: (unit: string) => boolean;
  /** The own names of units that are configured by an alias, because polkit is told only those. */
  readonly own?: ReadonlyMap<string, string>;
}

/**
 * What the host must be given so that Toban may do what its configuration lists, and nothing more. A program runs as the user that is
 * named, or else as Toban's own. The note of what was granted keeps the configured names.
 */
export function deployPlan(
  targets: readonly ActionableTarget[],
  { runsAsRoot = () => false, own = new Map() }: KnownOfHost = {},
): PlanResult {
  const keptAsRoot: KeptAction[] = [];
  const grants = new Map<string, Set<string>>();
  const units = new Map<string, string>();
  const impossible: { target: string; action: ActionName; argument: number }[] = [];
  const grant = (unit: string, verb: string): void => {
    const verbs = grants.get(unit) ?? new Set();
    grants.set(unit, verbs.add(verb));
  };
  for (const { name: target, actions } of targets) {
    for (const { name: action, means } of actions) {
      if (means.kind === "unit") {
        grant(means.unit, UNIT_VERBS[action]);
        continue;
      }
      const argument = means.run.findIndex((text, index) => !(index === 0 ? isProgram(text) : isArgument(text)));
      if (argument >= 0) impossible.push({ target, action, argument });
      grant(means.unit, "start");
      const kept = means.user === undefined && runsAsRoot(means.unit);
      if (kept) keptAsRoot.push({ target, action, unit: means.unit });
      units.set(means.unit, actionUnit(target, action, { ...means, user: means.user ?? (kept ? ROOT : SERVICE_USER) }));
    }
  }
  if (impossible.length > 0) return { ok: false, impossible };
  const sorted: Grants = Object.fromEntries(byName([...grants]).map(([unit, verbs]) => [unit, [...verbs].toSorted()]));
  const files = byName([...units]);
  return {
    ok: true,
    plan: {
      rule: polkitRule(SERVICE_USER, byOwnName(sorted, own)),
      units: Object.fromEntries(files),
      granted: {
        version: 1,
        user: SERVICE_USER,
        grants: sorted,
        units: Object.fromEntries(files.map(([name, text]) => [name, digest(text)])),
        keptAsRoot: keptAsRoot.map(({ unit }) => unit).toSorted(),
      },
      keptAsRoot,
    },
  };
}

/** Two names of one unit are granted what each was. */
function byOwnName(grants: Grants, own: ReadonlyMap<string, string>): Grants {
  const merged = new Map<string, Set<string>>();
  for (const [unit, verbs] of Object.entries(grants)) {
    const name = own.get(unit) ?? unit;
    merged.set(name, new Set([...(merged.get(name) ?? []), ...verbs]));
  }
  return Object.fromEntries(byName([...merged]).map(([unit, verbs]) => [unit, [...verbs].toSorted()]));
}

/**
 * A oneshot unit for a configured argument vector: systemd starts it with what it is given here and with nothing of Toban's own
 * confinement, because what it does is the operator's business.
 */
function actionUnit(
  target: string,
  action: ActionName,
  means: Extract<TargetAction["means"], { readonly kind: "vector" }> & { readonly user: string },
): string {
  return `# Written by Toban's installer from toban.yaml; "install.sh --refresh" writes it anew, and changes made here are lost.
[Unit]
Description=Toban: ${action} ${target}

[Service]
Type=oneshot
User=${means.user}
${execStart(means.run)}
TimeoutStartSec=${Math.ceil(means.timeoutMs / 1_000)}s
TimeoutStopSec=10s
`;
}

/** How what was granted differs from what the configuration asks for; each entry names a unit and, where it is one, the verb. */
export interface GrantDifference {
  /** Listed in the configuration, and not allowed yet. */
  readonly missing: readonly string[];
  /** Still allowed, and no longer listed. */
  readonly surplus: readonly string[];
  /** Action units that do something else than what is configured. */
  readonly changed: readonly string[];
}

/** Holds what was granted against what is wanted; undefined: they are the same. */
export function grantDifference(
  wanted: Pick<Granted, "grants" | "units">,
  granted: Pick<Granted, "grants" | "units">,
): GrantDifference | undefined {
  const asked = verbsOf(wanted.grants);
  const allowed = verbsOf(granted.grants);
  const missing = asked.filter((entry) => !allowed.includes(entry));
  const surplus = allowed.filter((entry) => !asked.includes(entry));
  const changed = Object.entries(wanted.units).flatMap(([name, sum]) =>
    granted.units[name] !== undefined && granted.units[name] !== sum ? [name] : [],
  );
  return missing.length + surplus.length + changed.length === 0 ? undefined : { missing, surplus, changed };
}

function verbsOf(grants: Grants): readonly string[] {
  return Object.entries(grants).flatMap(([unit, verbs]) => verbs.map((verb) => `${verb} ${unit}`));
}

function byName<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
