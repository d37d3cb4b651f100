import { initial } from "./001-initial.js";
import { actions } from "./002-actions.js";
import { auditIndexes } from "./003-audit-indexes.js";
import { entryRevision } from "./004-entry-revision.js";

/** One step of the schema. Applied once, in one transaction, and never edited after a release. */
export interface Migration {
  /** Counts up from 1 without gaps; kept in SQLite's `user_version`. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [initial, actions, auditIndexes, entryRevision];
