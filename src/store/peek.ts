import { connect } from "./engine.js";
import { SMALL_TABLES } from "./small-tables.js";

/** Rows looked at of each table: those that a restart needs stand in few pages. */
const ROWS = 20;

/**
 * Reads a little of every small table through a connection of its own, as the next start would: what is open answers from pages that it
 * has in memory, and does not notice that the file below it was overwritten. About a millisecond. Throws what SQLite says of damage.
 */
export function peek(file: string): void {
  const db = connect(file, { readOnly: true });
  try {
    db.pragma("schema_version");
    for (const { name, key } of SMALL_TABLES) {
      db.prepare(
        `SELECT * FROM ${name} ORDER BY ${key.map((column) => `${column} DESC`).join(", ")} LIMIT ${ROWS}`,
      ).all();
    }
  } finally {
    db.close();
  }
}
