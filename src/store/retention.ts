import type { Database, Statement } from "better-sqlite3";

import type { AuditTable } from "./contract.js";
import { ROLLUPS } from "./rollup.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long things are kept, and how large the file may become. Milliseconds and bytes. */
export interface RetentionLimits {
  readonly rawMs: number;
  readonly fiveMinutesMs: number;
  readonly hourlyMs: number;
  readonly auditMs: number;
  /** Samples only: the small tables are never cut for size. */
  readonly maxBytes: number;
}

export const RETENTION: RetentionLimits = {
  rawMs: 48 * HOUR_MS,
  fiveMinutesMs: 35 * DAY_MS,
  hourlyMs: 400 * DAY_MS,
  auditMs: 400 * DAY_MS,
  maxBytes: 512 * 1024 * 1024,
};

/** Announcements that were made or given up, and identifies; the budget looks back a day at most. */
const OUTBOX_MS = 30 * DAY_MS;
const IDENTIFY_MS = 3 * DAY_MS;
/** So many actions stay whatever their age: a clock that is wrong by years must not empty the log. */
const AUDIT_ROWS = 1_000;
/** Rows deleted in one slice. */
const SLICE_ROWS = 150;
/** Free pages are given back from here on, so many at a time. */
const FREE_PAGES = 512;
const VACUUM_PAGES = 64;

type Delete = Statement<[number, number]>;

/** Ageing and the bound of size. */
export class Retention {
  readonly #db: Database;
  readonly #audit: Pick<AuditTable, "removeOld">;
  readonly #limits: RetentionLimits;
  readonly #byAge: readonly { readonly statement: Delete; readonly keepMs: number }[];
  readonly #emptySeries: Statement<[number, number]>;
  readonly #oldestBlocks: Statement<[number]>;
  readonly #oldestRollups: Statement<[string, number]>;

  constructor(db: Database, audit: Pick<AuditTable, "removeOld">, limits: RetentionLimits) {
    this.#db = db;
    this.#audit = audit;
    this.#limits = limits;
    const row = (level: keyof typeof ROLLUPS): number => ROLLUPS[level].rowMs;
    const first = (from: string): Delete => db.prepare(`DELETE ${from} LIMIT ?`);
    this.#byAge = [
      { statement: first("FROM block WHERE to_at < ? ORDER BY to_at"), keepMs: limits.rawMs },
      // A row goes when its last bucket is too old.
      { statement: first("FROM rollup WHERE level = '5m' AND start < ?"), keepMs: limits.fiveMinutesMs + row("5m") },
      { statement: first("FROM rollup WHERE level = '1h' AND start < ?"), keepMs: limits.hourlyMs + row("1h") },
      { statement: first("FROM incident WHERE ended_at < ?"), keepMs: limits.hourlyMs },
      {
        statement: first("FROM outbox WHERE state NOT IN ('pending', 'sending') AND created_at < ?"),
        keepMs: OUTBOX_MS,
      },
      { statement: first("FROM action WHERE planned_at < ?"), keepMs: limits.auditMs },
      { statement: first("FROM identify WHERE at < ?"), keepMs: IDENTIFY_MS },
      { statement: first("FROM panel WHERE expires_at < ?"), keepMs: 0 },
    ];
    this.#emptySeries = db.prepare(
      `DELETE FROM series WHERE id IN (
         SELECT id FROM series WHERE last_at < ?
           AND NOT EXISTS (SELECT 1 FROM head WHERE head.source = series.source)
           AND NOT EXISTS (SELECT 1 FROM block WHERE block.series = series.id)
           AND NOT EXISTS (SELECT 1 FROM rollup WHERE rollup.series = series.id) LIMIT ?)`,
    );
    this.#oldestBlocks = db.prepare("DELETE FROM block ORDER BY to_at LIMIT ?");
    this.#oldestRollups = db.prepare("DELETE FROM rollup WHERE level = ? ORDER BY start LIMIT ?");
  }

  /** Within a transaction: one kind of rows; true while there is more. */
  slice(now: number): boolean {
    for (const { statement, keepMs } of this.#byAge) {
      if (statement.run(now - keepMs, SLICE_ROWS).changes > 0) return true;
    }
    if (this.#audit.removeOld(now - this.#limits.auditMs, AUDIT_ROWS, SLICE_ROWS) > 0) return true;
    if (this.#emptySeries.run(now - this.#limits.hourlyMs, SLICE_ROWS).changes > 0) return true;
    return this.usedBytes() > this.#limits.maxBytes && this.#cut();
  }

  /** Gives free pages back to the disk, a few at a time; true while there are more. */
  vacuumSlice(): boolean {
    if (this.#pragma("freelist_count") < FREE_PAGES) return false;
    this.#db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    return true;
  }

  /** Bytes in use: pages of the file that are not free. */
  usedBytes(): number {
    return (this.#pragma("page_count") - this.#pragma("freelist_count")) * this.#pragma("page_size");
  }

  /** The finest first: what is lost then is detail, not the past. */
  #cut(): boolean {
    if (this.#oldestBlocks.run(SLICE_ROWS).changes > 0) return true;
    if (this.#oldestRollups.run("5m", SLICE_ROWS).changes > 0) return true;
    return this.#oldestRollups.run("1h", SLICE_ROWS).changes > 0;
  }

  #pragma(name: string): number {
    return this.#db.pragma(name, { simple: true }) as number;
  }
}
