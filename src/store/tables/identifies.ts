import { randomUUID } from "node:crypto";

import type { Database } from "better-sqlite3";

import type { IdentifyTable } from "../contract.js";

/** Starts of the process and IDENTIFYs sent to the gateway: what the identify budget counts. */
export function identifyTable(db: Database): IdentifyTable {
  const add = db.prepare<[string, string, number]>("INSERT INTO identify (id, kind, at) VALUES (?, ?, ?)");
  const since = db.prepare<[string, number], { readonly at: number }>(
    "SELECT at FROM identify WHERE kind = ? AND at >= ? ORDER BY at",
  );
  return {
    add: (kind, at) => void add.run(randomUUID(), kind, at),
    since: (kind, at) => since.all(kind, at).map((row) => row.at),
  };
}
