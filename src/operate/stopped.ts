import type { ActionRecord, StoppedByHand } from "../model/action-record.js";
import type { Run } from "../model/run.js";
import type { Store, Tables } from "../store/contract.js";

/** Key in the store: what was stopped by hand. Small, and carried along into memory when the file fails. */
const KEY = "operate.stopped";
/** How long something may stay stopped before people are reminded of it, once. */
export const REMIND_AFTER_MS = 3_600_000;

/** The targets that were stopped by hand, as the store has them. */
export function stoppedIn(tables: Pick<Tables, "meta">): readonly StoppedByHand[] {
  // Written by this file alone.
  return (tables.meta.get(KEY) as readonly StoppedByHand[] | undefined) ?? [];
}

function replace(tables: Pick<Tables, "meta">, all: readonly StoppedByHand[]): void {
  tables.meta.set(KEY, all.length === 0 ? undefined : all);
}

/** Notes that this action is about to stop its target, before it does; a later one takes the place of an earlier one. */
export function noteStopping(tables: Pick<Tables, "meta">, record: ActionRecord, at: number): void {
  const { id, target, reason, channel, asker } = record;
  const where = channel === undefined ? {} : { channel };
  const entry = { target, id, by: asker.name, at, reason, settling: true, ...where } as const;
  replace(tables, [...stoppedIn(tables).filter((each) => each.target !== target), entry]);
}

/** It has been stopped: from now on it is news when it runs. */
export function noteStopped(tables: Pick<Tables, "meta">, id: string, at: number): void {
  const settled = ({ settling: _settling, ...rest }: StoppedByHand): StoppedByHand => ({ ...rest, at });
  replace(
    tables,
    stoppedIn(tables).map((each) => (each.id === id ? settled(each) : each)),
  );
}

/** It runs again, or was not stopped after all. `id`: only if that action stopped it. */
export function forgetStopped(tables: Pick<Tables, "meta">, target: string, id?: string): void {
  const all = stoppedIn(tables);
  const rest = all.filter((each) => each.target !== target || (id !== undefined && each.id !== id));
  if (rest.length < all.length) replace(tables, rest);
}

export function noteReminded(tables: Pick<Tables, "meta">, target: string, at: number): void {
  replace(
    tables,
    stoppedIn(tables).map((each) => (each.target === target ? { ...each, remindedAt: at } : each)),
  );
}

export function dueReminders(all: readonly StoppedByHand[], now: number): readonly StoppedByHand[] {
  return all.filter((each) => !each.settling && each.remindedAt === undefined && now - each.at >= REMIND_AFTER_MS);
}

/** Whether a run shows that what was stopped runs again: measured after it was stopped, and up. */
export function showsRunning({ at, result, samples }: Run, stopped: StoppedByHand): boolean {
  if (stopped.settling || at <= stopped.at || result.status !== "ok") return false;
  if (result.facts?.kind === "unit") return result.facts.active === "active";
  return samples.some((sample) => sample.series === "probe_success" && sample.value === 1);
}

/** What is stopped, kept in memory for those who ask often: the evaluator for each alert, `/health` for each target. */
export class StoppedTargets {
  readonly #store: Pick<Store, "read">;
  #all: ReadonlyMap<string, StoppedByHand> = new Map();

  constructor(store: Pick<Store, "read">) {
    this.#store = store;
    this.refresh();
  }

  get all(): ReadonlyMap<string, StoppedByHand> {
    return this.#all;
  }

  /** Another process (the command line) writes here too. */
  refresh(): void {
    this.#all = new Map(this.#store.read(stoppedIn).map((each) => [each.target, each]));
  }
}
