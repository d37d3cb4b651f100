import type { Database } from "better-sqlite3";

import { decodeBody, encodeBody } from "../body.js";
import type { Panel, PanelTable } from "../contract.js";

/** State behind buttons, selects and confirmations. An expired one is as good as none. */
export function panelTable(db: Database): PanelTable {
  const put = db.prepare<[string, number, string]>(
    `INSERT INTO panel (id, expires_at, body) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, body = excluded.body`,
  );
  const get = db.prepare<[string, number], { readonly body: string }>(
    "SELECT body FROM panel WHERE id = ? AND expires_at > ?",
  );
  const sweep = db.prepare<[number]>("DELETE FROM panel WHERE expires_at <= ?");
  return {
    put: (panel) => void put.run(panel.id, panel.expiresAt, encodeBody(panel)),
    get: (id, now) => {
      const row = get.get(id, now);
      return row && (decodeBody(row.body) as Panel);
    },
    sweep: (now) => sweep.run(now).changes,
  };
}
