import type { Database, Statement } from "better-sqlite3";

import { decodeHead } from "./head-codec.js";
import { encodePoints } from "./point-codec.js";
import { ROLLUPS, ROLLUP_LEVELS, bucketsOf, decodeBuckets, encodeBuckets, mergeBuckets, rowStart } from "./rollup.js";
import type { RollupLevel } from "./rollup.js";

/** Runs of the same half hour become blocks together; a target that runs often has several blocks in one. */
export const WINDOW_MS = 30 * 60_000;
const MAX_RUNS_PER_BLOCK = 240;

interface HeadRow {
  readonly seq: number;
  readonly at: number;
  readonly data: Buffer;
}

/** Consecutive runs of one target whose time is over. */
interface Group {
  readonly source: number;
  readonly rows: readonly HeadRow[];
}

interface SeriesPoints {
  readonly at: number[];
  readonly values: number[];
}

/** A group in the making: what of it is still to be stored. */
interface Job {
  readonly source: number;
  readonly first: number;
  readonly last: number;
  readonly pending: (readonly [series: number, points: SeriesPoints])[];
}

const windowOf = (at: number): number => Math.floor(at / WINDOW_MS);

/**
 * Turns runs into blocks and roll-ups, a few series at a time. A series' block and its roll-ups commit together, and the runs go in the transaction
 * that finds every series done: so it can stop anywhere and goes on where it was.
 */
export class Compaction {
  readonly #sources: Statement<[], { readonly id: number }>;
  readonly #oldest: Statement<[number, number], HeadRow>;
  readonly #done: Statement<[number, number], { readonly seq: number }>;
  readonly #addBlock: Statement<[number, number, number, number, number, number, Buffer]>;
  readonly #last: Statement<[number, number, number]>;
  readonly #rollup: Statement<[number, string, number], { readonly data: Buffer }>;
  readonly #putRollup: Statement<[number, string, number, Buffer]>;
  readonly #drop: Statement<[number, number]>;
  /** Sources that had nothing to do in this half hour. */
  readonly #quiet = new Map<number, number>();
  #job: Job | undefined;

  constructor(db: Database) {
    this.#sources = db.prepare("SELECT id FROM source ORDER BY id");
    this.#oldest = db.prepare("SELECT seq, at, data FROM head WHERE source = ? ORDER BY seq LIMIT ?");
    this.#done = db.prepare("SELECT seq FROM block WHERE series = ? AND seq = ?");
    this.#addBlock = db.prepare(
      "INSERT INTO block (series, seq, last_seq, from_at, to_at, count, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#last = db.prepare("UPDATE series SET last_at = ?, last_value = ? WHERE id = ?");
    this.#rollup = db.prepare("SELECT data FROM rollup WHERE series = ? AND level = ? AND start = ?");
    this.#putRollup = db.prepare(
      `INSERT INTO rollup (series, level, start, data) VALUES (?, ?, ?, ?)
       ON CONFLICT (series, level, start) DO UPDATE SET data = excluded.data`,
    );
    this.#drop = db.prepare("DELETE FROM head WHERE source = ? AND seq <= ?");
  }

  /** Within a transaction. Works until `mayGoOn` says no; true while there is more. */
  slice(now: number, mayGoOn: () => boolean): boolean {
    this.#job ??= this.#begin(now);
    const job = this.#job;
    if (!job) return false;
    for (let next = job.pending.pop(); next; next = job.pending.pop()) {
      this.#store(job, ...next);
      if (!mayGoOn()) return true;
    }
    this.#drop.run(job.source, job.last);
    this.#job = undefined;
    return true;
  }

  /** After a transaction that failed: what it was about to store is still to be stored. */
  forget(): void {
    this.#job = undefined;
  }

  #begin(now: number): Job | undefined {
    const group = this.#next(now);
    const first = group?.rows[0]?.seq;
    const last = group?.rows.at(-1)?.seq;
    if (!group || first === undefined || last === undefined) return undefined;
    const pending = [...pointsOf(group)].filter(([series]) => !this.#done.get(series, first));
    return { source: group.source, first, last, pending };
  }

  #next(now: number): Group | undefined {
    const current = windowOf(now);
    for (const { id } of this.#sources.all()) {
      if (this.#quiet.get(id) === current) continue;
      const rows = this.#closedRows(id, current);
      if (rows.length > 0) return { source: id, rows };
      this.#quiet.set(id, current);
    }
    return undefined;
  }

  /** The oldest runs that share a half hour, if no more will come: the hour has passed, others came after, or they are many. */
  #closedRows(source: number, current: number): readonly HeadRow[] {
    const rows = this.#oldest.all(source, MAX_RUNS_PER_BLOCK + 1);
    const first = rows[0];
    if (!first) return [];
    const window = windowOf(first.at);
    const end = rows.findIndex((row) => windowOf(row.at) !== window);
    const group = rows.slice(0, end === -1 ? MAX_RUNS_PER_BLOCK : end);
    const closed = end !== -1 || rows.length > MAX_RUNS_PER_BLOCK || window !== current;
    return closed ? group : [];
  }

  #store({ first, last }: Job, series: number, { at, values }: SeriesPoints): void {
    const from = at.reduce((least, moment) => Math.min(least, moment));
    const to = at.reduce((most, moment) => Math.max(most, moment));
    this.#addBlock.run(series, first, last, from, to, at.length, encodePoints({ at, values }));
    this.#last.run(at.at(-1) ?? 0, values.at(-1) ?? 0, series);
    const points = at.map((moment, index) => ({ at: moment, value: values[index] ?? 0 }));
    for (const level of ROLLUP_LEVELS) this.#merge(series, level, points);
  }

  #merge(series: number, level: RollupLevel, points: readonly { readonly at: number; readonly value: number }[]): void {
    const rows = new Map<number, typeof fresh>();
    const fresh = bucketsOf(points, ROLLUPS[level].bucketMs);
    for (const bucket of fresh) {
      const start = rowStart(level, bucket.at);
      rows.set(start, [...(rows.get(start) ?? []), bucket]);
    }
    for (const [start, buckets] of rows) {
      const kept = this.#rollup.get(series, level, start);
      const merged = mergeBuckets(kept ? decodeBuckets(level, start, kept.data) : [], buckets);
      this.#putRollup.run(series, level, start, encodeBuckets(level, start, merged));
    }
  }
}

/** The group's points by series, each in the order of arrival. */
function pointsOf(group: Group): Map<number, SeriesPoints> {
  const bySeries = new Map<number, SeriesPoints>();
  for (const row of group.rows) {
    for (const { series, value } of decodeHead(row.data)) {
      const points = bySeries.get(series) ?? { at: [], values: [] };
      points.at.push(row.at);
      points.values.push(value);
      bySeries.set(series, points);
    }
  }
  return bySeries;
}
