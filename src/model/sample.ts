import type { Labels } from "./labels.js";
import type { Reason } from "./reason.js";

/** Base units, as Prometheus names them. `info` is a constant 1 whose labels tell something. */
export type Unit = "seconds" | "bytes" | "ratio" | "count" | "bool" | "bytes_per_second" | "per_second" | "info";

/** What a series is: declared once by the probe kind that emits it, so that docs and displays follow. */
export interface SeriesSpec {
  /** Prometheus style: lower case, ends in its unit (`_seconds`, `_bytes`, `_ratio`, `_total`). */
  readonly name: string;
  readonly unit: Unit;
  /** A counter only rises, but for a reset to near zero. */
  readonly kind: "gauge" | "counter";
  readonly help: string;
  /** Labels beside `host` and `target`. */
  readonly labels?: readonly string[];
}

/** One value of one series. Labels exclude `host` and `target`, which the runner adds. */
export interface Sample {
  readonly series: string;
  readonly labels: Labels;
  readonly value: number;
  /** Why, where the value alone does not tell (`probe_success 0` because refused). Not part of the series' identity. */
  readonly reason?: Reason;
}
