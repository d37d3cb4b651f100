import type { Alert } from "../model/alert.js";
import type { Labels } from "../model/labels.js";
import { fingerprintOf } from "../model/labels.js";
import type { Rule } from "../model/rule.js";
import { PROBE_FAILED_SERIES } from "../model/rule.js";
import type { Run } from "../model/run.js";
import type { Sample } from "../model/sample.js";
import type { Dot, History } from "./reduce.js";
import { historyOf, reduce } from "./reduce.js";
import { selects } from "./select.js";
import type { Observation, Subject } from "./step.js";
import { isGap, leavesNothing } from "./step.js";
import type { Trend } from "./trend.js";
import { TREND_SPAN_MS, trendOf } from "./trend.js";

/** Rules by the series they look at. */
export type RuleIndex = ReadonlyMap<string, readonly Rule[]>;

export function indexRules(rules: readonly Rule[]): RuleIndex {
  const index = new Map<string, Rule[]>();
  for (const rule of rules) {
    const same = index.get(rule.series);
    if (same) same.push(rule);
    else index.set(rule.series, [rule]);
  }
  return index;
}

/** One rule, one series, one observation: what goes through a step. */
export interface Sighting {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly observation: Observation;
}

/** What a run is held against. */
export interface Surroundings {
  readonly rules: RuleIndex;
  readonly intervalMs: number;
  /** No alert of this target is known: series that are well are left out, because nothing would come of them. */
  readonly calm: boolean;
  /** The alert as it stands. */
  alert(fingerprint: string): Alert | undefined;
  /** Alerts of this target that a run without their series would make disappear. */
  known(target: string): Iterable<Alert>;
  /** Earlier samples of a series of this run, oldest first. */
  history(series: string, labels: Labels, need: History): readonly Dot[];
}

/** Everything that one run tells the rules, in the order of its samples; what is missing from it comes last. */
export function observe(run: Run, around: Surroundings): readonly Sighting[] {
  // Called off by ourselves: it says nothing at all.
  if (run.result.status === "failed" && run.result.failure === "aborted") return [];
  const seen = new Set<string>();
  const sightings: Sighting[] = [];
  const samples = run.result.status === "ok" ? [...run.samples, probeFailed(0)] : [probeFailed(1)];
  for (const sample of samples) {
    for (const rule of around.rules.get(sample.series) ?? []) {
      const sighting = sight(run, sample, rule, around);
      if (!sighting || seen.has(sighting.subject.fingerprint)) continue;
      seen.add(sighting.subject.fingerprint);
      sightings.push(sighting);
    }
  }
  return wasGood(run) ? [...sightings, ...missing(run, seen, around)] : sightings;
}

function probeFailed(value: number): Sample {
  return { series: PROBE_FAILED_SERIES, labels: {}, value };
}

/** A target that did not answer says nothing about its other series: they are not gone. */
function wasGood(run: Run): boolean {
  return (
    run.result.status === "ok" && !run.samples.some((sample) => sample.series === "probe_success" && sample.value === 0)
  );
}

function sight(run: Run, sample: Sample, rule: Rule, around: Surroundings): Sighting | undefined {
  const { host: _host, target: _target, ...labels } = sample.labels;
  if (!selects(rule, { target: run.target, kind: run.kind, labels })) return undefined;
  const need = historyOf(rule.reduction);
  const newest = { at: run.at, value: sample.value };
  if (around.calm && isTrusted(run, rule)) {
    const history = historyFor(sample.series, labels, need, around);
    if (leavesNothing(rule, reduce(rule.reduction, { sample: newest, history }))) return undefined;
  }
  const fingerprint = fingerprintOf(rule.name, run.target, labels);
  const previous = around.alert(fingerprint);
  const follows = previous !== undefined && !isGap(previous, run.at, around.intervalMs);
  const value = reduce(rule.reduction, {
    sample: newest,
    history: historyFor(sample.series, labels, need, around),
    ...(previous && (follows || previous.state === "firing") ? { before: previous.value } : {}),
  });
  const trend = trendFor(run, sample, labels, rule, previous, around);
  const failed = run.result.status === "failed" ? run.result : undefined;
  return {
    rule,
    subject: { fingerprint, host: run.host, target: run.target, labels },
    observation: {
      kind: "sample",
      at: run.at,
      value,
      intervalMs: around.intervalMs,
      trusted: isTrusted(run, rule),
      ...(sample.reason ? { reason: sample.reason } : {}),
      ...(failed ? { failure: failed.failure, detail: failed.detail } : {}),
      ...(run.result.status === "ok" && run.result.facts ? { facts: run.result.facts } : {}),
      ...(trend ? { trend } : {}),
    },
  };
}

/** Numbers about ourselves are what the guards watch: that they are bad is no reason to doubt them. Nor is it to doubt that a run failed. */
function isTrusted(run: Run, rule: Rule): boolean {
  return run.untrusted.length === 0 || run.kind === "self" || rule.series === PROBE_FAILED_SERIES;
}

function historyFor(series: string, labels: Labels, need: History, around: Surroundings): readonly Dot[] {
  return need.by === "none" ? [] : around.history(series, labels, need);
}

/** How often the trend of what fires is taken anew. */
const TREND_EVERY_MS = 60_000;

/** The trend is for people: taken when something begins to fire or is about to, and once a minute while it does. */
function trendFor(
  run: Run,
  sample: Sample,
  labels: Labels,
  rule: Rule,
  previous: Alert | undefined,
  around: Surroundings,
): Trend | undefined {
  const wanted = rule.reduction.by === "last" && rule.unit !== "bool";
  if (!wanted || !previous || (previous.state !== "firing" && previous.state !== "pending")) return undefined;
  const minute = Math.floor(run.at / TREND_EVERY_MS);
  const due = previous.state === "pending" || minute !== Math.floor(previous.lastSampleAt / TREND_EVERY_MS);
  if (!due && previous.slopePerHour !== undefined) return undefined;
  const past = around.history(sample.series, labels, { by: "span", ms: TREND_SPAN_MS });
  const recent = past.filter((dot) => dot.at > run.at - TREND_SPAN_MS && dot.at < run.at);
  return trendOf([...recent, { at: run.at, value: sample.value }], rule.fullAt);
}

function missing(run: Run, seen: ReadonlySet<string>, around: Surroundings): readonly Sighting[] {
  const sightings: Sighting[] = [];
  for (const alert of around.known(run.target)) {
    if (seen.has(alert.fingerprint)) continue;
    const rule = ruleOf(alert, run, around.rules);
    if (!rule) continue;
    sightings.push({ rule, subject: subjectOf(alert), observation: { kind: "missing", at: run.at } });
  }
  return sightings;
}

export function subjectOf({ fingerprint, host, target, labels }: Alert): Subject {
  return { fingerprint, host, target, labels };
}

/** The rule that an alert came from, if it still looks at that series. */
export function ruleOf(alert: Alert, of: { readonly kind: string }, rules: RuleIndex): Rule | undefined {
  for (const same of rules.values()) {
    const rule = same.find(
      (candidate) =>
        candidate.name === alert.rule &&
        selects(candidate, { target: alert.target, kind: of.kind, labels: alert.labels }),
    );
    if (rule) return rule;
  }
  return undefined;
}
