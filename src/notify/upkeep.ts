import type { Tables } from "../store/contract.js";
import { LONGEST_EDGE_PAUSE_MS } from "./troubles.js";

/** Rows and messages looked at at once; a transaction stays small. What waits beyond is looked at next time. */
export const BATCH = 200;
/** No trouble puts a row off for longer. */
export const PUT_OFF_AT_MOST_MS = LONGEST_EDGE_PAUSE_MS + 60 * 60_000;
const HELD = "held";
const LOOKED_UP = "look_up";
/** Verdicts that put a row off for a trouble of its channel or of everything, not for its own. */
const PUT_OFF: ReadonlySet<string> = new Set([HELD, "edge_block", "refused_bot", "receiver_broken", "unarchive"]);

/** The earliest moment after `now`, within `withinMs`, at which a row or a message becomes due. All times UTC milliseconds. */
export function nextDueAfter(tables: Tables, now: number, withinMs: number): number | undefined {
  const { outbox, messages } = tables;
  const row = outbox.nextDueAt() ?? Infinity;
  const message = messages.nextDueAt() ?? Infinity;
  // What is due already, but held or on its way, stands before what comes next.
  const rows = row > now ? [row] : outbox.due(now + withinMs, BATCH).map((other) => other.dueAt);
  const stale = message > now ? [message] : messages.stale(now + withinMs, BATCH).map((other) => other.dueAt);
  const next = Math.min(...[...rows, ...stale].filter((at) => at > now));
  return Number.isFinite(next) ? next : undefined;
}

/** Makes rows due when they may be sent. */
export function postpone(tables: Tables, rows: readonly { readonly id: string; readonly dueAt: number }[]): void {
  for (const { id, dueAt } of rows) {
    const row = tables.outbox.get(id);
    if (row?.state === "pending") tables.outbox.put({ ...row, dueAt, lastVerdict: HELD });
  }
}

/** Makes due what a trouble put off, everywhere or in one channel. */
export function hasten(tables: Tables, now: number, channel?: string): void {
  for (const row of tables.outbox.due(now + PUT_OFF_AT_MOST_MS, BATCH)) {
    const { lastVerdict = "" } = row;
    const putOff = row.dueAt > now && (PUT_OFF.has(lastVerdict) || lastVerdict.startsWith(LOOKED_UP));
    if (putOff && (channel === undefined || row.channel === channel)) tables.outbox.put({ ...row, dueAt: now });
  }
}

/** Moves what is due later along with a wall clock that was set back by `step` (negative milliseconds). */
export function moveBack(tables: Tables, now: number, step: number): void {
  const until = now - step + PUT_OFF_AT_MOST_MS;
  const moved = (dueAt: number): number => Math.max(now, dueAt + step);
  for (const row of tables.outbox.due(until, BATCH)) {
    if (row.dueAt > now) tables.outbox.put({ ...row, dueAt: moved(row.dueAt) });
  }
  for (const shown of tables.messages.stale(until, BATCH)) {
    if (shown.dueAt > now) tables.messages.put({ ...shown, dueAt: moved(shown.dueAt) });
  }
}

/** Rows and messages from the future were written before the clock was set back while no sender ran: they are due. */
export function bringFromFuture(tables: Tables, now: number): void {
  for (const row of tables.outbox.due(Number.MAX_SAFE_INTEGER, BATCH)) {
    if (row.createdAt > now) tables.outbox.put({ ...row, dueAt: now });
  }
  for (const shown of tables.messages.stale(Number.MAX_SAFE_INTEGER, BATCH)) {
    if (shown.postedAt > now) tables.messages.put({ ...shown, dueAt: now });
  }
}
