import type { Database, Statement } from "better-sqlite3";

import { messageOf } from "../base/errors.js";
import type { Engine } from "./engine.js";
import { settleIncident } from "./settle-incident.js";
import { SMALL_TABLES } from "./small-tables.js";
import type { SmallTable, SqlRow, SqlValue } from "./small-tables.js";

const DAY_MS = 24 * 3_600_000;
/** So many of the newest runs go along into memory: half an hour of 60 targets every minute. */
const CARRIED_RUNS = 2_000;
/** Rows of one transaction while merging back. */
const SLICE_ROWS = 100;
const SLICE_RUNS = 20;

/** What could not be read of the old file, by table. */
export type Losses = readonly { readonly table: string; readonly detail: string }[];

function columnsOf(db: Database, table: string): string[] {
  return (db.pragma(`table_info(${table})`) as { readonly name: string }[]).map(({ name }) => name);
}

function insertInto(
  db: Database,
  table: string,
  columns: readonly string[],
  suffix: string = "",
): (row: SqlRow) => void {
  const statement = db.prepare<SqlValue[]>(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) ${suffix}`,
  );
  return (row) => void statement.run(...columns.map((column) => row[column] ?? null));
}

/** Samples: the names, the newest runs, and each series' newest block, so that rules find the recent past. */
const SAMPLE_QUERIES: readonly (readonly [table: string, tail: string])[] = [
  ["source", ""],
  ["series", ""],
  ["head", `WHERE seq > (SELECT coalesce(max(seq), 0) FROM head) - ${CARRIED_RUNS}`],
  ["block", "JOIN (SELECT series, max(seq) AS seq FROM block GROUP BY series) USING (series, seq)"],
];

/** Copies what can be read; a row or table that cannot be read does not keep the others from coming along. */
function copyTable(from: Database, to: Database, table: string, tail: string): void {
  const known = new Set(columnsOf(from, table));
  const columns = columnsOf(to, table).filter((column) => known.has(column));
  const qualified = columns.map((column) => (tail.startsWith("JOIN") ? column : `${table}.${column}`));
  const insert = insertInto(to, table, columns, "ON CONFLICT DO NOTHING");
  for (const row of from.prepare<[], SqlRow>(`SELECT ${qualified.join(", ")} FROM ${table} ${tail}`).iterate())
    insert(row);
}

const OPEN_OR_LAST = "ended_at IS NULL OR number = (SELECT max(number) FROM incident)";
const CARRIED_INCIDENTS = `IN (SELECT id FROM incident WHERE ${OPEN_OR_LAST} OR ended_at > (SELECT max(ended_at) FROM incident) - ${DAY_MS})`;

/** What of the small tables is still alive: the long past stays in the file. */
export const ALIVE: Readonly<Record<string, string>> = {
  incident: `WHERE id ${CARRIED_INCIDENTS}`,
  entry: `WHERE incident ${CARRIED_INCIDENTS}`,
  message: `WHERE incident ${CARRIED_INCIDENTS}`,
  action: `WHERE state IN ('planned', 'approved', 'started') OR planned_at > (SELECT max(planned_at) FROM action) - ${DAY_MS}`,
  outbox: `WHERE state IN ('pending', 'sending') OR created_at > (SELECT max(created_at) FROM outbox) - ${DAY_MS}`,
};

/** Everything that must go on, from a file that can (at least partly) be read, into a new memory. */
export function carryIntoMemory(from: Database, memory: Engine): Losses {
  const losses: { table: string; detail: string }[] = [];
  const small = SMALL_TABLES.map(({ name }) => [name, ALIVE[name] ?? ""] as const);
  // Rows are taken as they come: a table that stops half-way must not hold up those that refer to it.
  memory.db.pragma("foreign_keys = OFF");
  memory.db.exec("BEGIN");
  for (const [table, tail] of [...small, ...SAMPLE_QUERIES]) {
    try {
      copyTable(from, memory.db, table, tail);
    } catch (thrown) {
      losses.push({ table, detail: messageOf(thrown) });
    }
  }
  memory.db.exec("DELETE FROM entry WHERE incident NOT IN (SELECT id FROM incident)");
  memory.db.exec("COMMIT");
  memory.db.pragma("foreign_keys = ON");
  memory.tables.samples.forget();
  return losses;
}

/** From now on memory notes which rows of the small tables change: by triggers, so that a rolled-back transaction leaves no note. */
export function noteChanges(memory: Engine): void {
  memory.db.exec(
    "CREATE TEMP TABLE changed (tbl TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (tbl, key)) WITHOUT ROWID",
  );
  for (const { name, key } of SMALL_TABLES) {
    for (const [event, row] of [
      ["INSERT", "NEW"],
      ["UPDATE", "NEW"],
      ["DELETE", "OLD"],
    ] as const) {
      // Not OR IGNORE: within a trigger the conflict policy of the statement that fired it would rule.
      const keyJson = `json_array(${key.map((column) => `${row}.${column}`).join(", ")})`;
      memory.db.exec(
        `CREATE TEMP TRIGGER note_${name}_${event} AFTER ${event} ON main.${name}
         BEGIN
           INSERT INTO changed (tbl, key) SELECT '${name}', ${keyJson}
           WHERE NOT EXISTS (SELECT 1 FROM changed WHERE tbl = '${name}' AND key = ${keyJson});
         END`,
      );
    }
  }
}

/** Marks every row as changed: the file that they will go to is a new one. */
export function noteEverything(memory: Engine): void {
  for (const { name, key } of SMALL_TABLES) {
    memory.db.exec(
      `INSERT OR IGNORE INTO changed (tbl, key) SELECT '${name}', json_array(${key.join(", ")}) FROM ${name}`,
    );
  }
}

/** Forgets the notes of rows (by their first key column) that were dropped to bound the memory, not because they are over. */
export function forgetDropped(memory: Engine, tables: readonly string[], ids: readonly string[]): void {
  const forget = memory.db.prepare<[string, string]>(
    "DELETE FROM changed WHERE tbl = ? AND json_extract(key, '$[0]') = ?",
  );
  for (const table of tables) for (const id of ids) forget.run(table, id);
}

/** Brings a memory's changes into a file, in slices. */
export class Merge {
  readonly #memory: Engine;
  readonly #file: Engine;
  readonly #now: number;
  readonly #tables: ReadonlyMap<string, TableMerge>;
  /** Incident and message may come from different sides: what is wanted is the revision that won. */
  readonly #want: Statement<[string]>;
  #runsDone: number;
  rows = 0;
  runs = 0;

  /** `runsDone`: the last run in memory that the file has already. */
  constructor(memory: Engine, file: Engine, options: { readonly runsDone: number; readonly now: number }) {
    this.#memory = memory;
    this.#file = file;
    this.#now = options.now;
    this.#runsDone = options.runsDone;
    this.#want = file.db.prepare(
      `UPDATE message SET wanted_revision = coalesce((SELECT revision FROM incident WHERE id = message.incident), wanted_revision)
       WHERE incident = ?`,
    );
    this.#tables = new Map(SMALL_TABLES.map((table) => [table.name, new TableMerge(table, memory.db, file.db)]));
  }

  /** One transaction on the file; false when nothing was left to bring. */
  slice(): boolean {
    return this.#rows() || this.#samples();
  }

  #rows(): boolean {
    for (const [name, table] of this.#tables) {
      const keys = table.changed(SLICE_ROWS);
      if (keys.length === 0) continue;
      this.#file.write(() => {
        for (const key of keys) {
          if (name === "incident") settleIncident(this.#memory.db, this.#file.db, String(key.values[0]), this.#now);
          table.bring(key.values);
          if (name === "incident" || name === "message") this.#want.run(String(key.values[0]));
        }
      });
      table.forget(keys);
      this.rows += keys.length;
      return true;
    }
    return false;
  }

  #samples(): boolean {
    const runs = this.#memory.tables.samples.runsAfter(this.#runsDone, SLICE_RUNS);
    const last = runs.at(-1);
    if (!last) return false;
    this.#file.write((tables) => {
      for (const run of runs) tables.samples.add(run);
    });
    this.#runsDone = last.seq;
    this.runs += runs.length;
    return true;
  }
}

/** A key as it was noted, and as values. */
interface Key {
  readonly noted: string;
  readonly values: readonly SqlValue[];
}

class TableMerge {
  readonly #table: SmallTable;
  readonly #changed;
  readonly #forget;
  readonly #inMemory;
  readonly #inFile;
  readonly #remove;
  readonly #upsert: (row: SqlRow) => void;

  constructor(table: SmallTable, memory: Database, file: Database) {
    const where = table.key.map((column) => `${column} = ?`).join(" AND ");
    const columns = columnsOf(file, table.name);
    const others = columns
      .filter((column) => !table.key.includes(column))
      .map((column) => `${column} = excluded.${column}`);
    this.#table = table;
    this.#changed = memory.prepare<[string, number], { readonly key: string }>(
      "SELECT key FROM changed WHERE tbl = ? ORDER BY key LIMIT ?",
    );
    this.#forget = memory.prepare<[string, string]>("DELETE FROM changed WHERE tbl = ? AND key = ?");
    this.#inMemory = memory.prepare<SqlValue[], SqlRow>(`SELECT * FROM ${table.name} WHERE ${where}`);
    this.#inFile = file.prepare<SqlValue[], SqlRow>(`SELECT * FROM ${table.name} WHERE ${where}`);
    this.#remove = file.prepare<SqlValue[]>(`DELETE FROM ${table.name} WHERE ${where}`);
    this.#upsert = insertInto(
      file,
      table.name,
      columns,
      `ON CONFLICT (${table.key.join(", ")}) DO UPDATE SET ${others.join(", ")}`,
    );
  }

  changed(limit: number): Key[] {
    return this.#changed
      .all(this.#table.name, limit)
      .map(({ key }) => ({ noted: key, values: JSON.parse(key) as SqlValue[] }));
  }

  bring(key: readonly SqlValue[]): void {
    const row = this.#inMemory.get(...key);
    const old = this.#inFile.get(...key);
    if (!row) this.#remove.run(...key);
    else if (!old || this.#table.memoryWins(old, row)) this.#upsert(row);
  }

  forget(keys: readonly Key[]): void {
    for (const key of keys) this.#forget.run(this.#table.name, key.noted);
  }
}
