import type { Database } from "better-sqlite3";

import type { Incident } from "../model/incident.js";
import { decodeBody, encodeBody } from "./body.js";

interface Row {
  readonly id: string;
  readonly body: string;
}

const UPDATE = "UPDATE incident SET number = ?, revision = ?, ended_at = ?, body = ? WHERE id = ?";

function save(db: Database, incident: Incident): void {
  const { number, revision, endedAt, id } = incident;
  db.prepare(UPDATE).run(number, revision, endedAt ?? null, encodeBody(incident), id);
  db.prepare("UPDATE message SET wanted_revision = ? WHERE incident = ?").run(revision, id);
}

/**
 * Makes room in the file for an incident that was opened while the file's own incidents could not be read: a number that is taken
 * there is replaced, and an open incident of the same group and channel is ended as *gone*, because the new one has taken its place.
 * Does nothing when the file knows the incident.
 */
export function settleIncident(memory: Database, file: Database, id: string, now: number): void {
  if (file.prepare("SELECT 1 FROM incident WHERE id = ?").get(id)) return;
  const row = memory.prepare<[string], Row>("SELECT id, body FROM incident WHERE id = ?").get(id);
  if (!row) return;
  const incident = decodeBody(row.body) as Incident;
  const highest = (db: Database): number =>
    db.prepare<[], { readonly top: number | null }>("SELECT max(number) AS top FROM incident").get()?.top ?? 0;
  if (file.prepare("SELECT 1 FROM incident WHERE number = ?").get(incident.number)) {
    const number = Math.max(highest(memory), highest(file)) + 1;
    save(memory, { ...incident, number, revision: incident.revision + 1 });
  }
  if (incident.endedAt !== undefined) return;
  const rivals = file
    .prepare<[string, string], Row>(
      "SELECT id, body FROM incident WHERE channel = ? AND group_key = ? AND ended_at IS NULL",
    )
    .all(incident.channel, incident.group);
  for (const rival of rivals) {
    const old = decodeBody(rival.body) as Incident;
    save(file, { ...old, endedAt: now, outcome: "gone", revision: old.revision + 1 });
  }
}
