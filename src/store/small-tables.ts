/** The tables that must outlive a fault of the file: small, and carried whole into memory and back. Parents before children. */

export type SqlValue = string | number | bigint | Buffer | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SmallTable {
  readonly name: string;
  readonly key: readonly string[];
  /** Whether the row in memory is to replace the one in the file. Both have the same key. */
  readonly memoryWins: (file: SqlRow, memory: SqlRow) => boolean;
}

/** How final a state of the outbox is: what has been said stays said. */
const OUTBOX_RANK: Readonly<Record<string, number>> = { pending: 0, sending: 1, dropped: 2, dead: 3, sent: 4 };

const notOlder =
  (column: string) =>
  (file: SqlRow, memory: SqlRow): boolean =>
    Number(memory[column]) >= Number(file[column]);

/** How final a state of an action is; nothing is begun while there is no file, so both sides tell of one life. */
const ACTION_RANK: Readonly<Record<string, number>> = { planned: 0, approved: 1, started: 2 };
const ENDED = 3;

const lifeOf = (row: SqlRow): number => ACTION_RANK[String(row["state"])] ?? ENDED;

const rankOf = (row: SqlRow): number => OUTBOX_RANK[String(row["state"])] ?? 0;

export const SMALL_TABLES: readonly SmallTable[] = [
  { name: "incident", key: ["id"], memoryWins: notOlder("revision") },
  { name: "entry", key: ["incident", "episode"], memoryWins: () => true },
  { name: "message", key: ["incident", "channel"], memoryWins: notOlder("shown_revision") },
  { name: "outbox", key: ["id"], memoryWins: (file, memory) => rankOf(memory) >= rankOf(file) },
  { name: "alert", key: ["fingerprint"], memoryWins: notOlder("last_sample_at") },
  { name: "run", key: ["target"], memoryWins: notOlder("at") },
  { name: "meta", key: ["key"], memoryWins: () => true },
  { name: "panel", key: ["id"], memoryWins: () => true },
  { name: "action", key: ["id"], memoryWins: (file, memory) => lifeOf(memory) >= lifeOf(file) },
  { name: "identify", key: ["id"], memoryWins: () => true },
];
