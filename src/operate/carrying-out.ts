import { messageOf } from "../base/errors.js";
import { renderResult } from "../message/action.js";
import type { ActOutcome, ActionState } from "../model/action.js";
import type { ActionRecord } from "../model/action-record.js";
import type { Tables } from "../store/contract.js";
import type { OperateDeps } from "./deps.js";
import type { Ledger } from "./ledger.js";
import type { ActionEvent } from "./step.js";
import { forgetStopped, noteStopped, noteStopping } from "./stopped.js";
import { lookAt, watch } from "./watch.js";
import { judge } from "./verify.js";

/** An action on its way. */
export interface Underway {
  readonly id: string;
  /** As it was claimed. */
  readonly approved: ActionRecord;
  /** Resolves when the order was carried out or has failed; before what follows is watched. */
  readonly acted: Promise<ActionRecord>;
  /** Resolves when the result has been said, or when this process leaves it to the next one. */
  readonly ended: Promise<ActionRecord>;
}

/** Whether an action leaves its target down. */
export function stops({ action }: Pick<ActionRecord, "action">): boolean {
  return action === "stop" || action === "kill";
}

/** Whether it ends the very process that does it: it can then only be reported by the next one. */
export function endsItself(
  record: ActionRecord,
  before: ActionState,
  deps: Pick<OperateDeps, "holder" | "ownUnit">,
): boolean {
  const isOwnUnit = record.means.kind === "unit" && record.means.unit === deps.ownUnit;
  return record.action !== "start" && (isOwnUnit || before.mainPid === deps.holder.pid);
}

/**
 * Does what was approved: looks, writes that it begins, acts, writes what came of it, watches, judges, reports. Each step is on the disk before the
 * next one. When the signal is aborted because this process ends, what is under way stays as it stands in the store: the next process
 * reports it.
 */
export function carryOut(approved: ActionRecord, deps: OperateDeps, ledger: Ledger, signal: AbortSignal): Underway {
  const acted = begin(approved, deps, ledger, signal);
  const ended = acted.then((record) => finish(record, deps, ledger, signal));
  return { id: approved.id, approved, acted, ended };
}

async function begin(
  approved: ActionRecord,
  deps: OperateDeps,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<ActionRecord> {
  const { clock, actor } = deps;
  const before = await lookAt(deps, approved);
  const self = endsItself(approved, before, deps);
  const also = (tables: Tables, record: ActionRecord): void => {
    if (stops(record) && !self) noteStopping(tables, record, clock.now());
  };
  const begun = await taken(ledger, approved, { kind: "begin", at: clock.now(), before, self }, { also });
  if (begun.state !== "started") return begun;
  const outcome = await actor.act({ name: begun.action, means: begun.means }, signal);
  // Cut off by the end of this process, whoever asked for that: the next one sees how it ended.
  if (outcome.status === "unknown" && (signal.aborted || self)) return begun;
  return taken(ledger, begun, { kind: "acted", at: clock.now(), outcome }, afterAct(outcome, deps));
}

/** What is written together with the outcome: what is stopped from now on, and the report of what has failed. */
function afterAct(outcome: ActOutcome, deps: OperateDeps): Parameters<Ledger["happen"]>[2] {
  const also = (tables: Tables, { id, target, endedAt, ...record }: ActionRecord): void => {
    if (outcome.status === "failed") forgetStopped(tables, target, id);
    else if (stops(record)) noteStopped(tables, id, endedAt ?? deps.clock.now());
    else if (outcome.status === "done") forgetStopped(tables, target);
  };
  if (outcome.status === "done") return { also };
  return { also, say: (record) => renderResult({ record, host: deps.host }, deps.catalogue()) };
}

async function finish(
  record: ActionRecord,
  deps: OperateDeps,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<ActionRecord> {
  const { clock, log, host, catalogue } = deps;
  if (record.state !== "started" || record.outcome?.status !== "done") return record;
  try {
    const watched = await watch(deps, record, clock.now(), signal);
    const verification = judge(record, watched);
    const say = (ended: ActionRecord) => renderResult({ record: ended, host }, catalogue());
    return await taken(ledger, record, { kind: "verified", at: clock.now(), verification }, { say });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    log.info({ action: record.id, detail: messageOf(thrown) }, "the result of an action is left to the next start");
    return record;
  }
}

/** The event, or the record as it stands when somebody else had moved it on. */
async function taken(
  ledger: Ledger,
  record: ActionRecord,
  event: ActionEvent,
  aside: Parameters<Ledger["happen"]>[2],
): Promise<ActionRecord> {
  const stepped = await ledger.happen(record.id, event, aside);
  return stepped.ok ? stepped.record : (ledger.get(record.id) ?? record);
}
