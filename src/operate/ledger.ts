import { UserError } from "../base/errors.js";
import { newId } from "../base/id.js";
import type { ActionRecord } from "../model/action-record.js";
import { isOver } from "../model/action-record.js";
import type { OutboxRow } from "../model/incident.js";
import type { Message } from "../model/message.js";
import type { AuditRow, Tables } from "../store/contract.js";
import type { OperateDeps } from "./deps.js";
import type { ActionEvent, Stepped } from "./step.js";
import { step } from "./step.js";

/** What a change of an action brings along, in the same transaction. */
export interface Aside {
  /** What is to be said of it in the channel. */
  readonly say?: (record: ActionRecord) => Message;
  readonly also?: (tables: Tables, record: ActionRecord) => void;
}

type Deps = Pick<OperateDeps, "store" | "clock" | "opsChannel" | "onCommitted">;

/**
 * Writes what happens to actions: record, row in the log of actions and message in one transaction, on the disk before it resolves. Where the
 * file cannot be written nothing is begun; what has been begun is ended in memory, and its row in the log follows when the file is back.
 */
export class Ledger {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get(id: string): ActionRecord | undefined {
    return this.#deps.store.read((tables) => tables.actions.get(id));
  }

  /** A new plan. Rejects with `store_unavailable` where it could not be recorded. */
  plan(record: ActionRecord): Promise<void> {
    return this.#deps.store.write("action.plan", (tables) => enter(tables, record, this.#now()), { durable: true });
  }

  /** Takes an event to the action as it stands in the store. What does not fit its state changes nothing. */
  async happen(id: string, event: ActionEvent, aside: Aside = {}): Promise<Stepped> {
    const work = (unlogged: boolean) => (tables: Tables) => this.#happen(tables, id, event, aside, unlogged);
    let stepped: Stepped;
    try {
      stepped = await this.#deps.store.write(`action.${event.kind}`, work(false), { durable: true });
    } catch (thrown) {
      const isFile = thrown instanceof UserError && thrown.code === "store_unavailable";
      if (!isFile || !endsWhatWasBegun(event)) throw thrown;
      stepped = await this.#deps.store.write(`action.${event.kind}`, work(true));
    }
    if (stepped.ok && aside.say) this.#deps.onCommitted();
    return stepped;
  }

  /** Any other decision about actions, in one transaction with what it writes. */
  decide<T>(name: string, work: (tables: Tables, now: number) => T): Promise<T> {
    return this.#deps.store.write(name, (tables) => work(tables, this.#now()), { durable: true });
  }

  /** Puts what is to be said into the outbox. */
  say(tables: Tables, channel: string | undefined, answer: Message, at: number): void {
    tables.outbox.add(row(newId(this.#deps.clock), channel ?? this.#deps.opsChannel(), answer, at));
  }

  /** Writes the ends into the log of actions that could not be written there when they came. */
  async catchUp(): Promise<void> {
    const { store } = this.#deps;
    if (store.status().trouble !== undefined || store.read((tables) => tables.actions.unlogged()).length === 0) return;
    await this.decide("action.log", (tables, now) => {
      for (const { unlogged: _unlogged, ...record } of tables.actions.unlogged()) enter(tables, record, now);
    });
  }

  #happen(tables: Tables, id: string, event: ActionEvent, aside: Aside, unlogged: boolean): Stepped {
    const before = tables.actions.get(id);
    // A file that took the place of a damaged one does not know it: there is nothing left to change.
    if (!before) return { ok: false, state: "unknown" };
    const stepped = step(before, event);
    if (!stepped.ok) return stepped;
    const { record } = stepped;
    if (unlogged) tables.actions.put(isOver(record.state) ? { ...record, unlogged: true } : record);
    else enter(tables, record, this.#now(), before);
    aside.also?.(tables, record);
    if (aside.say) this.say(tables, record.channel, aside.say(record), this.#now());
    return stepped;
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

/** What has been done cannot be undone by refusing to write it down. */
function endsWhatWasBegun({ kind }: ActionEvent): boolean {
  return kind === "acted" || kind === "verified" || kind === "orphan";
}

/** The record, and its row in the log of actions if its state is another one now. */
export function enter(tables: Tables, record: ActionRecord, at: number, before?: ActionRecord): void {
  tables.actions.put(record);
  if (before?.state === record.state) return;
  tables.audit.append({
    id: record.id,
    at,
    principal: record.asker.name === "" ? record.asker.key : `${record.asker.key} ${record.asker.name}`,
    verb: record.action,
    target: record.target,
    reason: record.reason,
    state: record.state,
    detail: detailOf(record),
  } satisfies AuditRow);
}

/** What the log of actions keeps beside who, what and when: by what it is done, and what came of it. */
function detailOf(record: ActionRecord): string {
  const { means, outcome, verification } = record;
  const how = means.kind === "unit" ? means.unit : means.run.join(" ");
  if (!isOver(record.state) || !outcome) return how;
  const came = outcome.status === "done" ? `took ${Math.round(outcome.tookMs)} ms` : outcome.detail;
  const watched = verification ? [verification.verdict, ...verification.faults].join(" ") : "";
  return [how, outcome.by, came, watched].filter((part) => part !== "").join(" · ");
}

function row(id: string, channel: string, answer: Message, at: number): OutboxRow {
  const severity = answer.tone === "critical" || answer.tone === "warning" ? answer.tone : "info";
  const fresh = { episodes: [], createdAt: at, state: "pending", attempts: 0, dueAt: at, reduced: 0 } as const;
  return { id, channel, kind: "answer", severity, answer, ...fresh };
}
