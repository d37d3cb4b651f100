import type { Alert, Transition } from "../model/alert.js";
import type { Labels } from "../model/labels.js";
import type { Rule } from "../model/rule.js";
import type { Run } from "../model/run.js";
import type { RuleIndex } from "../rule/observe.js";
import { observe } from "../rule/observe.js";
import type { Dot, History } from "../rule/reduce.js";
import { step } from "../rule/step.js";
import type { SampleTable, Tables } from "../store/contract.js";

/** What one observation made of one alert. */
export interface Stepped {
  readonly rule: Rule | undefined;
  readonly previous: Alert | undefined;
  readonly next: Alert;
  readonly transition?: Transition;
}

/** A run and what it made of its target's alerts. */
export interface SteppedRun {
  readonly target: string;
  readonly steps: readonly Stepped[];
}

export interface RunToStep {
  readonly run: Run;
  readonly rules: RuleIndex;
  /** A run that is looked at again because the rules changed: nothing can be missing from it that was not before. */
  readonly again: boolean;
}

export interface SteppingAround {
  readonly now: number;
  alert(fingerprint: string): Alert | undefined;
  known(target: string): readonly Alert[];
  intervalMs(target: string): number;
}

/** Takes runs through the rules, one after the other, so that a later one sees what an earlier one did. Changes nothing. */
export function stepRuns(runs: readonly RunToStep[], tables: Tables, around: SteppingAround): readonly SteppedRun[] {
  const fresh = new Map<string, Alert>();
  const alert = (fingerprint: string): Alert | undefined => fresh.get(fingerprint) ?? around.alert(fingerprint);
  return runs.map(({ run, rules, again }) => {
    const known = knownOf(run.target, fresh, around);
    const sightings = observe(run, {
      rules,
      intervalMs: around.intervalMs(run.target),
      calm: known.length === 0,
      alert,
      known: () => (again ? [] : known),
      history: (series, labels, need) => historyOf(tables.samples, run, series, labels, need),
    });
    const steps = sightings.map(({ rule, subject, observation }): Stepped => {
      const previous = alert(subject.fingerprint);
      const { next, transition } = step(rule, subject, previous, observation, around.now);
      fresh.set(subject.fingerprint, next);
      return { rule, previous, next, ...(transition ? { transition } : {}) };
    });
    return { target: run.target, steps };
  });
}

function knownOf(target: string, fresh: ReadonlyMap<string, Alert>, around: SteppingAround): readonly Alert[] {
  const standing = around.known(target);
  if (fresh.size === 0) return standing;
  const byFingerprint = new Map(standing.map((alert) => [alert.fingerprint, alert]));
  for (const alert of fresh.values()) if (alert.target === target) byFingerprint.set(alert.fingerprint, alert);
  return [...byFingerprint.values()];
}

function historyOf(samples: SampleTable, run: Run, series: string, labels: Labels, need: History): readonly Dot[] {
  const ref = { host: run.host, target: run.target, series, labels };
  if (need.by === "none") return [];
  if (need.by === "count") return samples.newest(ref, need.count + 1);
  const inside = samples.range(ref, run.at - need.ms, run.at + 1, "raw");
  // One more than the span holds: the last sample before it is what a counter's rise is measured from.
  return samples.newest(ref, inside.length + 1);
}
