import type { ActionState } from "../model/action.js";
import type { ActionRecord } from "../model/action-record.js";
import type { Run } from "../model/run.js";
import type { Verification, VerificationFault } from "../model/verification.js";
import type { Watched } from "./watch.js";

const RESTARTS_SERIES = "unit_restarts_total";

/**
 * Whether what was done had the effect that it was done for. Pure. A restarted or started unit must be active with a main process of its own
 * that stays, its probe must get good answers at the end, and its logs must have no new errors; a stopped one must not be active.
 * What cannot be seen counts neither for nor against; where nothing can be seen, nobody can say.
 */
export function judge(record: ActionRecord, watched: Watched): Verification {
  const { after, runs, newErrors, watchedMs } = watched;
  const last = runs.findLast((run) => run.result.status === "ok");
  const answer = last && answerOf(last);
  const isDown = record.action === "stop" || record.action === "kill";
  const faults = isDown ? downFaults(after, answer, record) : upFaults(record, watched, answer);
  const known = after.active !== undefined || answer !== undefined || newErrors !== undefined;
  return {
    verdict: faults.length > 0 ? "not_verified" : known ? "verified" : "unverifiable",
    faults,
    watchedMs,
    ...(after.active === undefined ? {} : { active: after.active }),
    ...(after.sub === undefined ? {} : { sub: after.sub }),
    ...(record.before?.mainPid ? { pidBefore: record.before.mainPid } : {}),
    ...(after.mainPid ? { pidAfter: after.mainPid } : {}),
    ...(answer === undefined || isDown ? {} : { answer }),
    ...(newErrors === undefined || isDown ? {} : { newErrors }),
  };
}

function downFaults(
  { active }: ActionState,
  answer: Verification["answer"],
  { means }: ActionRecord,
): readonly VerificationFault[] {
  // A unit that was killed may be restarted by systemd at once, as its configuration says.
  if (means.kind === "unit") return isUp(active) ? ["still_active"] : [];
  return answer?.success ? ["still_active"] : [];
}

function upFaults(
  record: ActionRecord,
  watched: Watched,
  answer: Verification["answer"],
): readonly VerificationFault[] {
  const { after, runs, newErrors } = watched;
  const faults: VerificationFault[] = [];
  if (after.active !== undefined && !isUp(after.active)) faults.push("not_active");
  const pid = record.before?.mainPid;
  if (record.action === "restart" && pid && pid === after.mainPid) faults.push("same_process");
  if (restartedMeanwhile(record, after, runs)) faults.push("restarted_again");
  if (answer && !answer.success) faults.push("bad_answer");
  if (newErrors !== undefined && newErrors > 0) faults.push("new_errors");
  return faults;
}

function isUp(active: string | undefined): boolean {
  return active === "active" || active === "reloading" || active === "refreshing";
}

/** By systemd's own counter, or by another main process than right after the act. */
function restartedMeanwhile({ outcome }: ActionRecord, after: ActionState, runs: readonly Run[]): boolean {
  const counts = runs.flatMap((run) => valueOf(run, RESTARTS_SERIES) ?? []);
  const first = counts[0];
  if (first !== undefined && counts.some((count) => count > first)) return true;
  const pid = outcome?.status === "done" ? outcome.after?.mainPid : undefined;
  return pid !== undefined && pid !== 0 && Boolean(after.mainPid) && after.mainPid !== pid;
}

function answerOf(run: Run): Verification["answer"] {
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

function valueOf(run: Run, name: string): number | undefined {
  return run.samples.find(({ series }) => series === name)?.value;
}
