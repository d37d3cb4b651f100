import { createHash } from "node:crypto";

import type { Database } from "better-sqlite3";

import type { AuditRow, AuditTable } from "../contract.js";

/** What the first row follows from. */
const ROOT = "0".repeat(64);

interface Row extends AuditRow {
  readonly seq: number;
  readonly hash: string;
}

const COLUMNS = "seq, id, at, principal, verb, target, reason, state, detail, hash";

/** SHA-256 over the hash before and the row as one canonical text: a changed, inserted or missing row breaks every later hash. */
export function auditHash(previous: string, row: AuditRow): string {
  const canonical = [row.id, row.at, row.principal, row.verb, row.target, row.reason, row.state, row.detail];
  return createHash("sha256").update(previous).update(JSON.stringify(canonical)).digest("hex");
}

function withoutChain({ seq: _seq, hash: _hash, ...row }: Row): AuditRow {
  return row;
}

/** The log of actions: only ever appended to. */
export function auditTable(db: Database): AuditTable {
  const head = db.prepare<[], { readonly hash: string }>("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1");
  const append = db.prepare<[string, number, string, string, string, string, string, string, string]>(
    "INSERT INTO audit (id, at, principal, verb, target, reason, state, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const newest = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?`);
  const before = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM audit WHERE seq < (SELECT min(seq) FROM audit WHERE id = ?) ORDER BY seq DESC LIMIT ?`,
  );
  const inOrder = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM audit ORDER BY seq`);
  return {
    append: (row) => {
      const hash = auditHash(head.get()?.hash ?? ROOT, row);
      append.run(row.id, row.at, row.principal, row.verb, row.target, row.reason, row.state, row.detail, hash);
    },
    newest: (count, id) => (id === undefined ? newest.all(count) : before.all(id, count)).map(withoutChain),
    verify: () => {
      let previous = ROOT;
      let rows = 0;
      for (const row of inOrder.iterate()) {
        if (auditHash(previous, row) !== row.hash) return { ok: false, at: row.id };
        previous = row.hash;
        rows += 1;
      }
      return { ok: true, rows, head: previous };
    },
  };
}
