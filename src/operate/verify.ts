import { assertNever } from "../base/errors.js";
import type { ActionRecord } from "../model/action-record.js";
import type { UnitFacts } from "../model/facts.js";
import type { Run } from "../model/run.js";
import type { ProbeAnswer, Verification, VerificationFault } from "../model/verification.js";
import type { Watched } from "./watch.js";

const ACTIVE_STATES: readonly string[] = ["active", "reloading", "refreshing"];
/** Over: systemd has nothing more to do about it. */
const ENDED_STATES: readonly string[] = ["inactive", "failed"];

type Judged = Pick<ActionRecord, "action" | "before" | "outcome">;

/** What is known of a target after an action, from its unit and from its own probe. */
interface Evidence {
  readonly active: string | undefined;
  readonly sub: string | undefined;
  readonly pidBefore: number | undefined;
  readonly pidAfter: number | undefined;
  /** Main processes that came after the act, in the order in which they were seen. */
  readonly pids: readonly number[];
  /** systemd's own count of restarts, as it was seen. */
  readonly restarts: readonly number[];
  readonly answer: ProbeAnswer | undefined;
  readonly newErrors: number | undefined;
}

/**
 * Whether what was done had the effect that it was done for. Pure. Only what was seen counts: the silence of a log alone verifies
 * nothing, and a probe that could not measure, or measured while Toban itself was in trouble, says nothing at all.
 */
export function judge(record: Judged, watched: Watched): Verification {
  const seen = evidence(record, watched);
  const faults = faultsOf(record, seen);
  const { active, sub, pidBefore, pidAfter, answer, newErrors } = seen;
  // What a stopped target answers, and what it wrote while it ended, is not what anybody waited for.
  const isUp = record.action === "restart" || record.action === "start";
  return {
    verdict: faults.length > 0 ? "not_verified" : isProof(record, seen) ? "verified" : "unverifiable",
    faults,
    watchedMs: watched.watchedMs,
    ...(active === undefined ? {} : { active }),
    ...(sub === undefined ? {} : { sub }),
    ...(pidBefore === undefined ? {} : { pidBefore }),
    ...(pidAfter === undefined ? {} : { pidAfter }),
    ...(answer === undefined || !isUp ? {} : { answer }),
    ...(newErrors === undefined || !isUp ? {} : { newErrors }),
  };
}

function evidence({ before, outcome }: Judged, { after, runs, newErrors }: Watched): Evidence {
  const trusted = runs.filter(isTrusted);
  const units = trusted.flatMap((run) => unitFacts(run) ?? []);
  const unit = units.at(-1);
  const pidBefore = pidOf(before);
  const atOnce = outcome?.status === "done" ? outcome.after : undefined;
  return {
    active: after.active ?? unit?.active,
    sub: after.sub ?? unit?.sub,
    pidBefore,
    // A process that was seen in passing is not the one there is now.
    pidAfter: pidOf(after.active === undefined ? unit : after),
    pids: [atOnce, ...units, after].flatMap((state) => pidOf(state) ?? []).filter((pid) => pid !== pidBefore),
    restarts: trusted.flatMap((run) => valueOf(run, "unit_restarts_total") ?? []),
    answer: trusted.flatMap((run) => answerOf(run) ?? []).at(-1),
    newErrors,
  };
}

function isTrusted({ result, untrusted }: Run): boolean {
  return result.status === "ok" && untrusted.length === 0;
}

function pidOf(state: { readonly mainPid?: number } | undefined): number | undefined {
  const pid = state?.mainPid ?? 0;
  return pid > 0 ? pid : undefined;
}

function unitFacts({ result }: Run): UnitFacts | undefined {
  return result.status === "ok" && result.facts?.kind === "unit" ? result.facts : undefined;
}

/** What the probe found; undefined: it could not measure, or measured while Toban itself was in trouble. */
export function answerOf(run: Run): ProbeAnswer | undefined {
  if (!isTrusted(run)) return undefined;
  const success = run.samples.find(({ series }) => series === "probe_success");
  if (!success) return undefined;
  const status = valueOf(run, "http_status_code");
  const seconds = valueOf(run, "http_duration_seconds");
  return {
    kind: run.kind,
    success: success.value === 1,
    ...(success.reason === undefined ? {} : { reason: success.reason }),
    ...(status === undefined ? {} : { status }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

function valueOf({ samples }: Run, name: string): number | undefined {
  return samples.find(({ series }) => series === name)?.value;
}

function faultsOf({ action }: Judged, seen: Evidence): readonly VerificationFault[] {
  switch (action) {
    case "restart":
    case "start":
      return [
        ...when(isInactive(seen), "not_active"),
        ...when(action === "restart" && isSameProcess(seen), "same_process"),
        ...when(hasRestarted(seen), "restarted_again"),
        // Of a unit that is not active it would say the same once more.
        ...when(seen.answer?.success === false && !(isInactive(seen) && seen.answer.kind === "unit"), "bad_answer"),
        ...when((seen.newErrors ?? 0) > 0, "new_errors"),
      ];
    case "stop":
      return when(isStillUp(seen) === true, "still_active");
    case "kill":
      // systemd may have started it again: what counts is that the process that was killed is gone.
      return when(isSameProcess(seen), "same_process");
    default:
      return assertNever(action);
  }
}

function when(holds: boolean, fault: VerificationFault): readonly VerificationFault[] {
  return holds ? [fault] : [];
}

/** Not running although it was started. A job that has done its work and ended is well if its own probe finds so. */
function isInactive({ active, answer }: Evidence): boolean {
  if (active === undefined || ACTIVE_STATES.includes(active)) return false;
  return !(active === "inactive" && answer?.kind === "unit" && answer.success);
}

function isSameProcess({ pidBefore, pidAfter }: Evidence): boolean {
  return pidBefore !== undefined && pidBefore === pidAfter;
}

/** A second new main process while it was watched, or systemd's own count going up. */
function hasRestarted({ pids, restarts }: Evidence): boolean {
  return new Set(pids).size > 1 || (restarts.at(-1) ?? 0) > (restarts[0] ?? 0);
}

/** Whether it still runs, by its unit, or else by its own probe. */
function isStillUp({ active, answer }: Evidence): boolean | undefined {
  return active === undefined ? answer?.success : !ENDED_STATES.includes(active);
}

function isProof({ action }: Judged, seen: Evidence): boolean {
  switch (action) {
    case "restart":
    case "start":
      return seen.active !== undefined || seen.answer !== undefined;
    case "stop":
      return isStillUp(seen) === false;
    case "kill":
      return seen.pidBefore === undefined || seen.active === undefined ? isStillUp(seen) === false : true;
    default:
      return assertNever(action);
  }
}
