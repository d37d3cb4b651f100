import type { Database, Statement } from "better-sqlite3";

import type { Labels } from "../../model/labels.js";
import type { Point, Resolution, SampleTable, SeriesInfo, SeriesRef } from "../contract.js";
import { decodeHead, encodeHead, findInHead } from "../head-codec.js";
import type { HeadEntry } from "../head-codec.js";
import { decodePoints } from "../point-codec.js";
import { ROLLUPS, bucketsOf, decodeBuckets, mergeBuckets, rowStart } from "../rollup.js";
import type { RollupLevel } from "../rollup.js";
import { Latest } from "./latest.js";
import { labelsOf, seriesTable } from "./series.js";
import type { SeriesRow, SeriesTable } from "./series.js";

const HOUR_MS = 3_600_000;
/** Up to which span `auto` begins with which resolution. */
const AUTO: readonly { readonly spanMs: number; readonly tries: readonly (RollupLevel | "raw")[] }[] = [
  { spanMs: 6 * HOUR_MS, tries: ["raw", "5m", "1h"] },
  { spanMs: 14 * 24 * HOUR_MS, tries: ["5m", "1h"] },
  { spanMs: Number.POSITIVE_INFINITY, tries: ["1h"] },
];

/** A run as it was taken in: what is carried between a file and memory. */
export interface StoredRun {
  readonly seq: number;
  readonly host: string;
  readonly target: string;
  readonly at: number;
  readonly samples: readonly { readonly series: string; readonly labels: Labels; readonly value: number }[];
}

/** Samples, with what only the store itself may do. */
export interface SampleStore extends SampleTable {
  /** Runs that have not yet become blocks, after `seq`, in the order of arrival. */
  runsAfter(seq: number, limit: number): readonly StoredRun[];
  add(run: Omit<StoredRun, "seq">): void;
  lastSeq(): number;
  forget(): void;
}

interface HeadRow {
  readonly seq: number;
  readonly at: number;
  readonly data: Buffer;
}

interface Statements {
  readonly add: Statement<[number, number, Buffer]>;
  readonly headNewest: Statement<[number, number], HeadRow>;
  readonly headOldest: Statement<[number, number], HeadRow>;
  readonly headAfter: Statement<[number, number], HeadRow & { readonly host: string; readonly target: string }>;
  readonly lastSeq: Statement<[], { readonly seq: number | null }>;
  readonly doneSeq: Statement<[number], { readonly last_seq: number }>;
  readonly blocksNewest: Statement<[number], { readonly data: Buffer }>;
  readonly blocksWithin: Statement<[number, number, number], { readonly data: Buffer }>;
  readonly rollups: Statement<[number, string, number, number], { readonly start: number; readonly data: Buffer }>;
}

function prepare(db: Database): Statements {
  return {
    add: db.prepare("INSERT INTO head (source, at, data) VALUES (?, ?, ?)"),
    headNewest: db.prepare("SELECT seq, at, data FROM head WHERE source = ? AND seq > ? ORDER BY seq DESC"),
    headOldest: db.prepare("SELECT seq, at, data FROM head WHERE source = ? AND seq > ? ORDER BY seq"),
    headAfter: db.prepare(
      `SELECT head.seq, source.host, source.target, head.at, head.data FROM head JOIN source ON source.id = head.source
       WHERE head.seq > ? ORDER BY head.seq LIMIT ?`,
    ),
    lastSeq: db.prepare("SELECT max(seq) AS seq FROM head"),
    doneSeq: db.prepare("SELECT last_seq FROM block WHERE series = ? ORDER BY seq DESC LIMIT 1"),
    blocksNewest: db.prepare("SELECT data FROM block WHERE series = ? ORDER BY seq DESC"),
    blocksWithin: db.prepare("SELECT data FROM block WHERE series = ? AND to_at >= ? AND from_at < ? ORDER BY seq"),
    rollups: db.prepare(
      "SELECT start, data FROM rollup WHERE series = ? AND level = ? AND start >= ? AND start < ? ORDER BY start",
    ),
  };
}

export class SqliteSamples implements SampleStore {
  readonly #sql: Statements;
  readonly #names: SeriesTable;
  readonly #latest = new Latest();

  constructor(db: Database) {
    this.#sql = prepare(db);
    this.#names = seriesTable(db);
  }

  append(run: Parameters<SampleTable["append"]>[0]): void {
    this.add({ host: run.host, target: run.target, at: run.at, samples: run.samples });
  }

  add(run: Omit<StoredRun, "seq">): void {
    const source = this.#names.internSource(run.host, run.target);
    const entries: HeadEntry[] = [];
    run.samples.forEach(({ series, labels, value }) => {
      // Not a number, or without end: no measurement. It is left out rather than spoil every mean it would be part of.
      if (Number.isFinite(value)) entries.push({ series: this.#names.internSeries(source, series, labels), value });
    });
    const at = Math.round(run.at);
    const seq = Number(this.#sql.add.run(source, at, encodeHead(entries)).lastInsertRowid);
    this.#latest.add(seq, at, entries);
  }

  newest(ref: SeriesRef, count: number): readonly Point[] {
    const id = this.#names.seriesId(ref);
    const source = this.#names.sourceId(ref.host, ref.target);
    if (id === undefined || source === undefined || count <= 0) return [];
    const seq = this.lastSeq();
    return this.#latest.of(seq, id, count) ?? this.#latest.keep(seq, id, count, this.#newest(id, source, count));
  }

  /** Oldest first. */
  #newest(id: number, source: number, count: number): readonly Point[] {
    const points: Point[] = [];
    for (const row of this.#sql.headNewest.iterate(source, this.#doneSeq(id))) {
      const value = findInHead(row.data, id);
      if (value !== undefined) points.push({ at: row.at, value });
      if (points.length === count) return points.reverse();
    }
    for (const { data } of this.#sql.blocksNewest.iterate(id)) {
      const { at, values } = decodePoints(data);
      for (let index = at.length - 1; index >= 0; index -= 1) {
        points.push({ at: at[index] ?? 0, value: values[index] ?? 0 });
        if (points.length === count) return points.reverse();
      }
    }
    return points.reverse();
  }

  range(ref: SeriesRef, from: number, to: number, resolution: Resolution): readonly Point[] {
    const id = this.#names.seriesId(ref);
    const source = this.#names.sourceId(ref.host, ref.target);
    if (id === undefined || source === undefined || !(from < to)) return [];
    const tries =
      resolution === "auto" ? (AUTO.find(({ spanMs }) => to - from <= spanMs)?.tries ?? ["1h"]) : [resolution];
    for (const level of tries) {
      const points = level === "raw" ? this.#raw(id, source, from, to) : this.#rolledUp(level, id, source, from, to);
      if (points.length > 0) return points;
    }
    return [];
  }

  list(target?: string): readonly SeriesInfo[] {
    const bySource = new Map<number, SeriesRow[]>();
    for (const row of this.#names.ofTarget(target)) {
      const rows = bySource.get(row.source);
      if (rows) rows.push(row);
      else bySource.set(row.source, [row]);
    }
    return [...bySource].flatMap(([source, rows]) => this.#withLast(source, rows));
  }

  runsAfter(seq: number, limit: number): readonly StoredRun[] {
    return this.#sql.headAfter.all(seq, limit).map(({ data, ...row }) => ({
      ...row,
      samples: decodeHead(data).flatMap(({ series, value }) => {
        const found = this.#names.byId(series);
        return found ? [{ series: found.name, labels: labelsOf(found.labels), value }] : [];
      }),
    }));
  }

  lastSeq(): number {
    return this.#sql.lastSeq.get()?.seq ?? 0;
  }

  forget(): void {
    this.#names.forget();
    this.#latest.forget();
  }

  /** The last run of this series that is in a block already: rows of `head` up to it must not be counted twice. */
  #doneSeq(series: number): number {
    return this.#sql.doneSeq.get(series)?.last_seq ?? 0;
  }

  #head(series: number, source: number): Point[] {
    const points: Point[] = [];
    for (const row of this.#sql.headOldest.iterate(source, this.#doneSeq(series))) {
      const value = findInHead(row.data, series);
      if (value !== undefined) points.push({ at: row.at, value });
    }
    return points;
  }

  #raw(series: number, source: number, from: number, to: number): Point[] {
    const points: Point[] = [];
    for (const { data } of this.#sql.blocksWithin.all(series, from, to)) {
      const { at, values } = decodePoints(data);
      for (const [index, moment] of at.entries()) points.push({ at: moment, value: values[index] ?? 0 });
    }
    points.push(...this.#head(series, source));
    return points.filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
  }

  #rolledUp(level: RollupLevel, series: number, source: number, from: number, to: number): Point[] {
    const rows = this.#sql.rollups.all(series, level, rowStart(level, from), to);
    const kept = rows.flatMap(({ start, data }) => decodeBuckets(level, start, data));
    const fresh = bucketsOf(this.#head(series, source), ROLLUPS[level].bucketMs);
    return mergeBuckets(kept, fresh)
      .filter(({ at }) => at >= from && at < to)
      .map(({ at, mean, min, max }) => ({ at, value: mean, min, max }));
  }

  #withLast(source: number, rows: readonly SeriesRow[]): SeriesInfo[] {
    const last = new Map<number, { at: number; value: number }>();
    for (const head of this.#sql.headNewest.iterate(source, 0)) {
      for (const { series, value } of decodeHead(head.data)) {
        if (!last.has(series)) last.set(series, { at: head.at, value });
      }
      if (last.size >= rows.length) break;
    }
    return rows.flatMap((row) => {
      const stored =
        row.last_at === null || row.last_value === null ? undefined : { at: row.last_at, value: row.last_value };
      const found = last.get(row.id) ?? stored;
      if (!found) return [];
      const { host, target, name: series } = row;
      return [{ host, target, series, labels: labelsOf(row.labels), lastAt: found.at, lastValue: found.value }];
    });
  }
}
