import type { Database } from "better-sqlite3";

import type { OutboxRow, OutboxState } from "../../model/incident.js";
import { SEVERITY_RANK } from "../../model/rule.js";
import { decodeBody, encodeBody } from "../body.js";
import type { OutboxTable } from "../contract.js";

interface Row {
  readonly body: string;
}

type Columns = [
  id: string,
  state: string,
  rank: number,
  dueAt: number,
  createdAt: number,
  incident: string | null,
  body: string,
];

const toRow = (row: Row): OutboxRow => decodeBody(row.body) as OutboxRow;

const columnsOf = (row: OutboxRow): Columns => [
  row.id,
  row.state,
  SEVERITY_RANK[row.severity],
  row.dueAt,
  row.createdAt,
  row.incident ?? null,
  encodeBody(row),
];

const WAITING = "state IN ('pending', 'sending')";

/** Announcements that are to be made, being made, or made. */
export function outboxTable(db: Database): OutboxTable {
  const insert =
    "INSERT INTO outbox (id, state, rank, due_at, created_at, incident, body) VALUES (?, ?, ?, ?, ?, ?, ?)";
  const add = db.prepare<Columns>(insert);
  const put = db.prepare<Columns>(
    `${insert} ON CONFLICT (id) DO UPDATE SET state = excluded.state, rank = excluded.rank, due_at = excluded.due_at,
       created_at = excluded.created_at, incident = excluded.incident, body = excluded.body`,
  );
  const get = db.prepare<[string], Row>("SELECT body FROM outbox WHERE id = ?");
  const stateOf = db.prepare<[string], { readonly state: OutboxState }>("SELECT state FROM outbox WHERE id = ?");
  const due = db.prepare<[number, number], Row>(
    `SELECT body FROM outbox WHERE ${WAITING} AND due_at <= ? ORDER BY rank DESC, created_at, id LIMIT ?`,
  );
  const nextDueAt = db.prepare<[], { readonly at: number | null }>(
    `SELECT min(due_at) AS at FROM outbox WHERE ${WAITING}`,
  );
  const ofIncident = db.prepare<[string], Row>("SELECT body FROM outbox WHERE incident = ? ORDER BY created_at, id");
  const waiting = db.prepare<[number, string, number], Row>(
    `SELECT body FROM outbox WHERE ${WAITING} AND (due_at, id) > (?, ?) ORDER BY due_at, id LIMIT ?`,
  );
  const depth = db.prepare<[], { readonly count: number; readonly oldest: number | null }>(
    `SELECT count(*) AS count, min(created_at) AS oldest FROM outbox WHERE ${WAITING}`,
  );
  const dead = db.prepare<[], { readonly count: number }>("SELECT count(*) AS count FROM outbox WHERE state = 'dead'");
  return {
    add: (row) => void add.run(...columnsOf(row)),
    get: (id) => {
      const row = get.get(id);
      return row && toRow(row);
    },
    stateOf: (id) => stateOf.get(id)?.state,
    put: (row) => void put.run(...columnsOf(row)),
    due: (now, limit) => due.all(now, limit).map(toRow),
    waiting: ({ dueAt, id }, limit) => waiting.all(dueAt, id, limit).map(toRow),
    nextDueAt: () => nextDueAt.get()?.at ?? undefined,
    ofIncident: (incident) => ofIncident.all(incident).map(toRow),
    depth: () => {
      const { count, oldest } = depth.get() ?? { count: 0, oldest: null };
      return {
        pending: count,
        ...(oldest === null ? {} : { oldestCreatedAt: oldest }),
        dead: dead.get()?.count ?? 0,
      };
    },
  };
}
