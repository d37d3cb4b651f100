import { assertNever } from "../base/errors.js";
import type { Alert, Transition } from "../model/alert.js";
import type { Facts } from "../model/facts.js";
import type { Labels } from "../model/labels.js";
import type { Failure, Reason } from "../model/reason.js";
import type { Rule, RuleLevel, Severity } from "../model/rule.js";
import { SEVERITY_RANK } from "../model/rule.js";
import { holds, worse } from "./compare.js";
import type { Trend } from "./trend.js";

/** A longer silence than this many intervals starts what is pending anew: nobody saw it bad in between. */
export const GAP_INTERVALS = 3;
/** Runs in a row without the series after which it is gone. */
export const GONE_AFTER_RUNS = 2;
/** Rounds in a row that cannot be trusted after which they are believed, and marked. */
export const UNTRUSTED_ROUNDS = 3;

/** Which series of which target an alert is about. */
export interface Subject {
  readonly fingerprint: string;
  readonly host: string;
  readonly target: string;
  readonly labels: Labels;
}

/** What one run tells one rule about one series. `at`: UTC milliseconds of the run. */
export type Observation =
  | {
      readonly kind: "sample";
      readonly at: number;
      /** Reduced, as the rule compares it. */
      readonly value: number;
      readonly intervalMs: number;
      /** False: taken while a guard was tripped. */
      readonly trusted: boolean;
      readonly reason?: Reason;
      readonly failure?: Failure;
      readonly detail?: string;
      readonly facts?: Facts;
      readonly trend?: Trend;
    }
  /** Nothing could be measured. */
  | { readonly kind: "failed"; readonly at: number }
  /** The run was good and did not have the series. */
  | { readonly kind: "missing"; readonly at: number }
  /** The rule or the target is no longer configured. */
  | { readonly kind: "unwatched"; readonly at: number };

type SampleObservation = Extract<Observation, { kind: "sample" }>;

export interface Step {
  readonly next: Alert;
  readonly transition?: Transition;
}

/**
 * One step of one alert: inactive → pending → firing → resolved | gone, and from there anew. Pure; `now` only serves to
 * notice a clock that was set back.
 *
 * * `for` counts, per level, from the first bad sample of an unbroken row, in sample time. A failed run does not count at all; a
 *   gap of more than three intervals between samples starts what is pending anew, and never touches what fires.
 * * While a level fires, its `clear` must hold before it is over, not merely its threshold no longer.
 * * A run that cannot be trusted changes nothing until the third in a row, which is believed and marked.
 * * A sample that is not newer than the last one is ignored, unless the rule has changed in the meantime.
 */
export function step(
  rule: Rule,
  subject: Subject,
  previous: Alert | undefined,
  observation: Observation,
  now: number,
): Step {
  const last = movedBack(previous, observation, now);
  switch (observation.kind) {
    case "failed":
      return { next: last ?? inactive(rule, subject) };
    case "missing":
      return onMissing(last ?? inactive(rule, subject), observation.at);
    case "unwatched":
      return ended(last ?? inactive(rule, subject), "gone", observation.at);
    case "sample":
      return onSample(rule, subject, last, observation);
    default:
      return assertNever(observation);
  }
}

/** Whether an alert tells anything that a later step needs. What does not may be forgotten. */
export function worthKeeping(rule: Rule | undefined, alert: Alert): boolean {
  if (alert.state === "pending" || alert.state === "firing" || alert.untrustedRounds > 0) return true;
  if (alert.state !== "inactive" || rule === undefined) return false;
  return (rule.needsGoodFirst && !alert.neverGood) || (rule.reduction.by === "in_a_row" && alert.value > 0);
}

/**
 * Whether a trusted sample of a series of which nothing is known leaves nothing to be known either: its step would speak of nothing, and
 * {@link worthKeeping} would not hold for what it gave. Most samples are like that, and need no step.
 */
export function leavesNothing(rule: Rule, value: number): boolean {
  if (rule.needsGoodFirst || (rule.reduction.by === "in_a_row" && value > 0)) return false;
  return !rule.levels.some((level) => holds(level.threshold, value));
}

/** Whether a sample follows so late on the alert's last one that nobody can say what was in between. */
export function isGap(alert: Alert, at: number, intervalMs: number): boolean {
  return at - alert.lastSampleAt > GAP_INTERVALS * intervalMs;
}

/** A last sample in the future means that the clock was set back: the alert's times go back with it. */
function movedBack(previous: Alert | undefined, observation: Observation, now: number): Alert | undefined {
  if (!previous || previous.lastSampleAt <= Math.max(now, observation.at)) return previous;
  const by = previous.lastSampleAt - observation.at + 1;
  const badSince: Partial<Record<Severity, number>> = {};
  for (const [severity, since] of Object.entries(previous.badSince)) badSince[severity as Severity] = since - by;
  return {
    ...previous,
    badSince,
    lastSampleAt: previous.lastSampleAt - by,
    ...(previous.goodSince === undefined ? {} : { goodSince: previous.goodSince - by }),
    ...(previous.firingSince === undefined ? {} : { firingSince: previous.firingSince - by }),
  };
}

/** Nothing is known yet, and it has to be good once if the rule asks for that. */
function inactive(rule: Rule, subject: Subject): Alert {
  const alert = nothingKnown(rule, subject);
  return rule.needsGoodFirst ? { ...alert, neverGood: true } : alert;
}

/** No sample since the epoch. */
function nothingKnown(rule: Rule, subject: Subject): Alert {
  const level = rule.levels[0];
  return {
    ...subject,
    rule: rule.name,
    ruleChecksum: rule.checksum,
    state: "inactive",
    severity: level?.severity ?? "info",
    limit: level?.threshold ?? { op: "==", value: 0 },
    value: 0,
    worst: 0,
    badSince: {},
    goodRuns: 0,
    missingRuns: 0,
    untrustedRounds: 0,
    untrusted: false,
    lastSampleAt: 0,
  };
}

/** What most samples make: nothing was known of the series, and it is well. Goes the short way to what the stages below give. */
function wellFromTheFirst(rule: Rule, subject: Subject, sample: SampleObservation): Alert {
  const alert = nothingKnown(rule, subject);
  return { ...alert, value: sample.value, worst: sample.value, lastSampleAt: sample.at };
}

/** After an end everything begins anew, but for the time of the last sample; and what has recovered has been good. */
function anew(rule: Rule, subject: Subject, past: Alert | undefined): Alert {
  const { neverGood, ...fresh } = inactive(rule, subject);
  const proven = past?.state === "resolved" || neverGood === undefined;
  return { ...fresh, lastSampleAt: past?.lastSampleAt ?? 0, ...(proven ? {} : { neverGood }) };
}

function onMissing(last: Alert, at: number): Step {
  if (last.state === "resolved" || last.state === "gone" || at <= last.lastSampleAt) return { next: last };
  const missingRuns = last.missingRuns + 1;
  if (missingRuns < GONE_AFTER_RUNS) return { next: { ...last, missingRuns } };
  return ended({ ...last, missingRuns }, "gone", at);
}

/** Only what fired can end aloud. */
function ended(last: Alert, state: "resolved" | "gone", at: number): Step {
  const next: Alert = { ...last, state, endedAt: at, untrustedRounds: 0 };
  return last.state === "firing" ? { next, transition: { kind: state, alert: next } } : { next };
}

function onSample(rule: Rule, subject: Subject, previous: Alert | undefined, sample: SampleObservation): Step {
  const changed = previous !== undefined && previous.ruleChecksum !== rule.checksum;
  if (previous && (sample.at < previous.lastSampleAt || (sample.at === previous.lastSampleAt && !changed))) {
    return { next: previous };
  }
  if (previous === undefined && sample.trusted && !rule.levels.some((level) => holds(level.threshold, sample.value))) {
    return { next: wellFromTheFirst(rule, subject, sample) };
  }
  const live = previous && previous.state !== "resolved" && previous.state !== "gone" ? previous : undefined;
  const last = live ?? anew(rule, subject, previous);
  const untrustedRounds = sample.trusted ? 0 : (previous?.untrustedRounds ?? 0) + 1;
  if (untrustedRounds > 0 && untrustedRounds < UNTRUSTED_ROUNDS) {
    return { next: { ...last, untrustedRounds } };
  }

  const verdict = judge(rule, last, sample);
  const base: Alert = {
    ...last,
    ruleChecksum: rule.checksum,
    value: sample.value,
    badSince: verdict.badSince,
    missingRuns: 0,
    untrustedRounds,
    lastSampleAt: sample.at,
  };
  if (verdict.severest && last.neverGood) return { next: { ...base, badSince: {} } };
  if (!verdict.severest) return onGood(rule, last, withoutTrend(base), sample);
  return onBad(last, withTrend(base, sample.trend), sample, verdict.severest, verdict.mature);
}

interface Verdict {
  readonly badSince: Alert["badSince"];
  /** The severest level that is bad now. */
  readonly severest?: RuleLevel;
  /** The severest level that has been bad for long enough. */
  readonly mature?: RuleLevel;
}

/** Holds the value against every level of the rule. */
function judge(rule: Rule, last: Alert, sample: SampleObservation): Verdict {
  const gap = isGap(last, sample.at, sample.intervalMs);
  const badSince: Partial<Record<Severity, number>> = {};
  const kept: Partial<Record<Severity, number>> = {};
  let severest: RuleLevel | undefined;
  let mature: RuleLevel | undefined;
  for (const level of rule.levels) {
    const held = last.state === "firing" && SEVERITY_RANK[level.severity] <= SEVERITY_RANK[last.severity];
    const since = last.badSince[level.severity];
    if (held && since !== undefined) kept[level.severity] = since;
    if (!isBad(level, sample.value, held)) continue;
    severest = level;
    const from = since === undefined || (gap && !held) ? sample.at : since;
    badSince[level.severity] = from;
    if (held || sample.at - from >= level.forMs) mature = level;
  }
  // While an alert waits to be over, it still tells since when it has been bad.
  return {
    badSince: severest ? badSince : kept,
    ...(severest ? { severest } : {}),
    ...(mature ? { mature } : {}),
  };
}

function isBad(level: RuleLevel, value: number, held: boolean): boolean {
  if (holds(level.threshold, value)) return true;
  return held && level.clear !== undefined && !holds(level.clear, value);
}

function onGood(rule: Rule, last: Alert, base: Alert, sample: SampleObservation): Step {
  if (last.state !== "firing") {
    const { reason: _reason, failure: _failure, detail: _detail, neverGood: _neverGood, ...rest } = base;
    return { next: { ...rest, state: "inactive", worst: sample.value, badSince: {}, goodRuns: 0, untrusted: false } };
  }
  const unseen = last.goodSince === undefined || isGap(last, sample.at, sample.intervalMs);
  const goodSince = unseen ? sample.at : (last.goodSince ?? sample.at);
  const next: Alert = { ...base, goodRuns: last.goodRuns + 1, goodSince };
  if (next.goodRuns < rule.goodRuns || sample.at - goodSince < rule.keepFiringForMs) return { next };
  return ended(next, "resolved", sample.at);
}

function onBad(
  last: Alert,
  base: Alert,
  sample: SampleObservation,
  severest: RuleLevel,
  mature: RuleLevel | undefined,
): Step {
  const { goodSince: _goodSince, ...kept } = base;
  const began = last.state === "pending" || last.state === "firing";
  const next: Alert = {
    ...kept,
    goodRuns: 0,
    worst: began ? worse(severest.threshold.op, last.worst, sample.value) : sample.value,
    // A sample that can be believed confirms what was raised without.
    untrusted: !sample.trusted && (last.state !== "firing" || last.untrusted),
    ...(sample.reason ? { reason: sample.reason } : {}),
    ...(sample.failure ? { failure: sample.failure } : {}),
    ...(sample.detail === undefined ? {} : { detail: sample.detail }),
    // Bad in another way than before: what was seen then explains nothing of it.
    ...(last.state === "firing" && sample.reason !== last.reason && sample.facts ? { evidence: sample.facts } : {}),
  };
  if (last.state === "firing") return moved(last, next, mature);
  const level = mature ?? severest;
  const alert: Alert = { ...next, severity: level.severity, limit: level.threshold };
  if (!mature) {
    const pending: Alert = { ...alert, state: "pending" };
    return last.state === "pending"
      ? { next: pending }
      : { next: pending, transition: { kind: "pending", alert: pending } };
  }
  const fired: Alert = {
    ...alert,
    state: "firing",
    firingSince: sample.at,
    episode: `${alert.fingerprint}:${sample.at}`,
    ...(sample.facts ? { evidence: sample.facts } : {}),
  };
  return { next: fired, transition: { kind: "fired", alert: fired } };
}

/** Still firing: at the same level, a severer or a milder one. */
function moved(last: Alert, next: Alert, mature: RuleLevel | undefined): Step {
  if (!mature) return { next };
  const alert: Alert = { ...next, severity: mature.severity, limit: mature.threshold };
  if (mature.severity === last.severity) return { next: alert };
  const rose = SEVERITY_RANK[mature.severity] > SEVERITY_RANK[last.severity];
  return { next: alert, transition: { kind: rose ? "rose" : "fell", alert, from: last.severity } };
}

function withTrend(alert: Alert, trend: Trend | undefined): Alert {
  if (!trend) return alert;
  const { exhaustedAt: _exhaustedAt, ...rest } = alert;
  return {
    ...rest,
    slopePerHour: trend.slopePerHour,
    ...(trend.exhaustedAt === undefined ? {} : { exhaustedAt: trend.exhaustedAt }),
  };
}

function withoutTrend(alert: Alert): Alert {
  const { slopePerHour: _slopePerHour, exhaustedAt: _exhaustedAt, ...rest } = alert;
  return rest;
}
