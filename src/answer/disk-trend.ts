import type { Clock } from "../base/clock.js";
import type { Run } from "../model/run.js";
import type { DiskTrend } from "../model/view.js";
import { largestOf } from "../report/runs.js";
import { changePerDay } from "../report/trend.js";
import type { Store } from "../store/contract.js";

/** The span the trend is taken over. */
const SPAN_MS = 24 * 3_600_000;
/** A day's trend does not change within minutes; asking again sooner would only read the same points. */
const KEEP_MS = 5 * 60_000;

interface Kept {
  readonly until: number;
  readonly trend: DiskTrend | undefined;
}

/** How the used space of the fullest disk changes a day, from the samples of the last one. */
export class DiskTrends {
  readonly #store: Pick<Store, "read">;
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #host: string;
  readonly #kept = new Map<string, Kept>();

  constructor(store: Pick<Store, "read">, clock: Pick<Clock, "now" | "monotonic">, host: string) {
    this.#store = store;
    this.#clock = clock;
    this.#host = host;
  }

  /** For the disk that is the fullest in this run; `undefined` while there are too few samples. */
  of(target: string, run: Run | undefined): DiskTrend | undefined {
    const mount = largestOf(run, "host_disk_used_ratio")?.labels["mount"];
    if (mount === undefined) return undefined;
    const key = JSON.stringify([target, mount]);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#clock.monotonic()) return kept.trend;
    const trend = this.#measure(target, mount);
    this.#kept.clear();
    this.#kept.set(key, { until: this.#clock.monotonic() + KEEP_MS, trend });
    return trend;
  }

  #measure(target: string, mount: string): DiskTrend | undefined {
    const now = this.#clock.now();
    const ref = { host: this.#host, target, series: "host_disk_available_bytes", labels: { mount } };
    const points = this.#store.read((tables) => tables.samples.range(ref, now - SPAN_MS, now, "5m"));
    const change = changePerDay(points);
    return change === undefined ? undefined : { mount, bytesPerDay: -change };
  }
}
