import { renderResult } from "../message/action.js";
import { isOver } from "../model/action-record.js";
import type { ActionRecord } from "../model/action-record.js";
import type { Tables } from "../store/contract.js";
import { stops } from "./carrying-out.js";
import type { OperateDeps } from "./deps.js";
import type { Ledger } from "./ledger.js";
import { forgetStopped, noteStopped } from "./stopped.js";
import { lookAt } from "./watch.js";

/** So long a process that was told to end may take for it. */
const ENDING_MS = 120_000;

function isHeldHere({ holder }: ActionRecord, here: OperateDeps["holder"]): boolean {
  return holder?.pid === here.pid && holder.ticks === here.ticks;
}

/** Actions that were approved or begun and that nobody carries on. `mine`: those that this process has under way. */
export function orphansOf(
  live: readonly ActionRecord[],
  deps: Pick<OperateDeps, "holder" | "isAlive" | "clock">,
  mine: ReadonlySet<string>,
): readonly ActionRecord[] {
  return live.filter((record) => {
    const { id, state, holder, self, startedAt } = record;
    if (state === "planned" || mine.has(id) || !holder) return false;
    if (!isHeldHere(record, deps.holder)) return !deps.isAlive(holder);
    // This process is about to end by it, and the next one will tell.
    return !self || deps.clock.now() - (startedAt ?? 0) > ENDING_MS;
  });
}

/**
 * Reports what a process left under way that is gone: what was only approved was not begun; what was begun is told with how the target stands
 * now. A restart of Toban itself is done when there is somebody to report it.
 */
export async function settleOrphan(orphan: ActionRecord, deps: OperateDeps, ledger: Ledger): Promise<void> {
  const { clock, host, catalogue } = deps;
  const now = await lookAt(deps, orphan);
  const at = clock.now();
  const say = (record: ActionRecord) => renderResult({ record, host, now }, catalogue());
  if (orphan.self && orphan.state === "started" && !orphan.outcome && !isHeldHere(orphan, deps.holder)) {
    const tookMs = Math.max(0, at - (orphan.startedAt ?? at));
    const outcome = { status: "done", by: orphan.before?.by ?? "systemd", tookMs, after: now } as const;
    const acted = await ledger.happen(orphan.id, { kind: "acted", at, outcome });
    if (acted.ok) await ledger.happen(orphan.id, { kind: "verified", at }, { say });
    return;
  }
  const also = (tables: Tables, record: ActionRecord): void => {
    if (!isOver(record.state) || !stops(record)) return;
    if (now.active === "active") forgetStopped(tables, record.target, record.id);
    else noteStopped(tables, record.id, at);
  };
  await ledger.happen(orphan.id, { kind: "orphan", at, detail: "" }, { say, also });
}
