import { statSync } from "node:fs";
import path from "node:path";

import type { Database } from "better-sqlite3";

import { makeDirectory } from "./directory.js";
import { Engine, configure, connect } from "./engine.js";
import { NewerSchemaError, backupBefore, migrate, newestBackup, schemaVersion, targetVersion } from "./migrate.js";
import type { Migration } from "./migrations/index.js";

/** The file's name in the data directory. */
export const STORE_FILE = "toban.db";

/** Up to this size the check of the file runs at once (about 1 ms a MiB); a larger one is checked in a child while work begins. */
const CHECK_AT_ONCE_BYTES = 16 * 1024 * 1024;

/** The check of the file found damage. Carries a code as SQLite's own errors do. */
export class CorruptFileError extends Error {
  override readonly name = "CorruptFileError";
  readonly code = "SQLITE_CORRUPT";
}

/** A SQLite file that some other program made lies where the store should be. It is left alone. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
  readonly file: string;

  constructor(file: string) {
    super(`${file} is a SQLite file of another program: move it away or choose another data directory`);
    this.file = file;
  }
}

/** A guest found a schema that the owner has not yet brought up to date. */
export class OlderSchemaError extends Error {
  override readonly name = "OlderSchemaError";

  constructor(file: string, found: number, known: number) {
    super(
      `${file} has schema ${found}, this program reads ${known}: start "toban run" of this version once, it brings the file up to date`,
    );
  }
}

export interface OpenedFile {
  readonly engine: Engine;
  /** Too large to be checked at once: to be checked in a child. */
  readonly unchecked: boolean;
}

/**
 * Opens or creates the file, checks it, brings its schema up to date and writes to it once, so that whatever is wrong shows now. Throws
 * what `faultOf` understands, or {@link NewerSchemaError}, {@link ForeignFileError}.
 */
export async function openFile(file: string, migrations: readonly Migration[], now: number): Promise<OpenedFile> {
  makeDirectory(path.dirname(file));
  const db = connect(file);
  try {
    const unchecked = checkedNow(db, file);
    const version = ownVersion(db, file, migrations);
    if (version > 0 && version < targetVersion(migrations)) await backupBefore(db, file, version);
    configure(db, "file");
    migrate(db, migrations);
    const engine = new Engine("file", file, db);
    engine.write((tables) => tables.meta.set("store.opened_at", now));
    return { engine, unchecked };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** The schema of the file, 0 for a new one. Refuses a newer one and one that is not ours. */
function ownVersion(db: Database, file: string, migrations: readonly Migration[]): number {
  const version = schemaVersion(db);
  const known = targetVersion(migrations);
  if (version > known) throw new NewerSchemaError(file, version, known, newestBackup(file, known));
  if (version === 0) {
    const tables = db.prepare<[], { readonly count: number }>("SELECT count(*) AS count FROM sqlite_schema").get();
    if ((tables?.count ?? 0) > 0) throw new ForeignFileError(file);
  }
  return version;
}

/** True when the file is too large to be checked here. */
function checkedNow(db: Database, file: string): boolean {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > CHECK_AT_ONCE_BYTES) return true;
  const verdict = db.pragma("quick_check(1)", { simple: true });
  if (verdict !== "ok") throw new CorruptFileError(String(verdict));
  return false;
}

/** The file as somebody else's: it must be there, of this program's schema, and is neither checked nor changed by opening it. */
export function openGuest(file: string, migrations: readonly Migration[]): Engine {
  const db = connect(file, { mustExist: true });
  try {
    const version = ownVersion(db, file, migrations);
    const known = targetVersion(migrations);
    if (version < known) throw new OlderSchemaError(file, version, known);
    configure(db, "guest");
    return new Engine("file", file, db);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}
