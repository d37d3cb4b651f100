import { ALIVE } from "./carry.js";
import type { Engine } from "./engine.js";
import { SMALL_TABLES } from "./small-tables.js";
import type { SqlRow } from "./small-tables.js";

/** Newest rows of each table: a millisecond or two, and what is open on a bad day. */
const ROWS = 500;

/**
 * Keeps what is still alive in the connection's page cache, where it outlives damage to the file below. SQLite empties that cache whenever
 * another process has written, such as a command in the terminal; then everything alive is read once more.
 */
export class Warmth {
  /** SQLite's count of what others wrote, when the cache was last warm. */
  #version: number | undefined;
  #engine: Engine | undefined;
  #left: (typeof SMALL_TABLES)[number][] = [];

  /** Whether the cache was emptied meanwhile, which `slice` then mends. */
  look(engine: Engine): void {
    const version = Number(engine.db.pragma("data_version", { simple: true }));
    if (engine === this.#engine && version === this.#version) return;
    this.#engine = engine;
    this.#version = version;
    this.#left = [...SMALL_TABLES];
  }

  /** Reads one table; true while there is more. */
  slice(engine: Engine): boolean {
    const table = engine === this.#engine ? this.#left.pop() : undefined;
    if (!table) return false;
    const newest = table.key.map((column) => `${column} DESC`).join(", ");
    engine.db
      .prepare<[number], SqlRow>(`SELECT * FROM ${table.name} ${ALIVE[table.name] ?? ""} ORDER BY ${newest} LIMIT ?`)
      .all(ROWS);
    return true;
  }
}
