import { assertNever } from "../base/errors.js";
import type { LookupAnswer } from "../model/contract/receiver.js";
import type { FiledEntry } from "../message/storm.js";
import type { OutboxRow, ShownMessage } from "../model/incident.js";
import type { Message } from "../model/message.js";
import type { Tables } from "../store/contract.js";
import { DONE } from "./desk.js";
import type { Desk, JobEnd } from "./desk.js";
import { becomesMessage, hasMaker, isExpired, isReply, latenessOf, planRow, showingOf } from "./plan.js";
import type { RowContext, RowPlan, Showing } from "./plan.js";
import { cleared, settlePost, shownBy } from "./settle.js";
import type { Change } from "./settle.js";
import { ensureThread, isGone, placeOf, refusedByThread } from "./thread.js";
import { verdict } from "./verdict.js";

/** A row that waits for its incident's message is looked at again after this; sooner when that message is sent. */
const WAIT_FOR_MESSAGE_MS = 1_000;

interface Found {
  readonly row: OutboxRow;
  readonly context: Omit<RowContext, "now" | "doubtMs">;
  readonly entries: readonly FiledEntry[];
}

function siblingsOf(tables: Tables, row: OutboxRow, incident: string): readonly OutboxRow[] {
  return tables.outbox.ofIncident(incident).filter((other) => other.channel === row.channel && other.id !== row.id);
}

/** Whether a row is a reply to a message that another row is about to make: it needs no turn yet. */
export function waitsForMessage(tables: Tables, row: OutboxRow): boolean {
  if (row.incident === undefined || tables.messages.get(row.incident, row.channel)) return false;
  return row.state === "pending" && isReply(row) && hasMaker(siblingsOf(tables, row, row.incident));
}

type PostPlan = Extract<RowPlan, { do: "post" }>;

function find(desk: Desk, tables: Tables, id: string): Found | undefined {
  const row = tables.outbox.get(id);
  if (!row || (row.state !== "pending" && row.state !== "sending")) return undefined;
  if (row.incident === undefined) return { row, context: { siblings: [] }, entries: [] };
  const incident = tables.incidents.get(row.incident);
  const shown = tables.messages.get(row.incident, row.channel);
  const siblings = siblingsOf(tables, row, row.incident);
  return {
    row,
    context: { siblings, ...(incident ? { incident } : {}), ...(shown ? { shown } : {}) },
    entries: desk.entries.of(tables, row.incident),
  };
}

/** Brings one row of the outbox one step on. */
export async function postJob(desk: Desk, id: string): Promise<JobEnd> {
  const incident = desk.store.read((tables) => tables.outbox.get(id)?.incident);
  if (incident !== undefined) await desk.entries.prepare(incident);
  const found = desk.store.read((tables) => find(desk, tables, id));
  if (!found) return DONE;
  const { row, context } = found;
  const doubtMs = desk.doubtMs(row);
  const plan = planRow(row, { ...context, now: desk.clock.now(), ...(doubtMs === undefined ? {} : { doubtMs }) });
  switch (plan.do) {
    case "wait":
      return { kind: "later", until: desk.clock.monotonic() + WAIT_FOR_MESSAGE_MS };
    case "drop":
      desk.log.info({ announcement: id, kind: row.kind, why: plan.why }, "announcement dropped");
      return await finish(desk, { ...row, state: "dropped", lastVerdict: plan.why });
    case "give_up":
      desk.log.error({ announcement: id, kind: row.kind, why: plan.why }, "announcement given up");
      return await finish(desk, { ...row, state: "dead", lastVerdict: plan.why });
    case "look_up":
      return await lookUp(desk, found, plan.since);
    case "post":
      return await post(desk, found, plan);
    default:
      return assertNever(plan);
  }
}

async function finish(desk: Desk, row: OutboxRow): Promise<JobEnd> {
  desk.endDoubt(row.id);
  await desk.write("sender.finish", (tables) => tables.outbox.put(row));
  return DONE;
}

function renderPost(desk: Desk, { row, context, entries }: Found, plan: PostPlan): Message {
  const now = desk.clock.now();
  const lateMs = latenessOf(row.createdAt, now);
  const { incident } = context;
  const view = { entries, announcement: row, now, ...(lateMs === undefined ? {} : { lateMs }) };
  // A post that stands in for the first one says everything; "posted anew" and "continued" carry their note.
  const whole = plan.place === "incident" && row.kind !== "reposted" && row.kind !== "continued";
  if (incident && whole) return desk.render.incident({ ...view, incident });
  return desk.render.announcement({ ...view, ...(incident ? { incident } : {}) });
}

/** Marks the row as being sent, and what it says beside itself as said. Committed before the request. */
async function markSending(desk: Desk, row: OutboxRow, plan: PostPlan): Promise<OutboxRow> {
  const sendingSince = row.state === "sending" && row.sendingSince !== undefined ? row.sendingSince : desk.clock.now();
  const thread = plan.thread === undefined ? {} : { thread: plan.thread };
  const marked: OutboxRow = { ...row, state: "sending", attempts: row.attempts + 1, sendingSince, ...thread };
  desk.beginDoubt(row);
  await desk.write("sender.begin", (tables) => {
    tables.outbox.put(marked);
    for (const id of plan.merges) {
      const merged = tables.outbox.get(id);
      if (merged?.state !== "pending") continue;
      tables.outbox.put({ ...merged, state: "dropped", lastVerdict: `merged into ${row.id}` });
    }
  });
  return marked;
}

async function post(desk: Desk, found: Found, plan: PostPlan): Promise<JobEnd> {
  const { row, context, entries } = found;
  const message = renderPost(desk, found, plan);
  const showing = context.incident && showingOf(context.incident, entries);
  const channel = plan.thread ?? row.channel;
  if (plan.thread !== undefined && context.incident && row.state === "pending") {
    const end = await ensureThread(desk, { row, incident: context.incident, entries, thread: plan.thread });
    if (end) return end;
  }
  const gate = desk.enter(channel, "post");
  if (!gate.open) return { kind: "later", until: gate.until };
  try {
    const doubtSince = row.state === "sending" ? row.sendingSince : undefined;
    const marked = await markSending(desk, row, plan);
    if (desk.closed) return DONE;
    const startedAt = desk.clock.monotonic();
    const replyTo = desk.noReplies.has(row.channel) ? undefined : plan.replyTo;
    const answer = await desk.receiver.post({
      channel,
      id: row.id,
      message,
      reduced: row.reduced,
      ...(replyTo === undefined ? {} : { replyTo }),
    });
    desk.account(channel, "post", answer, startedAt);
    const said = verdict("bot", "post", answer);
    const detail = "detail" in answer ? answer.detail : undefined;
    const refused = plan.thread === undefined ? undefined : await refusedByThread(desk, marked, said, answer);
    if (refused) {
      desk.troubles.answered(channel, startedAt);
      logOutcome(desk, row, said.kind, detail);
      return await finish(desk, refused);
    }
    if (said.kind === "without_reply") desk.noReplies.add(row.channel);
    const waitMs = desk.react(channel, "post", said, {
      attempts: marked.attempts,
      detail: detail ?? "",
      startedAt,
      sent: answer.kind !== "not_sent",
    });
    const now = desk.clock.now();
    const change = settlePost({
      row: marked,
      plan,
      verdict: said,
      reposted: row.kind === "reposted" || context.siblings.some((other) => other.kind === "reposted"),
      now,
      dueAt: now + waitMs,
      newId: desk.newId,
      ...(doubtSince === undefined ? {} : { doubtSince }),
      ...(answer.kind === "ok" ? { messageId: answer.messageId } : {}),
      ...(detail === undefined ? {} : { detail }),
      ...(context.incident ? { incident: context.incident } : {}),
    });
    logOutcome(desk, row, said.kind, detail);
    await settle(desk, row.id, change, showing);
    return DONE;
  } finally {
    desk.troubles.leave(gate);
  }
}

async function settle(desk: Desk, id: string, change: Change, showing?: Showing): Promise<void> {
  await desk.commit("sender.settle", change);
  if (desk.closed) return;
  if (!change.rows.some((row) => row.id === id && row.state === "sending")) desk.endDoubt(id);
  if (change.shown && showing) {
    desk.shownHappenings.set(keyOf(change.shown), showing.happenings);
    desk.shownEntries.set(keyOf(change.shown), showing.entries);
  }
}

/** One key per message that stands: incident and channel. */
export function keyOf(shown: Pick<ShownMessage, "incident" | "channel">): string {
  return `${shown.incident} ${shown.channel}`;
}

function logOutcome(desk: Desk, row: OutboxRow, kind: string, detail: string | undefined): void {
  const fields = { announcement: row.id, kind: row.kind, channel: row.channel, verdict: kind, detail };
  if (kind === "delivered" || kind === "wait") desk.log.debug(fields, "announcement answered");
  else if (kind === "dead" || (kind === "shrink" && row.reduced >= 2))
    desk.log.error(fields, "announcement refused for good");
  else desk.log.warn(fields, "announcement not accepted");
}

/** Searches the channel's history for a post whose answer was lost. */
async function lookUp(desk: Desk, found: Found, since: number): Promise<JobEnd> {
  const { row, context } = found;
  const channel = placeOf(row);
  const gate = desk.enter(channel, "look_up");
  if (!gate.open) return { kind: "later", until: gate.until };
  try {
    const startedAt = desk.clock.monotonic();
    const answer = await desk.receiver.find(channel, row.id, since);
    desk.account(channel, "look_up", answer, startedAt);
    if (channel !== row.channel && isGone(answer)) {
      return await finish(desk, { ...row, state: "dropped", lastVerdict: "its thread was deleted" });
    }
    const change = settleLookUp(desk, found, answer, { since, startedAt });
    await settle(desk, row.id, change);
    desk.log.info({ announcement: row.id, channel, answer: answer.kind }, "announcement looked up");
    if (context.incident && change.shown) {
      desk.shownHappenings.delete(keyOf(change.shown));
      desk.shownEntries.delete(keyOf(change.shown));
    }
    return DONE;
  } finally {
    desk.troubles.leave(gate);
  }
}

function settleLookUp(
  desk: Desk,
  { row, context }: Found,
  answer: LookupAnswer,
  { since, startedAt }: { readonly since: number; readonly startedAt: number },
): Change {
  const now = desk.clock.now();
  const channel = placeOf(row);
  if (answer.kind === "found" || answer.kind === "absent") desk.answered(channel, startedAt);
  if (answer.kind === "absent") return { rows: [cleared(row, now)], added: [] };
  if (answer.kind === "found") {
    const { messageId } = answer;
    const sent: OutboxRow = { ...row, state: "sent", sentAt: since, messageId, lastVerdict: "found" };
    const { incident, shown } = context;
    if (!incident || !becomesMessage(row, shown)) return { rows: [sent], added: [] };
    return {
      rows: [sent],
      added: [],
      shown: shownBy(row, incident, messageId, { postedAt: since, now, certain: false }),
    };
  }
  const said = verdict("bot", "look_up", answer);
  const unreadable = said.kind === "receiver_broken" && answer.kind === "status" && answer.status === 403;
  const attempts = row.attempts + 1;
  const waitMs = unreadable
    ? desk.troubles.historyUnreadable(channel, answer.detail, desk.moment(), startedAt)
    : desk.react(channel, "look_up", said, {
        attempts,
        detail: answer.detail,
        startedAt,
        sent: answer.kind !== "not_sent",
      });
  if (isExpired(row, context.incident, now)) {
    return { rows: [{ ...row, state: "dead", attempts, lastVerdict: `look_up: ${said.kind}` }], added: [] };
  }
  return {
    rows: [{ ...row, attempts, dueAt: now + Math.max(1_000, waitMs), lastVerdict: `look_up: ${said.kind}` }],
    added: [],
  };
}
