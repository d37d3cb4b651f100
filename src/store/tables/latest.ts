import type { Point } from "../contract.js";
import type { HeadEntry } from "../head-codec.js";

/** Longer stretches are read from the file each time: what rules ask for with every run is short. */
const LONGEST = 64;
/** Series that are kept; beyond it they are read again. */
const MAX_SERIES = 2_048;

interface Stretch {
  readonly count: number;
  /** The run of its newest point, if that was added here. */
  seq?: number;
  readonly points: Point[];
}

/**
 * The newest points of series that were asked for, kept up with every run, so that a rule over the last runs reads no file. Whether somebody
 * else has written meanwhile is told by the number of the newest run: what was kept up to another number is forgotten.
 */
export class Latest {
  readonly #kept = new Map<number, Stretch>();
  /** The newest run that is in what is kept. */
  #seq = 0;

  /** The newest `count` points as of the run `seq`, oldest first; `undefined`: not known here. */
  of(seq: number, series: number, count: number): readonly Point[] | undefined {
    if (seq !== this.#seq) return undefined;
    const stretch = this.#kept.get(series);
    return stretch && stretch.count >= count ? stretch.points.slice(-count) : undefined;
  }

  /** Keeps what was read as the newest `count` points (fewer: there are no more), and gives it back. */
  keep(seq: number, series: number, count: number, points: readonly Point[]): readonly Point[] {
    if (count > LONGEST) return points;
    if (seq !== this.#seq || this.#kept.size >= MAX_SERIES) this.#kept.clear();
    this.#seq = seq;
    this.#kept.set(series, { count, points: [...points] });
    return points;
  }

  /** A run was written. */
  add(seq: number, at: number, entries: readonly HeadEntry[]): void {
    if (seq !== this.#seq + 1) this.#kept.clear();
    this.#seq = seq;
    entries.forEach(({ series, value }) => {
      const stretch = this.#kept.get(series);
      if (!stretch) return;
      // Two values of one series in one run: the last counts.
      if (stretch.seq === seq) stretch.points.pop();
      stretch.seq = seq;
      stretch.points.push({ at, value });
      if (stretch.points.length > stretch.count) stretch.points.shift();
    });
  }

  /** What was added may have been rolled back, or removed. */
  forget(): void {
    this.#kept.clear();
  }
}
