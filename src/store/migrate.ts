import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

import type { Database } from "better-sqlite3";

import { MIGRATIONS } from "./migrations/index.js";
import type { Migration } from "./migrations/index.js";

/** 1 MiB at a time, a few milliseconds. */
const BACKUP_PAGES_PER_TURN = 256;

/** The schema that these steps lead to. */
export function targetVersion(migrations: readonly Migration[] = MIGRATIONS): number {
  return migrations.at(-1)?.version ?? 0;
}

/** The file was written by a newer program. Nothing was touched; `backup` is the newest copy that this program can read. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";
  readonly file: string;
  readonly found: number;
  readonly known: number;
  readonly backup: string | undefined;

  constructor(file: string, found: number, known: number, backup: string | undefined) {
    const remedy = backup ? `or put its backup ${backup} in its place` : "no backup of an older schema lies beside it";
    super(`${file} has schema ${found}, this program knows up to ${known}: start the newer program, ${remedy}`);
    this.file = file;
    this.found = found;
    this.known = known;
    this.backup = backup;
  }
}

export function schemaVersion(db: Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** Where the copy is kept that is made before leaving schema `version`. */
export function backupPath(file: string, version: number): string {
  return `${file}.schema-${version}.backup`;
}

/** The newest backup beside the file that this program can read. */
export function newestBackup(file: string, known: number): string | undefined {
  const directory = path.dirname(file);
  if (!existsSync(directory)) return undefined;
  const prefix = `${path.basename(file)}.schema-`;
  const versions = readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".backup"))
    .map((name) => Number(name.slice(prefix.length, -".backup".length)))
    .filter((version) => Number.isInteger(version) && version > 0 && version <= known)
    .sort((a, b) => b - a);
  return versions[0] === undefined ? undefined : backupPath(file, versions[0]);
}

/**
 * Brings the schema up to date, all steps in one transaction: either the file is of the new schema or it is as it was. Does not make the
 * backup: that takes long and is the opener's business.
 */
export function migrate(db: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const from = schemaVersion(db);
  const steps = migrations.filter(({ version }) => version > from);
  const last = steps.at(-1);
  if (!last) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of steps) db.exec(step.sql);
    db.pragma(`user_version = ${last.version}`);
    db.exec("COMMIT");
  } catch (thrown) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw thrown;
  }
}

/** An online copy of the file as it is, page by page between turns; complete or absent, because it is renamed into place at its end. */
export async function backupBefore(db: Database, file: string, version: number): Promise<void> {
  const target = backupPath(file, version);
  const partial = `${target}.partial`;
  try {
    await db.backup(partial, { progress: () => BACKUP_PAGES_PER_TURN });
    renameSync(partial, target);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
}
