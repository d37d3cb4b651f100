import type { ProbeKind } from "../model/contract/probe.js";
import type { SeriesSpec } from "../model/sample.js";
import { META_SERIES } from "./meta-series.js";

/** The kinds there are, by name. */
export interface ProbeRegistry {
  readonly kinds: readonly ProbeKind[];
  get(kind: string): ProbeKind | undefined;
  /** Every series there is: the runner's own and those of all kinds. */
  series(): readonly SeriesSpec[];
  find(series: string): SeriesSpec | undefined;
}

/**
 * Enters the kinds under their names. Throws, because it is a mistake in the program, when two kinds have one name or two
 * declare one series: a series means one thing.
 */
export function createRegistry(kinds: readonly ProbeKind[]): ProbeRegistry {
  const byName = new Map<string, ProbeKind>();
  const bySeries = new Map<string, SeriesSpec>(META_SERIES.map((spec) => [spec.name, spec]));
  for (const kind of kinds) {
    if (byName.has(kind.kind)) throw new Error(`probe kind "${kind.kind}" is registered twice`);
    byName.set(kind.kind, kind);
    for (const spec of kind.series) {
      if (bySeries.has(spec.name)) throw new Error(`series "${spec.name}" of kind "${kind.kind}" is already declared`);
      bySeries.set(spec.name, spec);
    }
  }
  return {
    kinds,
    get: (kind) => byName.get(kind),
    series: () => [...bySeries.values()],
    find: (series) => bySeries.get(series),
  };
}
