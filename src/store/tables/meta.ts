import type { Database } from "better-sqlite3";

import { decodeBody, encodeBody } from "../body.js";
import type { MetaTable } from "../contract.js";

/** Small named values. Setting `undefined` removes one. */
export function metaTable(db: Database): MetaTable {
  const get = db.prepare<[string], { readonly body: string }>("SELECT body FROM meta WHERE key = ?");
  const set = db.prepare<[string, string]>(
    "INSERT INTO meta (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
  );
  const remove = db.prepare<[string]>("DELETE FROM meta WHERE key = ?");
  return {
    get: (key) => {
      const row = get.get(key);
      return row && decodeBody(row.body);
    },
    set: (key, value) => void (value === undefined ? remove.run(key) : set.run(key, encodeBody(value))),
  };
}
