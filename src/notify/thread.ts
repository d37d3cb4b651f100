import type { Answer, LookupAnswer } from "../model/contract/receiver.js";
import type { Incident, IncidentAlert, OutboxRow } from "../model/incident.js";
import type { Desk, JobEnd } from "./desk.js";
import { DONE } from "./desk.js";
import { verdict } from "./verdict.js";
import type { Verdict } from "./verdict.js";

/** Where a row is posted and looked for: its thread, if it has one and that still takes it. */
export function placeOf(row: OutboxRow): string {
  return row.thread !== undefined && row.detour !== "channel" ? row.thread : row.channel;
}

interface ThreadLine {
  readonly row: OutboxRow;
  readonly incident: Incident;
  readonly entries: readonly IncidentAlert[];
  readonly thread: string;
}

/**
 * Sees to it that a message has its thread. `undefined`: it has, go on; otherwise the job is over for now. Where no thread can be
 * opened the line goes to the channel, as a reply: that is no trouble of the channel's.
 */
export async function ensureThread(desk: Desk, line: ThreadLine): Promise<JobEnd | undefined> {
  const { row, incident, entries, thread } = line;
  if (desk.openThreads.has(thread)) return undefined;
  const gate = desk.enter(row.channel, "open_thread");
  if (!gate.open) return { kind: "later", until: gate.until };
  try {
    const startedAt = desk.clock.monotonic();
    const name = desk.render.threadName({ incident, entries, now: desk.clock.now() });
    const answer = await desk.receiver.openThread({ channel: row.channel, messageId: thread, name });
    desk.account(row.channel, "open_thread", answer, startedAt);
    const said = verdict("bot", "open_thread", answer);
    const detail = "detail" in answer ? answer.detail : "";
    if (said.kind === "delivered" || said.kind === "success_exists") {
      desk.troubles.answered(row.channel, startedAt);
      desk.openThreads.add(thread);
      return undefined;
    }
    if (said.kind === "receiver_broken" || said.kind === "dead" || said.kind === "already_made") {
      desk.troubles.answered(row.channel, startedAt);
      desk.log.warn({ channel: row.channel, detail }, "a thread could not be opened; its line goes to the channel");
      await desk.write("sender.detour", (tables) => tables.outbox.put({ ...row, detour: "channel" }));
      return DONE;
    }
    const attempts = said.kind === "wait" ? row.attempts : row.attempts + 1;
    const sent = answer.kind !== "not_sent";
    const waitMs = desk.react(row.channel, "open_thread", said, { attempts, detail, startedAt, sent });
    const dueAt = desk.clock.now() + waitMs;
    await desk.write("sender.later", (tables) =>
      tables.outbox.put({ ...row, attempts, dueAt, lastVerdict: `open_thread: ${said.kind}` }),
    );
    return DONE;
  } finally {
    desk.troubles.leave(gate);
  }
}

/** What a thread's refusal makes of its line; `undefined`: it is no refusal of the thread's own. */
export async function refusedByThread(
  desk: Desk,
  row: OutboxRow,
  said: Verdict,
  answer: Answer,
): Promise<OutboxRow | undefined> {
  const { thread } = row;
  if (thread === undefined) return undefined;
  const { sendingSince: _sendingSince, ...rest } = row;
  const again: OutboxRow = { ...rest, state: "pending", dueAt: desk.clock.now(), lastVerdict: said.kind };
  if (said.kind === "unarchive" && row.detour === undefined) {
    const startedAt = desk.clock.monotonic();
    const opened = await desk.receiver.unarchive(thread);
    desk.account(thread, "edit", opened, startedAt);
    return { ...again, detour: "unarchived" };
  }
  if (said.kind === "receiver_broken" && isGone(answer)) {
    desk.openThreads.delete(thread);
    return { ...rest, state: "dropped", lastVerdict: "its thread was deleted" };
  }
  // Locked, or not for this bot to write in.
  if (said.kind === "unarchive" || said.kind === "receiver_broken") return { ...again, detour: "channel" };
  return undefined;
}

/** Whether an answer says that the thread is no more. */
export function isGone(answer: Answer | LookupAnswer): boolean {
  return answer.kind === "status" && answer.status === 404;
}
