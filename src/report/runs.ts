import type { Labels } from "../model/labels.js";
import { matches } from "../model/labels.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";

/** A target with its newest run, if that is a run of the same kind (a name may have been given to another thing). */
export interface Measured {
  readonly target: Target;
  readonly run?: Run;
}

export function measured(targets: readonly Target[], runs: ReadonlyMap<string, Run>): readonly Measured[] {
  return targets.map((target) => {
    const run = runs.get(target.name);
    return run !== undefined && run.kind === target.kind ? { target, run } : { target };
  });
}

/** How long ago the run was, in milliseconds; never negative, although the clock may have been set back. */
export function ageOf(run: Run, now: number): number {
  return Math.max(0, now - run.at);
}

/** Fresh: younger than two intervals. What is older is shown with its age. */
export function isFresh(item: Measured, now: number): boolean {
  return item.run !== undefined && ageOf(item.run, now) < 2 * item.target.intervalMs;
}

/** The value of one series in a run that could measure. */
export function valueOf(run: Run | undefined, series: string, where: Labels = {}): number | undefined {
  if (run === undefined || run.result.status !== "ok") return undefined;
  return run.samples.find((sample) => sample.series === series && matches(sample.labels, where))?.value;
}

/** The largest value of a series over its labels, with them. */
export function largestOf(
  run: Run | undefined,
  series: string,
): { readonly value: number; readonly labels: Labels } | undefined {
  if (run === undefined || run.result.status !== "ok") return undefined;
  let worst: { value: number; labels: Labels } | undefined;
  for (const sample of run.samples) {
    if (sample.series === series && (worst === undefined || sample.value > worst.value)) {
      worst = { value: sample.value, labels: sample.labels };
    }
  }
  return worst;
}
