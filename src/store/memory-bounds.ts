import { forgetDropped } from "./carry.js";
import type { Engine } from "./engine.js";

/** What memory may hold while the file is away: runs (about 1 KB each), and rows that are over. What is not over is never dropped. */
const MAX_RUNS = 20_000;
const MAX_OVER = 2_000;

/** Drops the oldest of what is over, and its notes: it was not removed, it just could not be kept. */
export function boundMemory(memory: Engine): void {
  const { db, tables } = memory;
  const ids = (sql: string): string[] =>
    db
      .prepare<[number], { readonly id: string }>(sql)
      .all(MAX_OVER)
      .map(({ id }) => id);
  memory.write(() => {
    db.prepare("DELETE FROM head WHERE seq <= ?").run(tables.samples.lastSeq() - MAX_RUNS);
    const outbox = ids(
      "SELECT id FROM outbox WHERE state NOT IN ('pending', 'sending') ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?",
    );
    for (const id of outbox) db.prepare("DELETE FROM outbox WHERE id = ?").run(id);
    forgetDropped(memory, ["outbox"], outbox);
    const incidents = ids(
      "SELECT id FROM incident WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT -1 OFFSET ?",
    );
    for (const id of incidents) db.prepare("DELETE FROM incident WHERE id = ?").run(id);
    forgetDropped(memory, ["incident", "entry", "message"], incidents);
  });
}
