import type { ActedBy, ActionMeans, ActionState, ActOutcome } from "../model/action.js";
import { actAsChild } from "./child.js";
import type { ActorDeps } from "./deps.js";
import { notOrdered, runJob } from "./systemd/job.js";
import { isSafeUnit } from "./systemd/safe-name.js";
import { SystemdSession } from "./systemd/session.js";
import type { Answered } from "./systemd/session.js";
import { outcomeOf, unsafe } from "./unit.js";

export type VectorMeans = Extract<ActionMeans, { readonly kind: "vector" }>;

/** Beyond the unit's own deadline: systemd ends what runs over it, which takes up to its TimeoutStopSec. */
const GRACE_MS = 30_000;

const BY: ActedBy = "action_unit";

/** By what a vector would be done, and as whom. Of the target itself its means know nothing. */
export async function lookAtVector(deps: ActorDeps, means: VectorMeans, signal: AbortSignal): Promise<ActionState> {
  const opened = await SystemdSession.open(deps.systemBusAddress, deps.clock, signal);
  if (!opened.ok) return (await deps.hasSystemd()) ? byUnit(means.user) : byChild(deps);
  using session = opened.value;
  const unit = isSafeUnit(means.unit) ? await actionUnit(session, means.unit, signal) : undefined;
  if (!unit?.ok) return byUnit(means.user);
  return unit.value.load === "not-found" ? byChild(deps) : byUnit(unit.value.user ?? means.user);
}

function byUnit(user: string | undefined): ActionState {
  return { by: BY, ...(user === undefined ? {} : { user }), dependents: [] };
}

function byChild({ ownUser }: ActorDeps): ActionState {
  return { by: "child", ...(ownUser === undefined ? {} : { user: ownUser }), dependents: [] };
}

/**
 * Does what the operator has configured as an argument vector: by the unit that the installer has written for it, or where there is none
 * as a child of this process. A systemd that is there but does not answer is no reason to do it otherwise.
 */
export async function actByVector(deps: ActorDeps, means: VectorMeans, signal: AbortSignal): Promise<ActOutcome> {
  if (!isSafeUnit(means.unit)) return unsafe(BY, means.unit);
  const { clock } = deps;
  const began = clock.monotonic();
  using deadline = clock.deadline(means.timeoutMs + GRACE_MS, signal);
  const opened = await SystemdSession.open(deps.systemBusAddress, clock, deadline.signal);
  if (!opened.ok) {
    const gone = opened.problem.kind === "unreachable" && !(await deps.hasSystemd());
    if (gone) return actAsChild(deps, means, signal);
    return outcomeOf(notOrdered(opened.problem, deadline.signal), BY, 0);
  }
  using session = opened.value;
  const unit = await actionUnit(session, means.unit, deadline.signal);
  if (!unit.ok) return outcomeOf(notOrdered(unit.problem, deadline.signal), BY, 0);
  const { load, active } = unit.value;
  if (load === "not-found") return actAsChild(deps, means, signal);
  if (active === "activating") {
    // A second start would only wait for the first one and take its end for its own.
    return { status: "failed", by: BY, failure: "job_failed", detail: `${means.unit} is still at work` };
  }
  const ended = await runJob(session, "StartUnit", means.unit, deadline.signal);
  return outcomeOf(ended, BY, Math.round(clock.monotonic() - began));
}

async function actionUnit(
  session: SystemdSession,
  name: string,
  signal: AbortSignal,
): Promise<Answered<{ readonly load: unknown; readonly active: unknown; readonly user?: string }>> {
  const read = await session.unit(name, signal);
  if (!read.ok) return read;
  const { unit, ofType } = read.value;
  const [load, active, user] = [unit.get("LoadState"), unit.get("ActiveState"), ofType.get("User")];
  // A unit that names nobody is root's (systemd.exec(5)).
  return { ok: true, value: { load, active, ...(typeof user === "string" ? { user: user || "root" } : {}) } };
}
