import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Engine } from "./engine.js";
import { connect } from "./engine.js";
import { decodeBody } from "./body.js";
import type { SqlRow } from "./small-tables.js";
import { AUDIT_ANCHOR_KEY, anchorOf } from "./tables/audit-anchor.js";

const SLICE_ROWS = 100;
const COLUMNS = ["seq", "id", "at", "principal", "verb", "target", "reason", "state", "detail", "hash"];

export interface AuditRescue {
  readonly rows: number;
  /** Why it ended before the end of the log. */
  readonly stoppedBy?: string;
}

/**
 * Copies the log of actions from a damaged file into a new one, in order and with its hashes, up to the first row that cannot be read: what
 * is there afterwards is an unbroken beginning of the chain, from the anchor of removed rows on if there is one. Does nothing when the new file has a log already.
 */
export async function rescueAudit(damaged: string, file: Engine, clock: Clock): Promise<AuditRescue> {
  if (file.tables.audit.newest(1).length > 0) return { rows: 0 };
  let rows = 0;
  try {
    using from = new Reader(damaged);
    const anchor = anchorOf(from.anchor());
    if (anchor !== undefined) file.write((tables) => tables.meta.set(AUDIT_ANCHOR_KEY, anchor));
    for (let slice = from.after(0); slice.length > 0; slice = from.after(Number(slice.at(-1)?.["seq"]))) {
      append(file, slice);
      rows += slice.length;
      await clock.nextTurn();
    }
  } catch (thrown) {
    return { rows, stoppedBy: messageOf(thrown) };
  }
  return { rows };
}

function append(file: Engine, rows: readonly SqlRow[]): void {
  const insert = file.db.prepare(
    `INSERT INTO audit (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`,
  );
  file.write(() => {
    for (const row of rows) insert.run(...COLUMNS.map((column) => row[column] ?? null));
  });
}

class Reader implements Disposable {
  readonly #db;
  readonly #page;
  readonly #anchor;

  constructor(file: string) {
    this.#db = connect(file, { readOnly: true });
    this.#page = this.#db.prepare<[number, number], SqlRow>(
      `SELECT ${COLUMNS.join(", ")} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#anchor = this.#db.prepare<[string], { readonly body: string }>("SELECT body FROM meta WHERE key = ?");
  }

  after(seq: number): readonly SqlRow[] {
    return this.#page.all(seq, SLICE_ROWS);
  }

  anchor(): unknown {
    const row = this.#anchor.get(AUDIT_ANCHOR_KEY);
    return row && decodeBody(row.body);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
