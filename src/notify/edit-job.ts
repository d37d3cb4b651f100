import { assertNever } from "../base/errors.js";
import type { FiledEntry } from "../message/storm.js";
import type { Incident, OutboxRow, ShownMessage } from "../model/incident.js";
import type { Message } from "../model/message.js";
import type { Tables } from "../store/contract.js";
import { DONE } from "./desk.js";
import type { Desk, JobEnd } from "./desk.js";
import { latenessOf, planEdit, showingOf } from "./plan.js";
import type { Showing } from "./plan.js";
import { keyOf } from "./post-job.js";
import { settleEdit } from "./settle.js";
import { verdict } from "./verdict.js";

const WAIT_FOR_SUCCESSOR_MS = 1_000;

interface Found {
  readonly shown: ShownMessage;
  readonly incident: Incident;
  readonly entries: readonly FiledEntry[];
  readonly rows: readonly OutboxRow[];
  /** The row that made the message; upkeep may have removed it. */
  readonly maker?: OutboxRow;
}

function find(desk: Desk, tables: Tables, id: string, channel: string): Found | undefined {
  const shown = tables.messages.get(id, channel);
  const incident = tables.incidents.get(id);
  if (!shown || !incident) return undefined;
  const rows = tables.outbox.ofIncident(id).filter((row) => row.channel === channel);
  const maker = rows.find((row) => row.id === shown.announcement);
  return { shown, incident, rows, entries: desk.entries.of(tables, id), ...(maker ? { maker } : {}) };
}

/** Brings one incident's message to its newest revision. */
export async function editJob(desk: Desk, incidentId: string, channel: string): Promise<JobEnd> {
  await desk.entries.prepare(incidentId);
  const startedAt = desk.clock.monotonic();
  const found = desk.store.read((tables) => find(desk, tables, incidentId, channel));
  if (!found) return DONE;
  const { shown, incident, rows } = found;
  const showing = showingOf(incident, found.entries);
  const happened = desk.shownHappenings.get(keyOf(shown)) !== showing.happenings;
  const plan = planEdit({ now: desk.clock.now(), shown, incident, rows, happened });
  switch (plan.do) {
    case "nothing":
      return DONE;
    case "wait":
      return { kind: "later", until: desk.clock.monotonic() + WAIT_FOR_SUCCESSOR_MS };
    case "leave":
      desk.log.debug({ incident: incident.number, why: plan.why }, "message left as it is");
      await desk.write("sender.leave", (tables) => tables.messages.put({ ...shown, shownRevision: incident.revision }));
      return DONE;
    case "edit":
      return await edit(desk, found, showing, startedAt);
    default:
      return assertNever(plan);
  }
}

function renderEdit(desk: Desk, { shown, incident, entries, maker }: Found): Message {
  // A message that came late keeps saying so.
  const lateMs = maker ? latenessOf(maker.createdAt, shown.postedAt) : undefined;
  return desk.render.incident({
    incident,
    entries,
    now: desk.clock.now(),
    ...(lateMs === undefined ? {} : { lateMs }),
  });
}

async function edit(desk: Desk, found: Found, showing: Showing, foundAt: number): Promise<JobEnd> {
  const { shown, incident, maker } = found;
  const { channel, messageId } = shown;
  const message = renderEdit(desk, found);
  const buildMs = desk.clock.monotonic() - foundAt;
  const gate = desk.enter(channel, "edit");
  if (!gate.open) return { kind: "later", until: gate.until };
  desk.built(channel, buildMs);
  try {
    const reduced = desk.reducedEdits.get(messageId) ?? maker?.reduced ?? 0;
    const startedAt = desk.clock.monotonic();
    const answer = await desk.receiver.edit({ channel, messageId, id: shown.announcement, message, reduced });
    desk.account(channel, "edit", answer, startedAt);
    const said = verdict("bot", "edit", answer);
    const detail = "detail" in answer ? answer.detail : "";
    const waitMs = desk.react(channel, "edit", said, {
      attempts: shown.attempts + 1,
      detail,
      startedAt,
      sent: answer.kind !== "not_sent",
    });
    const now = desk.clock.now();
    const change = settleEdit({ shown, incident, verdict: said, reduced, now, dueAt: now + waitMs, newId: desk.newId });
    if (said.kind !== "delivered" && said.kind !== "wait") {
      desk.log.warn({ incident: incident.number, channel, verdict: said.kind, detail }, "edit not accepted");
    }
    await desk.commit("sender.edited", change);
    if (said.kind === "shrink") desk.reducedEdits.set(messageId, reduced + 1);
    if (said.kind === "delivered") remember(desk, found, showing);
    return DONE;
  } finally {
    desk.troubles.leave(gate);
  }
}

/** Keeps what the message now shows; an incident that has ended needs no memory. */
function remember(desk: Desk, { shown, incident }: Found, showing: Showing): void {
  if (incident.endedAt === undefined) {
    desk.shownHappenings.set(keyOf(shown), showing.happenings);
    desk.shownEntries.set(keyOf(shown), showing.entries);
  } else {
    desk.entries.forget(incident.id);
    desk.shownHappenings.delete(keyOf(shown));
    desk.shownEntries.delete(keyOf(shown));
    desk.reducedEdits.delete(shown.messageId);
  }
}
