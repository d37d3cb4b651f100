import type { Database, Statement } from "better-sqlite3";

import type { AuditQuery } from "../../model/audit.js";
import type { AuditEntry } from "../contract.js";

/** Only the newest state of each action: the rows before it tell how it got there. */
const NEWEST_STATE = "NOT EXISTS (SELECT 1 FROM audit later WHERE later.id = audit.id AND later.seq > audit.seq)";

const CONDITIONS = {
  target: "target = :target",
  verb: "verb = :verb",
  // The key without the name behind it, as the index has it.
  who: "substr(principal, 1, instr(principal || ' ', ' ') - 1) = :who",
  // Times need not rise with the numbers: the clock may have been set back. So both are asked.
  // The plus keeps SQLite from looking for the smallest by walking the whole table.
  since: "seq >= (SELECT min(+seq) FROM audit WHERE at >= :since) AND at >= :since",
} as const satisfies Readonly<Record<keyof AuditQuery, string>>;

const NAMES = Object.keys(CONDITIONS) as readonly (keyof AuditQuery)[];

type Direction = "newest" | "before" | "after";
type Values = Readonly<Record<string, string | number>>;

/** Pages of the log, by whatever is asked: each combination is a statement of its own, prepared when it is first asked for. */
export class AuditPages {
  readonly #db: Database;
  readonly #columns: string;
  readonly #statements = new Map<string, Statement<[Values], AuditEntry>>();

  constructor(db: Database, columns: string) {
    this.#db = db;
    this.#columns = columns;
  }

  page(
    filter: AuditQuery,
    count: number,
    from: { readonly before: number } | { readonly after: number } | undefined,
  ): readonly AuditEntry[] {
    const direction: Direction = from === undefined ? "newest" : "before" in from ? "before" : "after";
    const place = from === undefined ? 0 : "before" in from ? from.before : from.after;
    const rows = this.#statement(filter, direction).all({ ...filter, count, place });
    return direction === "after" ? rows.reverse() : rows;
  }

  #statement(filter: AuditQuery, direction: Direction): Statement<[Values], AuditEntry> {
    const asked = NAMES.filter((name) => filter[name] !== undefined);
    const key = [direction, ...asked].join(" ");
    const found = this.#statements.get(key);
    if (found) return found;
    const place = { newest: [], before: ["seq < :place"], after: ["seq > :place"] }[direction];
    const where = [...asked.map((name) => CONDITIONS[name]), ...place, NEWEST_STATE].join(" AND ");
    const order = direction === "after" ? "ASC" : "DESC";
    const made = this.#db.prepare<[Values], AuditEntry>(
      `SELECT ${this.#columns} FROM audit WHERE ${where} ORDER BY seq ${order} LIMIT :count`,
    );
    this.#statements.set(key, made);
    return made;
  }
}
