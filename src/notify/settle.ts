import { assertNever } from "../base/errors.js";
import type { NoticeKey } from "../locale/en/notice.js";
import type { Announcement, Incident, OutboxRow, ShownMessage } from "../model/incident.js";
import type { Severity } from "../model/rule.js";
import type { Tables } from "../store/contract.js";
import type { RowPlan } from "./plan.js";
import type { Verdict } from "./verdict.js";

/** What an outcome changes; committed in one transaction. */
export interface Change {
  readonly rows: readonly OutboxRow[];
  readonly added: readonly OutboxRow[];
  readonly shown?: ShownMessage;
  readonly removed?: { readonly incident: string; readonly channel: string };
}

export function applyChange(tables: Tables, change: Change): void {
  for (const row of change.rows) tables.outbox.put(row);
  if (change.removed) tables.messages.remove(change.removed.incident, change.removed.channel);
  if (change.shown) tables.messages.put(change.shown);
  for (const row of change.added) tables.outbox.add(row);
}

/** A message that shows no revision of its incident for sure: the next pass edits it. */
const UNKNOWN_REVISION = -1;
/** How far a refused content is cut down: shrunk, then plain. */
const MOST_REDUCED = 2;

/** A row that was surely not posted by the try at hand. Earlier doubt about it stays. */
function returned(row: OutboxRow, doubtSince: number | undefined, change: Partial<OutboxRow>): OutboxRow {
  const { sendingSince: _sendingSince, ...rest } = row;
  if (doubtSince === undefined) return { ...rest, state: "pending", ...change };
  return { ...rest, state: "sending", sendingSince: doubtSince, ...change };
}

/** A row surely not posted: after a look-up that found nothing. */
export function cleared(row: OutboxRow, now: number): OutboxRow {
  return returned(row, undefined, { dueAt: now, lastVerdict: "absent" });
}

export function newRow(announcement: Announcement): OutboxRow {
  return { ...announcement, state: "pending", attempts: 0, dueAt: announcement.createdAt, reduced: 0 };
}

export interface NewNotice {
  readonly id: string;
  readonly channel: string;
  readonly severity: Severity;
  readonly key: NoticeKey;
  readonly values: Readonly<Record<string, string | number>>;
  readonly now: number;
}

/** Something that Toban says of itself. */
export function newNotice({ id, channel, severity, key, values, now }: NewNotice): OutboxRow {
  return newRow({ id, channel, severity, kind: "notice", episodes: [], notice: { key, values }, createdAt: now });
}

export interface PostOutcome {
  /** As it was marked `sending`. */
  readonly row: OutboxRow;
  /** Since when, before this try, it was unknown whether it stands; absent: it surely did not. */
  readonly doubtSince?: number;
  readonly plan: Extract<RowPlan, { do: "post" }>;
  readonly verdict: Verdict;
  readonly messageId?: string;
  /** The platform's words, if it refused. */
  readonly detail?: string;
  /** As it was rendered. */
  readonly incident?: Incident;
  /** Whether it was posted anew before. */
  readonly reposted: boolean;
  readonly now: number;
  /** When to try again, if it is to be tried again. */
  readonly dueAt: number;
  readonly newId: () => string;
}

/** The incident's message, as it stands after a post. */
export function shownBy(
  row: OutboxRow,
  incident: Incident,
  messageId: string,
  at: { readonly postedAt: number; readonly now: number; readonly certain: boolean },
): ShownMessage {
  return {
    incident: incident.id,
    channel: row.channel,
    messageId,
    announcement: row.id,
    // A nonce that Discord already knew returns the message of the first try, with that time's words.
    shownRevision: at.certain ? incident.revision : UNKNOWN_REVISION,
    postedAt: at.postedAt,
    dueAt: at.now,
    attempts: 0,
    reposted: row.kind === "reposted",
  };
}

function announceAnew(
  outcome: {
    readonly incident: Incident;
    readonly channel: string;
    readonly now: number;
    readonly newId: () => string;
  },
  kind: "reposted" | "continued",
): OutboxRow {
  const { incident, channel, now } = outcome;
  return newRow({
    id: outcome.newId(),
    channel,
    kind,
    severity: incident.announcedSeverity,
    incident: incident.id,
    episodes: [],
    createdAt: now,
  });
}

/** A post that was refused for good is said, in the plainest words; unless it was such a notice itself. */
function sayDead({ row, detail, now, newId }: PostOutcome): readonly OutboxRow[] {
  if (row.kind === "notice") return [];
  const values = { count: 1, ...(detail === undefined ? {} : { detail }) };
  return [newNotice({ id: newId(), channel: row.channel, severity: row.severity, key: "posts_dead", values, now })];
}

function delivered(outcome: PostOutcome): Change {
  const { row, messageId, incident, plan, now, verdict, doubtSince } = outcome;
  const sent: OutboxRow = {
    ...row,
    state: "sent",
    sentAt: now,
    lastVerdict: verdict.kind,
    ...(messageId === undefined ? {} : { messageId }),
  };
  if (plan.place !== "incident" || !incident || messageId === undefined) return { rows: [sent], added: [] };
  const certain = doubtSince === undefined;
  return {
    rows: [sent],
    added: [],
    shown: shownBy(row, incident, messageId, { postedAt: doubtSince ?? now, now, certain }),
  };
}

/** Made by an earlier try whose answer was lost, then deleted by somebody: said, and posted anew once if it still burns. */
function madeAndDeleted(outcome: PostOutcome): Change {
  const { row, incident, plan, now, newId } = outcome;
  const sent: OutboxRow = { ...row, state: "sent", sentAt: now, lastVerdict: outcome.verdict.kind };
  const again = plan.place === "incident" && incident && incident.endedAt === undefined && !outcome.reposted;
  return {
    rows: [sent],
    added: again ? [announceAnew({ incident, channel: row.channel, now, newId }, "reposted")] : [],
  };
}

/** What the outcome of a post changes. */
export function settlePost(outcome: PostOutcome): Change {
  const { row, verdict, doubtSince, now, dueAt } = outcome;
  const lastVerdict = verdict.kind;
  switch (verdict.kind) {
    case "delivered":
      return delivered(outcome);
    case "already_made":
      return madeAndDeleted(outcome);
    case "wait":
      // Waiting for one's turn is no failure.
      return { rows: [returned(row, doubtSince, { dueAt, lastVerdict, attempts: row.attempts - 1 })], added: [] };
    case "edge_block":
    case "refused_bot":
    case "receiver_broken":
    case "unarchive":
      return { rows: [returned(row, doubtSince, { dueAt, lastVerdict })], added: [] };
    case "without_reply":
      return { rows: [returned(row, doubtSince, { dueAt: now, lastVerdict })], added: [] };
    case "retry": {
      const since = verdict.certain ? doubtSince : (doubtSince ?? row.sendingSince ?? now);
      return { rows: [returned(row, since, { dueAt, lastVerdict })], added: [] };
    }
    case "shrink":
      if (row.reduced < MOST_REDUCED) {
        return { rows: [returned(row, doubtSince, { dueAt: now, lastVerdict, reduced: row.reduced + 1 })], added: [] };
      }
      return dead(outcome);
    case "repost":
    case "continue_in_reply":
    case "success_exists":
    case "too_late":
    case "gone_for_good":
    case "dead":
      return dead(outcome);
    default:
      return assertNever(verdict);
  }
}

function dead(outcome: PostOutcome): Change {
  const { row, verdict } = outcome;
  return { rows: [{ ...row, state: "dead", lastVerdict: verdict.kind }], added: sayDead(outcome) };
}

export interface EditOutcome {
  readonly shown: ShownMessage;
  /** As it was rendered. */
  readonly incident: Incident;
  readonly verdict: Verdict;
  /** How far the content was cut down in this try. */
  readonly reduced: number;
  readonly now: number;
  readonly dueAt: number;
  readonly newId: () => string;
}

/** What the outcome of an edit changes. */
export function settleEdit(outcome: EditOutcome): Change {
  const { incident, verdict, now, dueAt } = outcome;
  const shown: ShownMessage = { ...outcome.shown, lastVerdict: verdict.kind };
  const { channel } = shown;
  switch (verdict.kind) {
    case "delivered":
      return {
        rows: [],
        added: [],
        shown: { ...shown, shownRevision: incident.revision, editedAt: now, dueAt: now, attempts: 0 },
      };
    case "repost": {
      const again = incident.endedAt === undefined && !shown.reposted;
      const added = again ? [announceAnew({ ...outcome, channel }, "reposted")] : [];
      return { rows: [], added, removed: { incident: incident.id, channel } };
    }
    case "continue_in_reply":
      return { rows: [], added: [announceAnew({ ...outcome, channel }, "continued")] };
    case "wait":
      return { rows: [], added: [], shown: { ...shown, dueAt } };
    case "shrink":
      if (outcome.reduced < MOST_REDUCED) return { rows: [], added: [], shown: { ...shown, dueAt: now } };
      return {
        rows: [],
        added: [],
        shown: { ...shown, shownRevision: incident.revision, attempts: shown.attempts + 1 },
      };
    case "retry":
    case "edge_block":
    case "refused_bot":
    case "receiver_broken":
    case "unarchive":
      return { rows: [], added: [], shown: { ...shown, dueAt, attempts: shown.attempts + 1 } };
    case "already_made":
    case "without_reply":
    case "success_exists":
    case "too_late":
    case "gone_for_good":
    case "dead":
      return {
        rows: [],
        added: [],
        shown: { ...shown, shownRevision: incident.revision, attempts: shown.attempts + 1 },
      };
    default:
      return assertNever(verdict);
  }
}
