import { assertNever } from "../base/errors.js";
import type { ActedBy, ActionMeans, ActionName, ActionState, ActOutcome } from "../model/action.js";
import type { ActorDeps } from "./deps.js";
import { notOrdered, runJob } from "./systemd/job.js";
import type { JobOutcome } from "./systemd/job.js";
import { killUnit } from "./systemd/kill.js";
import { isSafeUnit } from "./systemd/safe-name.js";
import { SystemdSession } from "./systemd/session.js";
import { unitState } from "./systemd/state.js";

export type UnitMeans = Extract<ActionMeans, { readonly kind: "unit" }>;

/** A stop and a start may take 90 s each by systemd's defaults, and units ask for more. After this it goes on unwatched. */
const JOB_TIMEOUT_MS = 5 * 60_000;

const BY: ActedBy = "systemd";

/** How a target's own unit stands. */
export async function lookAtUnit(deps: ActorDeps, { unit }: UnitMeans, signal: AbortSignal): Promise<ActionState> {
  const nothing: ActionState = { by: BY, dependents: [] };
  if (!isSafeUnit(unit)) return nothing;
  const opened = await SystemdSession.open(deps.systemBusAddress, deps.clock, signal);
  if (!opened.ok) return nothing;
  using session = opened.value;
  return await unitState(session, unit, signal);
}

/** Has systemd do something to a target's own unit. */
export async function actOnUnit(
  deps: ActorDeps,
  action: ActionName,
  { unit }: UnitMeans,
  signal: AbortSignal,
): Promise<ActOutcome> {
  if (!isSafeUnit(unit)) return unsafe(BY, unit);
  const { clock } = deps;
  const began = clock.monotonic();
  using deadline = clock.deadline(JOB_TIMEOUT_MS, signal);
  const opened = await SystemdSession.open(deps.systemBusAddress, clock, deadline.signal);
  if (!opened.ok) return outcomeOf(notOrdered(opened.problem, deadline.signal), BY, 0);
  using session = opened.value;
  const ended = await order(session, deps, action, unit, deadline.signal);
  const tookMs = Math.round(clock.monotonic() - began);
  if (ended.status !== "done") return outcomeOf(ended, BY, tookMs);
  return { status: "done", by: BY, tookMs, after: await unitState(session, unit, deadline.signal) };
}

function order(
  session: SystemdSession,
  { clock }: ActorDeps,
  action: ActionName,
  unit: string,
  signal: AbortSignal,
): Promise<JobOutcome> {
  switch (action) {
    case "restart":
      return runJob(session, "RestartUnit", unit, signal);
    case "start":
      return runJob(session, "StartUnit", unit, signal);
    case "stop":
      return runJob(session, "StopUnit", unit, signal);
    case "kill":
      return killUnit(session, clock, unit, signal);
    default:
      return assertNever(action);
  }
}

export function outcomeOf(job: JobOutcome, by: ActedBy, tookMs: number): ActOutcome {
  switch (job.status) {
    case "done":
      return { status: "done", by, tookMs };
    case "failed":
      return { status: "failed", by, failure: job.failure, detail: job.detail };
    case "unknown":
      return { status: "unknown", by, detail: job.detail };
    default:
      return assertNever(job);
  }
}

export function unsafe(by: ActedBy, unit: string): ActOutcome {
  return { status: "failed", by, failure: "not_found", detail: `${JSON.stringify(unit)} is no name of a unit` };
}
