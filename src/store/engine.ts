import { statSync } from "node:fs";

import BetterSqlite3 from "better-sqlite3";
import type { Database, Statement } from "better-sqlite3";

import { migrate } from "./migrate.js";
import { openTables } from "./tables/index.js";
import type { StoreTables } from "./tables/index.js";
import { MovedFileError } from "./trouble.js";

/**
 * Settings of every connection. `cache_size` −4 MiB: room for the small tables and the newest samples, so that a fault of the disk
 * finds them in memory. `auto_vacuum` incremental, so that retention can give space back in slices. The WAL is checkpointed
 * every 1,000 pages (4 MiB, SQLite's default) and cut to 16 MiB after a long reader. Pages stay 4 KiB: the size of the disk's own.
 */
const SETTINGS = [
  "foreign_keys = ON",
  "cache_size = -4096",
  "journal_size_limit = 16777216",
  "temp_store = MEMORY",
] as const;

export type EngineKind = "file" | "memory";

/** Opens a connection that never waits: a lock of somebody else comes back as SQLITE_BUSY at once. */
export function connect(
  file: string,
  options: { readonly mustExist?: boolean; readonly readOnly?: boolean } = {},
): Database {
  return new BetterSqlite3(file, {
    timeout: 0,
    fileMustExist: options.mustExist ?? options.readOnly ?? false,
    readonly: options.readOnly ?? false,
  });
}

/**
 * Settings for a connection that writes. The owner's also write to the file; a guest's must not: after any write of somebody else
 * SQLite empties its page cache, and a person who only looked would take from the owner what it needs when the file is damaged.
 */
export function configure(db: Database, kind: EngineKind | "guest"): void {
  if (kind === "file") {
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
  }
  if (kind !== "memory") db.pragma("synchronous = NORMAL");
  for (const setting of SETTINGS) db.pragma(setting);
}

/** What the file calls itself. */
export function storeId(db: Database): string {
  return db.prepare<[], { readonly id: string }>("SELECT id FROM store").get()?.id ?? "";
}

/** Device and inode: whether a path still leads to the same file. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/** One connection with its tables, and transactions on it. Knows nothing of queues, faults or the other connection. */
export class Engine {
  readonly kind: EngineKind;
  readonly file: string;
  readonly db: Database;
  readonly tables: StoreTables;
  /** Which file (or memory) this is: drawn when it was made. */
  readonly id: string;
  readonly #begin: Statement<[]>;
  readonly #beginImmediate: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  readonly #identity: string | undefined;

  constructor(kind: EngineKind, file: string, db: Database) {
    this.kind = kind;
    this.file = file;
    this.db = db;
    this.tables = openTables(db);
    this.id = storeId(db);
    this.#begin = db.prepare("BEGIN");
    this.#beginImmediate = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
    this.#identity = kind === "file" ? identityOf(file) : undefined;
  }

  static inMemory(): Engine {
    const db = connect(":memory:");
    configure(db, "memory");
    migrate(db);
    return new Engine("memory", ":memory:", db);
  }

  /** In one snapshot; joins the transaction that is already open. */
  read<T>(work: (tables: StoreTables) => T): T {
    return this.db.inTransaction ? work(this.tables) : this.#run(this.#begin, work);
  }

  /** `full`: the commit waits until the disk has it, so that it survives a loss of power. */
  write<T>(work: (tables: StoreTables) => T, options: { readonly full?: boolean } = {}): T {
    this.assertInPlace();
    if (!options.full) return this.#run(this.#beginImmediate, work);
    this.db.pragma("synchronous = FULL");
    try {
      return this.#run(this.#beginImmediate, work);
    } finally {
      this.db.pragma("synchronous = NORMAL");
    }
  }

  /** SQLite happily writes to a file that has been unlinked, and nobody would find what it wrote. */
  assertInPlace(): void {
    if (this.kind === "file" && identityOf(this.file) !== this.#identity) {
      throw new MovedFileError(`${this.file} is no longer the file that was opened`);
    }
  }

  close(): void {
    this.db.close();
  }

  #run<T>(begin: Statement<[]>, work: (tables: StoreTables) => T): T {
    begin.run();
    try {
      const result = work(this.tables);
      this.#commit.run();
      return result;
    } catch (thrown) {
      // Some errors (a full disk) have rolled back already.
      if (this.db.inTransaction) this.#rollback.run();
      this.tables.samples.forget();
      throw thrown;
    }
  }
}
