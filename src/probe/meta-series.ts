import type { SeriesSpec } from "../model/sample.js";

/** What the runner adds to every run, whatever the kind measures. */
export const META_SERIES = [
  {
    name: "probe_success",
    unit: "bool",
    kind: "gauge",
    help: "1 if the target answered as it should, 0 if not. Absent when nothing could be measured.",
  },
  { name: "probe_duration_seconds", unit: "seconds", kind: "gauge", help: "How long the run took." },
  { name: "probe_timeout_seconds", unit: "seconds", kind: "gauge", help: "The deadline of the run." },
] as const satisfies readonly SeriesSpec[];

export type MetaSeries = (typeof META_SERIES)[number]["name"];
