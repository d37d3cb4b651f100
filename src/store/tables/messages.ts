import type { Database } from "better-sqlite3";

import type { ShownMessage } from "../../model/incident.js";
import { decodeBody, encodeBody } from "../body.js";
import type { ShownMessageTable } from "../contract.js";

interface Row {
  readonly body: string;
}

const toMessage = (row: Row): ShownMessage => decodeBody(row.body) as ShownMessage;

/** What stands where, and which of it is older than what is known. */
export function messageTable(db: Database): ShownMessageTable {
  const get = db.prepare<[string, string], Row>("SELECT body FROM message WHERE incident = ? AND channel = ?");
  const put = db.prepare<[string, string, number, string, number, number, string]>(
    `INSERT INTO message (incident, channel, shown_revision, wanted_revision, due_at, body)
     VALUES (?, ?, ?, coalesce((SELECT revision FROM incident WHERE id = ?), ?), ?, ?)
     ON CONFLICT (incident, channel) DO UPDATE SET shown_revision = excluded.shown_revision, wanted_revision = excluded.wanted_revision,
       due_at = excluded.due_at, body = excluded.body`,
  );
  const remove = db.prepare<[string, string]>("DELETE FROM message WHERE incident = ? AND channel = ?");
  const stale = db.prepare<[number, number], Row>(
    `SELECT message.body FROM message JOIN incident ON incident.id = message.incident
     WHERE message.shown_revision < message.wanted_revision AND message.due_at <= ?
     ORDER BY incident.ended_at IS NOT NULL, incident.rank DESC, message.due_at, incident.id LIMIT ?`,
  );
  const nextDueAt = db.prepare<[], { readonly at: number | null }>(
    "SELECT min(due_at) AS at FROM message WHERE shown_revision < wanted_revision",
  );
  return {
    get: (incident, channel) => {
      const row = get.get(incident, channel);
      return row && toMessage(row);
    },
    put: (row) => {
      const { incident, channel, shownRevision, dueAt } = row;
      put.run(incident, channel, shownRevision, incident, shownRevision, dueAt, encodeBody(row));
    },
    remove: (incident, channel) => void remove.run(incident, channel),
    stale: (now, limit) => stale.all(now, limit).map(toMessage),
    nextDueAt: () => nextDueAt.get()?.at ?? undefined,
  };
}
