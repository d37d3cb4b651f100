import type { Database } from "better-sqlite3";

import type { ActionRecord } from "../../model/action-record.js";
import { decodeBody, encodeBody } from "../body.js";
import type { ActionTable } from "../contract.js";

interface Row {
  readonly body: string;
}

const toRecord = (row: Row): ActionRecord => decodeBody(row.body) as ActionRecord;

/** Actions, one row each. */
export function actionTable(db: Database): ActionTable {
  const put = db.prepare<[string, string, string, number, number | null, string]>(
    `INSERT INTO action (id, target, state, planned_at, started_at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, started_at = excluded.started_at, body = excluded.body`,
  );
  const get = db.prepare<[string], Row>("SELECT body FROM action WHERE id = ?");
  // Ids sort by time.
  const live = db.prepare<[], Row>(
    "SELECT body FROM action WHERE state IN ('planned', 'approved', 'started') ORDER BY id",
  );
  const started = db.prepare<[string, number], Row>(
    "SELECT body FROM action WHERE target = ? AND started_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT ?",
  );
  const since = db.prepare<[string, number], Row>(
    "SELECT body FROM action WHERE target = ? AND started_at > ? ORDER BY started_at DESC, id DESC",
  );
  const unlogged = db.prepare<[], Row>("SELECT body FROM action WHERE body LIKE '%\"unlogged\":true%' ORDER BY id");
  return {
    put: (record) =>
      void put.run(
        record.id,
        record.target,
        record.state,
        record.plannedAt,
        record.startedAt ?? null,
        encodeBody(record),
      ),
    get: (id) => {
      const row = get.get(id);
      return row && toRecord(row);
    },
    live: () => live.all().map(toRecord),
    started: (target, count) => started.all(target, count).map(toRecord),
    startedSince: (target, at) => since.all(target, at).map(toRecord),
    unlogged: () =>
      unlogged
        .all()
        .map(toRecord)
        .filter((record) => record.unlogged === true),
  };
}
