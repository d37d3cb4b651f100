import type { ActionRecord } from "../model/action-record.js";
import type { Standing } from "../model/action-view.js";
import type { ActionTable } from "../store/contract.js";

const HOUR_MS = 3_600_000;

export interface BudgetLimits {
  /** Actions on one target within any hour. */
  readonly perHour: number;
}

/** So many failures in a row, and nothing more is tried for a while: what does not help is not helped by doing it again. */
export const BREAKER_FAILURES = 3;
/** After so long one more try is let through (half open); if it fails as well, the pause begins anew. */
export const BREAKER_PAUSE_MS = HOUR_MS;

/**
 * Where a target stands with its budget and its breaker, from what was begun. Both are read from the actions themselves, so that they
 * outlive a restart and are the same for every face. `lastHour` and `latest` are newest first.
 */
export function standing(
  past: { readonly lastHour: readonly ActionRecord[]; readonly latest: readonly ActionRecord[] },
  now: number,
  { perHour }: BudgetLimits,
): Standing {
  const used = past.lastHour.length;
  const inRow = past.latest.slice(0, BREAKER_FAILURES);
  const broken = inRow.length === BREAKER_FAILURES && inRow.every(hasFailed);
  const brokenUntil = broken ? endOf(inRow[0], now) + BREAKER_PAUSE_MS : now;
  const common = { used, perHour, halfOpen: broken && brokenUntil <= now };
  if (brokenUntil > now) return { ...common, refused: { why: "breaker", freeAt: brokenUntil } };
  if (used < perHour) return common;
  // The one whose leaving the hour makes room again.
  const leaving = past.lastHour[perHour - 1];
  return { ...common, refused: { why: "spent", freeAt: Math.min(leaving?.startedAt ?? now, now) + HOUR_MS } };
}

export function standingOf(
  actions: Pick<ActionTable, "started" | "startedSince">,
  target: string,
  now: number,
  limits: BudgetLimits,
): Standing {
  const past = {
    lastHour: actions.startedSince(target, now - HOUR_MS),
    latest: actions.started(target, BREAKER_FAILURES),
  };
  return standing(past, now, limits);
}

/** Not seen to succeed counts as failed: it is what the breaker is for. */
function hasFailed({ state }: ActionRecord): boolean {
  return state === "failed" || state === "unknown";
}

/** A moment in the future is one from before the clock was set back. */
function endOf(record: ActionRecord | undefined, now: number): number {
  return Math.min(record?.endedAt ?? record?.startedAt ?? now, now);
}
