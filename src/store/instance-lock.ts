import { existsSync, statSync } from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import type { Database } from "better-sqlite3";

import { messageOf, systemCodeOf } from "../base/errors.js";
import { makeDirectory } from "./directory.js";

export const LOCK_FILE = "toban.lock";
/** Whoever only looks whether somebody runs holds the lock for a moment; that is no other bot. */
const LOOKED_AT_MS = 50;

export type InstanceLock =
  | { readonly status: "held"; release(): void }
  /** Another process runs on this data directory. */
  | { readonly status: "taken"; readonly pid?: number; readonly since?: number }
  /** The directory cannot be written, so nobody can be kept out. */
  | { readonly status: "unavailable"; readonly detail: string };

interface Holder {
  readonly pid: number;
  readonly since: number;
}

/**
 * The right to run on a data directory: a write transaction on a small SQLite file that is never ended. The lock is the kernel's, so that
 * it is gone with the process however that ends, while others can still read who holds it. It is not the store's own file: a command
 * line may read and write that while the bot runs.
 */
export function acquireInstanceLock(dataDir: string, self: Holder): InstanceLock {
  let db: Database | undefined;
  try {
    makeDirectory(dataDir);
    db = new BetterSqlite3(path.join(dataDir, LOCK_FILE), { timeout: LOOKED_AT_MS });
    const held = db;
    // A rollback journal: readers are let in beside a reserved lock.
    held.pragma("journal_mode = DELETE");
    held.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, since INTEGER NOT NULL)");
    held.exec("BEGIN IMMEDIATE; DELETE FROM holder");
    held.prepare("INSERT INTO holder (pid, since) VALUES (?, ?)").run(self.pid, self.since);
    held.exec("COMMIT; BEGIN IMMEDIATE");
    return { status: "held", release: () => held.close() };
  } catch (thrown) {
    const holder = db && busy(thrown) ? holderOf(db) : undefined;
    db?.close();
    if (busy(thrown)) return { status: "taken", ...holder };
    return { status: "unavailable", detail: messageOf(thrown) };
  }
}

/** Whether somebody runs on the data directory. Where that cannot be found out (the lock may not be read), it is taken to be so. */
export function isRunning(dataDir: string): boolean {
  const file = path.join(dataDir, LOCK_FILE);
  if (!existsSync(file)) return false;
  let db: Database | undefined;
  try {
    db = new BetterSqlite3(file, { fileMustExist: true, timeout: 0 });
    db.exec("BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch {
    return true;
  } finally {
    db?.close();
  }
}

/** What became of the right to run, when it was last asked for. */
export type Claim = { readonly status: "held" } | Exclude<InstanceLock, { readonly status: "held" }>;

/** The right to run on a data directory, for as long as the process lives. */
export interface Instance {
  /**
   * Whether this process has the right. A lock whose file was removed or replaced with its directory keeps nobody out, so it is
   * looked for on each call and acquired anew where it stands now. Cheap while nothing has changed.
   */
  claim(): Claim;
  release(): void;
}

export function createInstance(dataDir: string, self: Holder): Instance {
  const file = path.join(dataDir, LOCK_FILE);
  let held: { readonly lock: Extract<InstanceLock, { status: "held" }>; readonly identity: string } | undefined;
  const release = (): void => {
    held?.lock.release();
    held = undefined;
  };
  return {
    claim() {
      if (held && identityOf(file) === held.identity) return { status: "held" };
      const lock = acquireInstanceLock(dataDir, self);
      // An old lock on a file that is elsewhere now is kept until there is a new one: its directory may come back.
      if (lock.status !== "held") return lock;
      release();
      held = { lock, identity: identityOf(file) ?? "" };
      return { status: "held" };
    },
    release,
  };
}

/** Device and inode; `undefined` where there is no such file or nobody may look. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function busy(thrown: unknown): boolean {
  return systemCodeOf(thrown)?.startsWith("SQLITE_BUSY") ?? false;
}

function holderOf(db: Database): Holder | undefined {
  try {
    return db.prepare<[], Holder>("SELECT pid, since FROM holder").get();
  } catch {
    // Who it is, is a courtesy; that somebody holds it, is what counts.
    return undefined;
  }
}
