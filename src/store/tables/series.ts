import type { Database } from "better-sqlite3";

import { labelsKey } from "../../model/labels.js";
import type { Labels } from "../../model/labels.js";
import type { SeriesRef } from "../contract.js";
import { DamagedBytesError } from "../bytes.js";

/** Names that stay in memory; beyond it they are looked up again. */
const MAX_CACHED = 50_000;

export interface SeriesRow {
  readonly id: number;
  readonly source: number;
  readonly host: string;
  readonly target: string;
  readonly name: string;
  readonly labels: string;
  readonly last_at: number | null;
  readonly last_value: number | null;
}

/** Small numbers for host and target (a source) and for series. */
export interface SeriesTable {
  sourceId(host: string, target: string): number | undefined;
  /** Makes one where there is none. */
  internSource(host: string, target: string): number;
  seriesId(ref: SeriesRef): number | undefined;
  internSeries(source: number, name: string, labels: Labels): number;
  ofTarget(target?: string): readonly SeriesRow[];
  byId(id: number): SeriesRow | undefined;
  /** Forgets what was looked up: after a rollback a number may be unused again. */
  forget(): void;
}

/** The inverse of `labelsKey`. */
export function labelsOf(key: string): Labels {
  try {
    return Object.fromEntries(JSON.parse(key) as [string, string][]);
  } catch (thrown) {
    throw new DamagedBytesError("a series has labels that cannot be read", { cause: thrown });
  }
}

/** Looks up by key, remembering what was found. */
class Cache {
  readonly #ids = new Map<string, number>();

  get(key: string, find: () => number | undefined): number | undefined {
    const cached = this.#ids.get(key);
    if (cached !== undefined) return cached;
    const found = find();
    if (found !== undefined) this.set(key, found);
    return found;
  }

  set(key: string, id: number): void {
    if (this.#ids.size >= MAX_CACHED) this.#ids.clear();
    this.#ids.set(key, id);
  }

  clear(): void {
    this.#ids.clear();
  }
}

interface Id {
  readonly id: number;
}

const SERIES = `SELECT series.id, series.source, source.host, source.target, series.name, series.labels, series.last_at, series.last_value
  FROM series JOIN source ON source.id = series.source`;

export function seriesTable(db: Database): SeriesTable {
  const findSource = db.prepare<[string, string], Id>("SELECT id FROM source WHERE host = ? AND target = ?");
  const addSource = db.prepare<[string, string]>("INSERT INTO source (host, target) VALUES (?, ?)");
  const findSeries = db.prepare<[number, string, string], Id>(
    "SELECT id FROM series WHERE source = ? AND name = ? AND labels = ?",
  );
  const addSeries = db.prepare<[number, string, string]>("INSERT INTO series (source, name, labels) VALUES (?, ?, ?)");
  const all = db.prepare<[], SeriesRow>(`${SERIES} ORDER BY series.id`);
  const ofTarget = db.prepare<[string], SeriesRow>(`${SERIES} WHERE source.target = ? ORDER BY series.id`);
  const byId = db.prepare<[number], SeriesRow>(`${SERIES} WHERE series.id = ?`);
  const sources = new Cache();
  const series = new Cache();

  const sourceId = (host: string, target: string): number | undefined =>
    sources.get(JSON.stringify([host, target]), () => findSource.get(host, target)?.id);
  const lookUp = (source: number, name: string, labels: string): number | undefined =>
    series.get(`${source} ${name}${labels}`, () => findSeries.get(source, name, labels)?.id);
  return {
    sourceId,
    internSource: (host, target) => sourceId(host, target) ?? Number(addSource.run(host, target).lastInsertRowid),
    seriesId: (ref) => {
      const source = sourceId(ref.host, ref.target);
      return source === undefined ? undefined : lookUp(source, ref.series, labelsKey(ref.labels));
    },
    internSeries: (source, name, labels) => {
      const key = labelsKey(labels);
      return lookUp(source, name, key) ?? Number(addSeries.run(source, name, key).lastInsertRowid);
    },
    ofTarget: (target) => (target === undefined ? all.all() : ofTarget.all(target)),
    byId: (id) => byId.get(id),
    forget: () => {
      sources.clear();
      series.clear();
    },
  };
}
