import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Database } from "better-sqlite3";

import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import { carryIntoMemory } from "./carry.js";
import type { Losses } from "./carry.js";
import type { Store, StoreTrouble } from "./contract.js";
import { Engine, connect, storeId } from "./engine.js";
import { STORE_FILE, openFile, openGuest } from "./file.js";
import { checkInChild } from "./integrity.js";
import { MIGRATIONS } from "./migrations/index.js";
import type { Migration } from "./migrations/index.js";
import { Refuge } from "./refuge.js";
import { RETENTION } from "./retention.js";
import type { RetentionLimits } from "./retention.js";
import { SqliteStore } from "./sqlite-store.js";
import { faultOf } from "./trouble.js";

/** How often and how long a lock of another process is waited for while opening. */
const LOCK_TRIES = 10;
const LOCK_PAUSE_MS = 200;

export interface StoreOptions {
  /** Where the file lies; undefined: in memory by choice, gone with the process. */
  readonly dataDir: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** `guest`: beside a running bot (the command line). A guest makes, mends and migrates nothing, and fails where the owner would go on in memory. */
  readonly role?: "owner" | "guest";
  readonly retention?: Partial<RetentionLimits>;
  readonly migrations?: readonly Migration[];
  /** Asked before each opening of the owner's file: false, and the file counts as locked by another process. */
  readonly mayUse?: () => boolean;
}

/** Another Toban runs on the data directory. Carries a code as SQLite's own errors do. */
class TakenFileError extends Error {
  override readonly name = "TakenFileError";
  readonly code = "SQLITE_BUSY";
}

/**
 * Opens the store. Whatever is wrong with the file, the owner gets a working store: `status()` says whether it is the file or
 * memory, and why. Throws only NewerSchemaError and ForeignFileError, which a person has to decide about; a guest also gets what is wrong with the file.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, clock, log } = options;
  const limits = { ...RETENTION, ...options.retention };
  if (dataDir === undefined) return new SqliteStore({ clock, log, engine: Engine.inMemory(), limits });
  const file = path.join(dataDir, STORE_FILE);
  const migrations = options.migrations ?? MIGRATIONS;
  if (options.role === "guest") {
    return new SqliteStore({ clock, log, engine: openGuest(file, migrations), file });
  }
  return new Opening(file, migrations, limits, options).open();
}

class Opening {
  readonly #file: string;
  readonly #migrations: readonly Migration[];
  readonly #limits: RetentionLimits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #mayUse: () => boolean;
  /** Stops checks that are still running when the store is closed. */
  readonly #ending = new AbortController();
  #refuge: Refuge | undefined;

  constructor(file: string, migrations: readonly Migration[], limits: RetentionLimits, options: StoreOptions) {
    this.#file = file;
    this.#migrations = migrations;
    this.#limits = limits;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#mayUse = options.mayUse ?? ((): boolean => true);
  }

  async open(): Promise<Store> {
    try {
      const engine = await this.#patiently();
      return this.#store(this.#newRefuge(engine));
    } catch (thrown) {
      const fault = faultOf(thrown, this.#file);
      if (!fault) throw thrown;
      const refuge = this.#newRefuge(undefined);
      const trouble = fault.kind === "busy" ? "locked" : fault.trouble;
      await this.#beginInMemory(refuge, trouble, messageOf(thrown));
      if (trouble === "corrupt") await refuge.returnNow();
      return this.#store(refuge);
    }
  }

  #store(refuge: Refuge): Store {
    return new SqliteStore({
      clock: this.#clock,
      log: this.#log,
      engine: refuge.engine(),
      file: this.#file,
      refuge,
      limits: this.#limits,
      onClose: () => this.#ending.abort(),
    });
  }

  #newRefuge(engine: Engine | undefined): Refuge {
    const { clock, log, file } = { clock: this.#clock, log: this.#log, file: this.#file };
    this.#refuge = new Refuge({ clock, log, file, open: () => this.#once() }, engine);
    return this.#refuge;
  }

  /** As `#once`, but somebody else's lock is waited for a little. */
  async #patiently(): Promise<Engine> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once();
      } catch (thrown) {
        if (faultOf(thrown, this.#file)?.kind !== "busy" || attempt === LOCK_TRIES) throw thrown;
        await this.#clock.sleep(LOCK_PAUSE_MS);
      }
    }
  }

  async #once(): Promise<Engine> {
    if (!this.#mayUse()) throw new TakenFileError(`another Toban uses ${this.#file}`);
    const { engine, unchecked } = await openFile(this.#file, this.#migrations, this.#clock.now());
    if (unchecked) void this.#checkMeanwhile();
    return engine;
  }

  async #checkMeanwhile(): Promise<void> {
    const began = this.#clock.monotonic();
    const verdict = await checkInChild(this.#clock, this.#file, this.#ending.signal);
    if (this.#ending.signal.aborted) return;
    const fields = { file: this.#file, verdict, duration_ms: Math.round(this.#clock.monotonic() - began) };
    if (verdict.status === "damaged") this.#refuge?.take("corrupt", verdict.detail);
    else this.#log.info(fields, "the check of the store's file is over");
  }

  async #beginInMemory(refuge: Refuge, trouble: StoreTrouble, detail: string): Promise<void> {
    const memory = Engine.inMemory();
    let losses: Losses = [];
    let fileId: string | undefined;
    try {
      ({ losses, fileId } = existsSync(this.#file)
        ? await withReadable(this.#file, (db) => ({ losses: carryIntoMemory(db, memory), fileId: storeId(db) }))
        : { losses: [], fileId: undefined });
    } catch (thrown) {
      losses = [{ table: "*", detail: messageOf(thrown) }];
    }
    refuge.begin(memory, fileId, trouble, detail, losses);
  }
}

/**
 * Reads a file that cannot be opened for writing. On a read-only disk SQLite cannot read a WAL either (it needs a shared-memory file beside it), so
 * then a copy is read.
 */
async function withReadable<T>(file: string, work: (db: Database) => T): Promise<T> {
  try {
    return withConnection(file, work);
  } catch (thrown) {
    if (faultOf(thrown, file)?.kind !== "trouble") throw thrown;
    const directory = mkdtempSync(path.join(tmpdir(), "toban-store-"));
    try {
      const copy = path.join(directory, STORE_FILE);
      for (const suffix of ["", "-wal"]) {
        if (existsSync(`${file}${suffix}`)) await copyFile(`${file}${suffix}`, `${copy}${suffix}`);
      }
      return withConnection(copy, work);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

function withConnection<T>(file: string, work: (db: Database) => T): T {
  const db = connect(file, { mustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
