import { assertNever } from "../base/errors.js";
import type { ActOutcome, ActionState } from "../model/action.js";
import type { ActionHolder, ActionLife, ActionRecord } from "../model/action-record.js";
import type { Verification } from "../model/verification.js";

/** What can happen to an action. Times are UTC milliseconds. */
export type ActionEvent =
  /** The asker said yes, and this process takes it. */
  | { readonly kind: "approve"; readonly at: number; readonly holder: ActionHolder }
  /** Written right before the order is given. */
  | { readonly kind: "begin"; readonly at: number; readonly before: ActionState; readonly self: boolean }
  /** The order has been carried out, or has failed. */
  | { readonly kind: "acted"; readonly at: number; readonly outcome: ActOutcome }
  /** What was watched afterwards has been judged; absent: nobody could watch. */
  | { readonly kind: "verified"; readonly at: number; readonly verification?: Verification }
  | { readonly kind: "cancel"; readonly at: number }
  /** Nobody said yes in time. */
  | { readonly kind: "expire"; readonly at: number }
  /** The process that held it is gone. */
  | { readonly kind: "orphan"; readonly at: number; readonly detail: string };

export type Stepped =
  | { readonly ok: true; readonly record: ActionRecord }
  /** It cannot happen in this state: somebody else was faster, or it came twice. */
  | { readonly ok: false; readonly state: ActionLife };

/** What becomes of an action by an event. Pure: the one place that knows which state may follow which. */
export function step(record: ActionRecord, event: ActionEvent): Stepped {
  switch (event.kind) {
    case "approve":
      if (record.state !== "planned" || event.at >= record.expiresAt) return refused(record);
      return moved(record, { state: "approved", approvedAt: event.at, holder: event.holder });
    case "begin": {
      if (record.state !== "approved") return refused(record);
      const begun = { state: "started", startedAt: event.at, before: event.before } as const;
      return moved(record, event.self ? { ...begun, self: true } : begun);
    }
    case "acted":
      if (record.state !== "started" || record.outcome) return refused(record);
      return moved(record, afterAct(event.outcome, event.at));
    case "verified":
      if (record.state !== "started" || record.outcome?.status !== "done") return refused(record);
      return moved(record, afterVerification(event.verification, event.at));
    case "cancel":
      if (record.state !== "planned") return refused(record);
      return moved(record, { state: "cancelled", endedAt: event.at });
    case "expire":
      if (record.state !== "planned" || event.at < record.expiresAt) return refused(record);
      return moved(record, { state: "expired", endedAt: event.at });
    case "orphan":
      return orphaned(record, event.at, event.detail);
    default:
      return assertNever(event);
  }
}

/** Done is not over: what was done is watched first. */
function afterAct(outcome: ActOutcome, at: number): Partial<ActionRecord> {
  switch (outcome.status) {
    case "done":
      return { outcome };
    case "failed":
      return { outcome, state: "failed", endedAt: at };
    case "unknown":
      return { outcome, state: "unknown", endedAt: at };
    default:
      return assertNever(outcome);
  }
}

function afterVerification(verification: Verification | undefined, at: number): Partial<ActionRecord> {
  const bad = verification?.verdict === "not_verified";
  return { state: bad ? "failed" : "done", endedAt: at, ...(verification ? { verification } : {}) };
}

/** What was only approved was certainly not begun; what was begun without an outcome may have been done or not. */
function orphaned(record: ActionRecord, at: number, detail: string): Stepped {
  if (record.state === "approved") return moved(record, { state: "cancelled", endedAt: at });
  if (record.state !== "started") return refused(record);
  if (record.outcome) return moved(record, { state: "done", endedAt: at });
  const by = record.before?.by ?? "systemd";
  return moved(record, { state: "unknown", endedAt: at, outcome: { status: "unknown", by, detail } });
}

function moved(record: ActionRecord, change: Partial<ActionRecord>): Stepped {
  return { ok: true, record: { ...record, ...change } };
}

function refused({ state }: ActionRecord): Stepped {
  return { ok: false, state };
}
