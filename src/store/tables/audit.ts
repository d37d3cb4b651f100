import { createHash } from "node:crypto";

import type { Database } from "better-sqlite3";

import type { AuditEntry, AuditLink, AuditRow, AuditStretch, AuditTable, MetaTable } from "../contract.js";
import { AUDIT_ANCHOR_KEY, readAnchor } from "./audit-anchor.js";
import { AuditPages } from "./audit-pages.js";

/** What the first row follows from. */
const ROOT: AuditLink = { seq: 0, hash: "0".repeat(64) };

interface Row extends AuditEntry {
  readonly hash: string;
}

const ENTRY_COLUMNS = "seq, id, at, principal, verb, target, reason, state, detail";
const COLUMNS = `${ENTRY_COLUMNS}, hash`;

/** SHA-256 over the hash before and the row as one canonical text: a changed, inserted or missing row breaks every later hash. */
export function auditHash(previous: string, row: AuditRow): string {
  const canonical = [row.id, row.at, row.principal, row.verb, row.target, row.reason, row.state, row.detail];
  return createHash("sha256").update(previous).update(JSON.stringify(canonical)).digest("hex");
}

function withoutHash({ hash: _hash, ...entry }: Row): AuditEntry {
  return entry;
}

function withoutChain({ seq: _seq, hash: _hash, ...row }: Row): AuditRow {
  return row;
}

/** Whether each row follows from the one before it, the first from `from`. */
function checked(from: AuditLink, rows: readonly Row[], more: boolean): AuditStretch {
  let last = from;
  for (const [index, row] of rows.entries()) {
    if (auditHash(last.hash, row) !== row.hash) return { ok: false, rows: index, broken: withoutHash(row) };
    last = { seq: row.seq, hash: row.hash };
  }
  return { ok: true, rows: rows.length, last, more };
}

/** The log of actions: appended to at its end; at its beginning rows leave by age, and an anchor stays. */
export function auditTable(db: Database, meta: Pick<MetaTable, "get" | "set">): AuditTable {
  const last = db.prepare<[], AuditLink>("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
  const append = db.prepare<[number, string, number, string, string, string, string, string, string, string]>(
    `INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const newest = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?`);
  const before = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM audit WHERE seq < (SELECT min(seq) FROM audit WHERE id = ?) ORDER BY seq DESC LIMIT ?`,
  );
  const behind = db.prepare<[number, number], Row>(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`);
  const issued = db.prepare<[], { readonly seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
  const rowsAfter = db.prepare<[number], { readonly rows: number }>("SELECT count(*) AS rows FROM audit WHERE seq > ?");
  const find = db.prepare<[string], { readonly seq: number }>("SELECT seq FROM audit WHERE hash = ?");
  const oldest = db.prepare<[number], Pick<Row, "seq" | "at" | "hash">>(
    "SELECT seq, at, hash FROM audit ORDER BY seq LIMIT ?",
  );
  const remove = db.prepare<[number]>("DELETE FROM audit WHERE seq <= ?");
  const pages = new AuditPages(db, ENTRY_COLUMNS);

  const head = (): AuditLink | undefined => last.get() ?? readAnchor(meta);
  const issuedSeq = (): number => issued.get()?.seq ?? 0;
  const follow = (from: AuditLink | undefined, count: number): AuditStretch => {
    const anchor = readAnchor(meta);
    // Rows may have left since the last stretch: the anchor then takes the place of the last one looked at.
    const start = anchor !== undefined && anchor.seq > (from?.seq ?? 0) ? anchor : (from ?? ROOT);
    const rows = behind.all(start.seq, count);
    return checked(start, rows, rows.length === count);
  };

  return {
    append: (row) => {
      const { seq, hash: previous } = head() ?? ROOT;
      const hash = auditHash(previous, row);
      // Said here: in a file that took the place of a damaged one, only the anchor knows how far the numbers were.
      const next = Math.max(seq, issuedSeq()) + 1;
      append.run(next, row.id, row.at, row.principal, row.verb, row.target, row.reason, row.state, row.detail, hash);
    },
    newest: (count, id) => (id === undefined ? newest.all(count) : before.all(id, count)).map(withoutChain),
    page: (filter, count, from) => pages.page(filter, count, from),
    head,
    anchor: () => readAnchor(meta),
    issued: issuedSeq,
    rowsAfter: (seq) => rowsAfter.get(seq)?.rows ?? 0,
    find: (hash) => {
      const anchor = readAnchor(meta);
      return anchor?.hash === hash ? anchor.seq : find.get(hash)?.seq;
    },
    follow,
    verify: () => {
      const whole = follow(undefined, -1);
      return whole.ok ? { ok: true, rows: whole.rows, head: whole.last.hash } : { ok: false, at: whole.broken.id };
    },
    removeOld: (olderThan, keep, count) => {
      const end = last.get();
      if (!end) return 0;
      let gone: AuditLink | undefined;
      let removed = 0;
      for (const { seq, at, hash } of oldest.all(count)) {
        if (at >= olderThan || seq > end.seq - keep) break;
        gone = { seq, hash };
        removed += 1;
      }
      if (!gone) return 0;
      meta.set(AUDIT_ANCHOR_KEY, { ...gone, removed: (readAnchor(meta)?.removed ?? 0) + removed });
      remove.run(gone.seq);
      return removed;
    },
  };
}
