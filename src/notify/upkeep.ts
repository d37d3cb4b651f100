import type { OutboxRow } from "../model/incident.js";
import type { Tables } from "../store/contract.js";
import { LONGEST_EDGE_PAUSE_MS } from "./troubles.js";
import type { TroubleKind } from "./troubles.js";

/** Rows and messages looked at at once; a transaction stays small. What waits beyond is looked at next time. */
export const BATCH = 200;
/** No trouble puts a row off for longer. */
export const PUT_OFF_AT_MOST_MS = LONGEST_EDGE_PAUSE_MS + 60 * 60_000;
const HELD = "held";
const LOOKED_UP = "look_up";
const BROKEN = "receiver_broken";
/** Verdicts that put a row off for a trouble of its channel … */
const REFUSED: ReadonlySet<string> = new Set([BROKEN, "unarchive"]);
/** … or of everything, not for its own. */
const PUT_OFF: ReadonlySet<string> = new Set([HELD, "edge_block", "refused_bot", ...REFUSED]);

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

export interface Postponed {
  readonly id: string;
  readonly dueAt: number;
  /** What holds it, if that is a trouble. */
  readonly kind?: TroubleKind;
}

/** Makes rows due when they may be sent. */
export function postpone(tables: Tables, rows: readonly Postponed[]): void {
  for (const { id, dueAt, kind } of rows) {
    const row = tables.outbox.get(id);
    const lastVerdict = kind === "receiver_broken" ? BROKEN : HELD;
    if (row?.state === "pending") tables.outbox.put({ ...row, dueAt, lastVerdict });
  }
}

export interface Hastened {
  /** When it becomes due; what is due before that stays so. UTC milliseconds. */
  readonly dueAt: number;
  /** A channel, or a thread; absent: everywhere. */
  readonly channel?: string;
  /** Only what a channel refused, and what could not be looked up in it. */
  readonly refused?: boolean;
}

/** How far {@link hasten} has come. */
export type HastenedUpTo = Pick<OutboxRow, "dueAt" | "id">;

/** Makes due what a trouble put off, at most {@link BATCH} rows from `from` on. Returns from where there may be more. */
export function hasten(tables: Tables, what: Hastened, from?: HastenedUpTo): HastenedUpTo | undefined {
  const { dueAt, channel, refused = false } = what;
  const isMeant = ({ lastVerdict = "" }: { readonly lastVerdict?: string }): boolean =>
    (refused ? REFUSED : PUT_OFF).has(lastVerdict) || lastVerdict.startsWith(LOOKED_UP);
  const isThere = (place: { readonly channel: string; readonly thread?: string }): boolean =>
    channel === undefined || place.channel === channel || place.thread === channel;
  const later = tables.outbox.waiting(from ?? { dueAt, id: "" }, BATCH);
  for (const row of later) {
    if (row.dueAt > dueAt && isMeant(row) && isThere(row)) tables.outbox.put({ ...row, dueAt });
  }
  if (!from) {
    for (const shown of tables.messages.stale(dueAt + PUT_OFF_AT_MOST_MS, BATCH)) {
      if (shown.dueAt > dueAt && isMeant(shown) && isThere(shown)) tables.messages.put({ ...shown, dueAt });
    }
  }
  return later.length < BATCH ? undefined : later.at(-1);
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
