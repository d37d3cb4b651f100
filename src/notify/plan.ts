import type { AnnouncementKind, Incident, IncidentAlert, OutboxRow, ShownMessage } from "../model/incident.js";

/**
 * A post whose answer is unknown is sent again with the same nonce only so long. Discord keeps nonces "for a few minutes"
 * without saying how many; a minute less the time a request may take is surely within.
 */
export const RESEND_WITHIN_MS = 50_000;
/** So long after its incident's end an unsent announcement is given up. */
export const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;
/** Discord limits edits of messages older than an hour (error 30046); older ones than this are edited for a reason only. */
export const OLD_MESSAGE_MS = 55 * 60_000;
/** Later than this, a message says how late it is. */
export const LATE_AFTER_MS = 30_000;

/** These posts become their incident's message; all others are replies to it. */
const MAKES_MESSAGE: ReadonlySet<AnnouncementKind> = new Set(["opened", "reposted", "continued"]);

/** These are no words about an incident that its message could hold. */
const STANDS_ALONE: ReadonlySet<AnnouncementKind> = new Set(["notice", "thread"]);

/** What to do with an outbox row. */
export type RowPlan =
  | {
      readonly do: "post";
      readonly place: "incident" | "reply" | "notice" | "thread";
      readonly replyTo?: string;
      /** For a place in a thread: which; the thread of a message has its id. */
      readonly thread?: string;
      /** Announcements that this post says as well; they are not posted any more. */
      readonly merges: readonly string[];
    }
  /** It may have been posted already, too long ago to rely on the nonce. */
  | { readonly do: "look_up"; readonly since: number }
  /** Until its incident's message stands. */
  | { readonly do: "wait" }
  /** There is nothing left to say. */
  | { readonly do: "drop"; readonly why: string }
  | { readonly do: "give_up"; readonly why: string };

export interface RowContext {
  /** UTC milliseconds. */
  readonly now: number;
  /** How long it has been unknown whether the row was posted; absent: it surely was not. Negative after the clock was set back. */
  readonly doubtMs?: number;
  readonly incident?: Incident;
  readonly shown?: ShownMessage;
  /** The other rows of its incident in its channel. */
  readonly siblings: readonly OutboxRow[];
}

/** Whether this row is a reply wherever its incident has a message. */
export function isReply(row: OutboxRow): boolean {
  return row.incident !== undefined && !MAKES_MESSAGE.has(row.kind);
}

/** Whether a post of this row is its incident's message from then on. */
export function becomesMessage(row: OutboxRow, shown: ShownMessage | undefined): boolean {
  return row.incident !== undefined && (MAKES_MESSAGE.has(row.kind) || (!shown && !STANDS_ALONE.has(row.kind)));
}

function isOpen(row: OutboxRow): boolean {
  return row.state === "pending" || row.state === "sending";
}

export function isExpired(row: OutboxRow, incident: Incident | undefined, now: number): boolean {
  if (row.incident === undefined) return now - row.createdAt > GIVE_UP_AFTER_MS;
  return incident?.endedAt !== undefined && now - incident.endedAt > GIVE_UP_AFTER_MS;
}

/** Why a row has nothing left to say; `undefined`: it has. */
function superseded(row: OutboxRow, context: RowContext): string | undefined {
  const { incident, shown, siblings } = context;
  if (row.incident !== undefined && !incident) return "its incident is no longer kept";
  if (row.kind === "opened" && shown) return "its incident's message already stands";
  if (row.kind === "reposted" && (shown || incident?.endedAt !== undefined)) return "there is nothing to post anew";
  if (row.kind === "thread" && !shown && !hasMaker(siblings)) return "its incident has no message";
  if (row.kind !== "repeated") return undefined;
  if (incident?.endedAt !== undefined) return "its incident has ended";
  const newer = siblings.some((other) => other.kind === "repeated" && isOpen(other) && other.createdAt > row.createdAt);
  return newer ? "a newer reminder waits" : undefined;
}

/** Whether one of the rows is about to be their incident's message. */
export function hasMaker(rows: readonly OutboxRow[]): boolean {
  const may = (row: OutboxRow): boolean => row.state === "sending" && !STANDS_ALONE.has(row.kind);
  return rows.some((row) => isOpen(row) && (MAKES_MESSAGE.has(row.kind) || may(row)));
}

function place(row: OutboxRow, context: RowContext, doubtful: boolean): RowPlan {
  const { shown, siblings } = context;
  const makes = MAKES_MESSAGE.has(row.kind);
  if (row.kind === "thread") {
    if (!shown) return { do: "wait" };
    const { messageId } = shown;
    if (row.detour === "channel") return { do: "post", place: "reply", merges: [], replyTo: messageId };
    return { do: "post", place: "thread", merges: [], thread: row.thread ?? messageId };
  }
  if (!becomesMessage(row, shown)) {
    const replyTo = shown?.messageId;
    const at = row.kind === "notice" ? "notice" : "reply";
    return { do: "post", place: at, merges: [], ...(replyTo === undefined ? {} : { replyTo }) };
  }
  if (!makes && hasMaker(siblings)) return { do: "wait" };
  // What was announced before this post is rendered stands in it; what comes while its answer is unknown may not.
  const merges = doubtful
    ? []
    : siblings
        .filter((other) => other.state === "pending" && other.kind !== "continued" && !STANDS_ALONE.has(other.kind))
        .map((other) => other.id);
  const replyTo = row.kind === "continued" ? shown?.messageId : undefined;
  return { do: "post", place: "incident", merges, ...(replyTo === undefined ? {} : { replyTo }) };
}

/** What is to be done with an outbox row, given everything that stands. */
export function planRow(row: OutboxRow, context: RowContext): RowPlan {
  const { doubtMs } = context;
  const doubtful = doubtMs !== undefined;
  if (doubtful && (doubtMs < 0 || doubtMs >= RESEND_WITHIN_MS)) {
    return { do: "look_up", since: row.sendingSince ?? row.createdAt };
  }
  if (!doubtful) {
    const why = superseded(row, context);
    if (why !== undefined) return { do: "drop", why };
    if (isExpired(row, context.incident, context.now)) {
      return { do: "give_up", why: "its end is more than a day ago" };
    }
  }
  return place(row, context, doubtful);
}

/** What to do with a message that shows an older revision than its incident's. */
export type EditPlan =
  | { readonly do: "edit" }
  | { readonly do: "nothing" }
  /** Until the post that takes its place is sent. */
  | { readonly do: "wait" }
  /** Taken as shown although it is not. */
  | { readonly do: "leave"; readonly why: string };

export interface EditContext {
  readonly now: number;
  readonly shown: ShownMessage;
  readonly incident: Incident;
  readonly rows: readonly OutboxRow[];
  /** Whether something happened that the message does not show; values that moved are not something. */
  readonly happened: boolean;
}

export function planEdit({ now, shown, incident, rows, happened }: EditContext): EditPlan {
  if (shown.shownRevision >= incident.revision) return { do: "nothing" };
  if (rows.some((row) => isOpen(row) && MAKES_MESSAGE.has(row.kind))) return { do: "wait" };
  const expired = incident.endedAt !== undefined && now - incident.endedAt > GIVE_UP_AFTER_MS;
  if (expired && shown.attempts > 0) return { do: "leave", why: "its end is more than a day ago" };
  if (now - shown.postedAt > OLD_MESSAGE_MS && !happened) return { do: "leave", why: "only values have moved" };
  return { do: "edit" };
}

/**
 * What has happened in an incident, without the values: equal texts mean that an edit would show other numbers only.
 */
export function happeningsOf(incident: Incident, entries: readonly IncidentAlert[]): string {
  const count = { ended: 0, critical: 0, warning: 0, untrusted: 0, gone: 0 };
  let newest = 0;
  for (const { joinedAt, endedAt, alert } of entries) {
    newest = Math.max(newest, joinedAt, endedAt ?? 0);
    if (endedAt !== undefined) count.ended += 1;
    if (alert.severity === "critical") count.critical += 1;
    if (alert.severity === "warning") count.warning += 1;
    if (alert.untrusted) count.untrusted += 1;
    if (alert.state === "gone") count.gone += 1;
  }
  const { endedAt, outcome, announcedSeverity, away, kind } = incident;
  return JSON.stringify([entries.length, count, newest, endedAt, outcome, announcedSeverity, away, kind]);
}

/** What a message shows once it is sent, to know later what it lacks. */
export interface Showing {
  readonly happenings: string;
  readonly entries: number;
}

export function showingOf(incident: Incident, entries: readonly IncidentAlert[]): Showing {
  return { happenings: happeningsOf(incident, entries), entries: entries.length };
}

/** How late a post is, once that is worth a word. */
export function latenessOf(createdAt: number, sentAt: number): number | undefined {
  const late = sentAt - createdAt;
  return late > LATE_AFTER_MS ? late : undefined;
}
