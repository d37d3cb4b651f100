import { DeadlineError } from "../../base/clock.js";
import type { BusProblem } from "../../base/bus/connection.js";
import { managerCall } from "../../base/systemd/protocol.js";
import { failureOf, jobFailure, mayHaveBeenDone } from "./failure.js";
import type { Failed } from "./failure.js";
import type { SystemdSession } from "./session.js";

export type JobOutcome =
  | { readonly status: "done" }
  | ({ readonly status: "failed" } & Failed)
  | { readonly status: "unknown"; readonly detail: string };

export type JobMethod = "RestartUnit" | "StartUnit" | "StopUnit";

/**
 * Orders a job and waits for its end. Nobody is asked for a password: the calls do not carry the flag that would let polkit do
 * so. Once the order has left, everything that keeps its end from being seen is `unknown`, never `failed`.
 */
export async function runJob(
  session: SystemdSession,
  method: JobMethod,
  unit: string,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const unheard = await session.listen(signal);
  if (unheard) return notOrdered(unheard, signal);
  const ordered = await session.call(managerCall(method, "ss", [unit, "replace"]), signal);
  if (!ordered.ok) return mayHaveBeenDone(ordered.problem) ? unseen(ordered.problem, signal) : failed(ordered.problem);
  const [path] = ordered.body;
  if (typeof path !== "string") return { status: "unknown", detail: "systemd named no job" };
  const end = await session.jobEnd(path, signal);
  if (!end.ok) return unseen(end.problem, signal);
  if (end.value === "done") return { status: "done" };
  const after = await session.unit(unit, signal);
  return { status: "failed", ...jobFailure(end.value, after.ok ? after.value.ofType : undefined) };
}

/** Nothing has been ordered yet. */
export function notOrdered(problem: BusProblem, signal: AbortSignal): JobOutcome {
  if (problem.kind !== "aborted") return failed(problem);
  if (signal.reason instanceof DeadlineError) {
    return { status: "failed", failure: "unreachable", detail: "systemd did not answer in time" };
  }
  return { status: "unknown", detail: "Toban ended before it was ordered" };
}

export function unseen(problem: BusProblem, signal: AbortSignal): JobOutcome {
  if (problem.kind !== "aborted") return { status: "unknown", detail: failureOf(problem).detail };
  const late = signal.reason instanceof DeadlineError;
  return {
    status: "unknown",
    detail: late
      ? `systemd had not finished after ${signal.reason.ms / 1_000} s`
      : "Toban ended before systemd had finished",
  };
}

export function failed(problem: BusProblem): JobOutcome {
  return { status: "failed", ...failureOf(problem) };
}
