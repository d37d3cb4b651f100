import { ACTIONS } from "../model/action.js";
import type { ActionMeans, ActionName, TargetAction } from "../model/action.js";
import { shown } from "./problem.js";
import { DEFAULTS } from "./schema.js";
import type { TargetInput } from "./schema.js";
import type { TargetIssue } from "./targets.js";

/** The unit that the installer writes for an argument vector. Unambiguous, because no action has a “-” in its name. */
function actionUnit(target: string, action: ActionName): string {
  return `toban-action-${target}-${action}.service`;
}

/**
 * A target's actions with the means to do them. `unit` is the target's own; without one only vectors remain, and what else stands
 * there is one of the {@link actionIssues}.
 */
export function targetActions(input: TargetInput, unit: string | undefined): readonly TargetAction[] {
  return (input.actions ?? []).flatMap((action): TargetAction[] => {
    if (typeof action === "string") return unit === undefined ? [] : [{ name: action, means: { kind: "unit", unit } }];
    const { name, run, timeout, user } = action;
    const means: ActionMeans = {
      kind: "vector",
      run,
      timeoutMs: timeout ?? DEFAULTS.actionTimeoutMs,
      ...(user === undefined ? {} : { user }),
      unit: actionUnit(input.name, name),
    };
    return [{ name, means }];
  });
}

/** What the schema of an entry cannot see: an action that stands twice, and systemd asked to act on what is no unit. */
export function actionIssues(
  list: unknown,
  path: readonly PropertyKey[],
  kind: string,
  unit: string | undefined,
): readonly TargetIssue[] {
  if (!Array.isArray(list)) return [];
  const seen = new Map<ActionName, number>();
  return list.flatMap((entry: unknown, index): TargetIssue[] => {
    const written = typeof entry === "object" && entry !== null && "name" in entry ? entry.name : entry;
    const name = ACTIONS.find((action) => action === written);
    if (name === undefined) return [];
    const before = seen.get(name);
    if (before !== undefined) {
      const expected = `every action once; actions[${before}] is ${name} already`;
      return [{ path: [...path, index], found: shown(entry), expected }];
    }
    seen.set(name, index);
    const expected = entry === name ? whyNoUnit(name, kind, unit) : undefined;
    return expected === undefined ? [] : [{ path: [...path, index], found: shown(entry), expected }];
  });
}

function whyNoUnit(name: ActionName, kind: string, unit: string | undefined): string | undefined {
  if (unit === undefined) {
    return `{ name: ${name}, run: [/path/of/program, argument] }: a target of kind ${kind} is no systemd unit, so it must be said how`;
  }
  // What begins so is the root file system, and elsewhere could be taken for an option.
  return unit.startsWith("-") ? `no actions on ${unit}: only on units whose names do not begin with “-”` : undefined;
}
