import type { Database } from "better-sqlite3";

import type { Incident, IncidentAlert } from "../../model/incident.js";
import { SEVERITY_RANK } from "../../model/rule.js";
import { decodeBody, encodeBody } from "../body.js";
import type { IncidentTable } from "../contract.js";

interface Row {
  readonly body: string;
}

const toIncident = (row: Row): Incident => decodeBody(row.body) as Incident;
const toEntry = (row: Row): IncidentAlert => decodeBody(row.body) as IncidentAlert;

interface PlacedRow extends Row {
  readonly revision: number;
  readonly episode: string;
}

function incidentStatements(db: Database) {
  return {
    get: db.prepare<[string], Row>("SELECT body FROM incident WHERE id = ?"),
    byNumber: db.prepare<[number], Row>("SELECT body FROM incident WHERE number = ?"),
    open: db.prepare<[], Row>("SELECT body FROM incident WHERE ended_at IS NULL ORDER BY opened_at, id"),
    latest: db.prepare<[string, string], Row>(
      "SELECT body FROM incident WHERE channel = ? AND group_key = ? ORDER BY opened_at DESC, id DESC LIMIT 1",
    ),
    openedSince: db.prepare<[string, number], Row>(
      "SELECT body FROM incident WHERE channel = ? AND opened_at >= ? ORDER BY opened_at, id",
    ),
    endedSince: db.prepare<[number], Row>("SELECT body FROM incident WHERE ended_at >= ? ORDER BY ended_at, id"),
    nextNumber: db.prepare<[], { readonly next: number }>("SELECT coalesce(max(number), 0) + 1 AS next FROM incident"),
    put: db.prepare<[string, number, string, string, number, number, number, number | null, string]>(
      `INSERT INTO incident (id, number, channel, group_key, revision, rank, opened_at, ended_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET number = excluded.number, channel = excluded.channel, group_key = excluded.group_key,
         revision = excluded.revision, rank = excluded.rank, opened_at = excluded.opened_at, ended_at = excluded.ended_at, body = excluded.body`,
    ),
    want: db.prepare<[number, string]>("UPDATE message SET wanted_revision = ? WHERE incident = ?"),
  };
}

function entryStatements(db: Database) {
  return {
    of: db.prepare<[string], Row>("SELECT body FROM entry WHERE incident = ? ORDER BY joined_at, episode"),
    since: db.prepare<[string, number, string, number], PlacedRow>(
      `SELECT revision, episode, body FROM entry WHERE incident = ? AND (revision, episode) > (?, ?)
       ORDER BY revision, episode LIMIT ?`,
    ),
    beyond: db.prepare<[string, number]>("SELECT 1 FROM entry WHERE incident = ? LIMIT 1 OFFSET ?"),
    ofEpisode: db.prepare<[string], Row>(
      `SELECT entry.body FROM entry JOIN incident ON incident.id = entry.incident
       WHERE entry.episode = ? AND incident.ended_at IS NULL ORDER BY incident.opened_at, incident.id`,
    ),
    put: db.prepare<[string, string, number, string, string]>(
      `INSERT INTO entry (incident, episode, joined_at, revision, body)
       VALUES (?, ?, ?, coalesce((SELECT revision FROM incident WHERE id = ?), 0), ?)
       ON CONFLICT (incident, episode) DO UPDATE SET joined_at = excluded.joined_at, revision = excluded.revision, body = excluded.body`,
    ),
  };
}

/** Incidents and their entries. A change of an incident's revision marks its messages as due for an edit. */
export function incidentTable(db: Database): IncidentTable {
  const incident = incidentStatements(db);
  const entry = entryStatements(db);
  const optional = (row: Row | undefined): Incident | undefined => row && toIncident(row);
  return {
    get: (id) => optional(incident.get.get(id)),
    byNumber: (number) => optional(incident.byNumber.get(number)),
    open: () => incident.open.all().map(toIncident),
    latest: (channel, group) => optional(incident.latest.get(channel, group)),
    openedSince: (channel, since) => incident.openedSince.all(channel, since).map(toIncident),
    endedSince: (since) => incident.endedSince.all(since).map(toIncident),
    nextNumber: () => incident.nextNumber.get()?.next ?? 1,
    put: (row) => {
      incident.put.run(
        row.id,
        row.number,
        row.channel,
        row.group,
        row.revision,
        SEVERITY_RANK[row.announcedSeverity],
        row.openedAt,
        row.endedAt ?? null,
        encodeBody(row),
      );
      incident.want.run(row.revision, row.id);
    },
    entries: (id) => entry.of.all(id).map(toEntry),
    entriesSince: (id, place, limit) => {
      const rows = entry.since.all(id, place.revision, place.episode, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      const next = last && { revision: last.revision, episode: last.episode };
      return { entries: rows.map(toEntry), ...(next ? { next } : {}) };
    },
    holdsMore: (id, than) => entry.beyond.get(id, than) !== undefined,
    entriesOfEpisode: (episode) => entry.ofEpisode.all(episode).map(toEntry),
    putEntry: (row) => void entry.put.run(row.incident, row.episode, row.joinedAt, row.incident, encodeBody(row)),
  };
}
