import type { Database } from "better-sqlite3";

import type { Alert } from "../../model/alert.js";
import { decodeBody, encodeBody } from "../body.js";
import type { AlertTable } from "../contract.js";

/** One row per fingerprint: the alert as it stands. */
export function alertTable(db: Database): AlertTable {
  const all = db.prepare<[], { readonly body: string }>("SELECT body FROM alert ORDER BY fingerprint");
  const put = db.prepare<[string, number, string]>(
    `INSERT INTO alert (fingerprint, last_sample_at, body) VALUES (?, ?, ?)
     ON CONFLICT (fingerprint) DO UPDATE SET last_sample_at = excluded.last_sample_at, body = excluded.body`,
  );
  const remove = db.prepare<[string]>("DELETE FROM alert WHERE fingerprint = ?");
  return {
    all: () => all.all().map((row) => decodeBody(row.body) as Alert),
    put: (alert) => void put.run(alert.fingerprint, alert.lastSampleAt, encodeBody(alert)),
    remove: (fingerprint) => void remove.run(fingerprint),
  };
}
