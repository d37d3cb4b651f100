import type { Database } from "better-sqlite3";

import type { Run } from "../../model/run.js";
import { decodeBody, encodeBody } from "../body.js";
import type { RunTable } from "../contract.js";

interface Row {
  readonly body: string;
}

/** The latest run of each target. */
export function runTable(db: Database): RunTable {
  const put = db.prepare<[string, number, string]>(
    `INSERT INTO run (target, at, body) VALUES (?, ?, ?) ON CONFLICT (target) DO UPDATE SET at = excluded.at, body = excluded.body`,
  );
  const latest = db.prepare<[string], Row>("SELECT body FROM run WHERE target = ?");
  const all = db.prepare<[], Row>("SELECT body FROM run ORDER BY target");
  const remove = db.prepare<[string]>("DELETE FROM run WHERE target = ?");
  return {
    put: (run) => void put.run(run.target, run.at, encodeBody(run)),
    latest: (target) => {
      const row = latest.get(target);
      return row && (decodeBody(row.body) as Run);
    },
    all: () => all.all().map((row) => decodeBody(row.body) as Run),
    remove: (target) => void remove.run(target),
  };
}
