import { UserError } from "../base/errors.js";
import { newId } from "../base/id.js";
import { maskedExcerpt } from "../base/mask/mask.js";
import { oneLine } from "../message/sanitize.js";
import { ACTION_VERBS } from "../model/action.js";
import type { ActionName, ActionState, TargetAction } from "../model/action.js";
import type { ActionRecord } from "../model/action-record.js";
import type { PlanView } from "../model/action-view.js";
import { principalKey } from "../model/principal.js";
import type { PermissionPolicy, Principal } from "../model/principal.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import { authorize } from "../permit/authorize.js";
import type { Tables } from "../store/contract.js";
import { answerOf } from "./verify.js";

/** How long a plan waits for the word of who asked. */
export const PLAN_LIFE_MS = 5 * 60_000;
/** Reasons are kept and shown up to here. */
const REASON_LENGTH = 200;

export interface PlanRequest {
  readonly principal: Principal;
  readonly target: string;
  readonly action: ActionName;
  readonly reason?: string;
  /** Id of the channel it is asked in; absent: the result goes to the ops channel. */
  readonly channel?: string;
}

/** The gate, for whoever comes by another way than Discord's, and again when the word is given. */
export function assertPermitted(
  principal: Principal,
  action: ActionName,
  target: string,
  policy: PermissionPolicy,
): void {
  const verb = ACTION_VERBS[action];
  const decision = authorize(principal, verb, target, policy);
  if (decision.allowed) return;
  if (decision.denial === "direct_message" || decision.denial === "foreign_guild") throw new UserError(decision.denial);
  const { needs } = decision;
  throw new UserError("not_permitted", {
    verb,
    target,
    needs: needs.kind,
    ...(needs.kind === "grant" ? { roles: needs.roles.join("\n"), users: needs.users.join("\n") } : {}),
  });
}

/** The action as the configuration lists it now; a refusal that says what it does list otherwise. */
export function configuredAction(targets: readonly Target[], name: string, action: ActionName): TargetAction {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new UserError("unknown_target", { target: name });
  const found = target.actions.find((each) => each.name === action);
  if (found) return found;
  const listed = target.actions.map((each) => each.name).join(", ");
  throw new UserError("no_such_action", { target: name, action, listed });
}

export function newRecord(
  request: PlanRequest,
  means: TargetAction["means"],
  clock: Parameters<typeof newId>[0],
): ActionRecord {
  const { principal, target, action, channel } = request;
  const now = clock.now();
  const reason = maskedExcerpt((request.reason ?? "").trim(), REASON_LENGTH);
  return {
    id: newId(clock),
    target,
    action,
    means,
    state: "planned",
    asker: { key: principalKey(principal), name: "name" in principal ? oneLine(principal.name) : "" },
    reason: oneLine(reason.text),
    masked: reason.count,
    ...(channel === undefined ? {} : { channel }),
    plannedAt: now,
    expiresAt: now + PLAN_LIFE_MS,
  };
}

/** What stands or falls with it, by the names that people know. */
export function namedDependents(state: ActionState, runs: readonly Run[]): PlanView["dependents"] {
  const watched = new Map(
    runs.flatMap((run) =>
      run.result.status === "ok" && run.result.facts?.kind === "unit"
        ? [[run.result.facts.unit, run.target] as const]
        : [],
    ),
  );
  const seen = new Set<string>();
  return state.dependents.flatMap(({ unit, active }) => {
    if (seen.has(unit)) return [];
    seen.add(unit);
    return [{ name: watched.get(unit) ?? unit, active }];
  });
}

/** What the target's own probe found last: where its means know nothing of it, that is all there is. */
export function lastSeen(tables: Pick<Tables, "runs">, target: string): Pick<PlanView, "seen"> {
  const run = tables.runs.latest(target);
  if (!run) return {};
  const answer = answerOf(run);
  return answer === undefined ? {} : { seen: { answer, at: run.at } };
}

/** The last time the same was done, with how long it took. */
export function lastTime(tables: Pick<Tables, "actions">, record: ActionRecord): Pick<PlanView, "last"> {
  const looked = tables.actions.started(record.target, LOOKED_BACK);
  for (const { action, outcome, asker, startedAt } of looked) {
    if (action !== record.action || outcome?.status !== "done" || startedAt === undefined) continue;
    return { last: { by: asker.name, at: startedAt, tookMs: outcome.tookMs } };
  }
  return {};
}
const LOOKED_BACK = 20;
