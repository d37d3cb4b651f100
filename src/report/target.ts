import type { StoppedByHand } from "../model/action-record.js";
import type { Alert } from "../model/alert.js";
import type { Facts } from "../model/facts.js";
import type { Rule } from "../model/rule.js";
import type { Run } from "../model/run.js";
import type { SeriesSpec, Unit } from "../model/sample.js";
import type { Target } from "../model/target.js";
import type { AlertLine, SeriesLine, TargetView } from "../model/view.js";
import { readingOf } from "./reading.js";
import { measured } from "./runs.js";
import { firingOf, stateOf, toneOfTarget } from "./state.js";

export interface TargetInput {
  readonly host: string;
  readonly now: number;
  readonly target: Target;
  readonly run?: Run;
  readonly alerts: readonly Alert[];
  /** A person has stopped it. */
  readonly stopped?: StoppedByHand;
  readonly rules: readonly Rule[];
  readonly specs: ReadonlyMap<string, SeriesSpec>;
}

const UNITS_BY_SUFFIX: readonly (readonly [string, Unit])[] = [
  ["_bytes_per_second", "bytes_per_second"],
  ["_per_second", "per_second"],
  ["_seconds", "seconds"],
  ["_bytes", "bytes"],
  ["_ratio", "ratio"],
  ["_success", "bool"],
];

/** The unit by the series' own declaration, else by the ending that the naming rules ask for. */
function unitOf(series: string, specs: ReadonlyMap<string, SeriesSpec>): Unit {
  const declared = specs.get(series)?.unit;
  if (declared !== undefined) return declared;
  return UNITS_BY_SUFFIX.find(([suffix]) => series.endsWith(suffix))?.[1] ?? "count";
}

/** Labels that stand on everything of the target are said once, not with each value. */
function seriesLines(
  run: Run | undefined,
  target: Target,
  specs: ReadonlyMap<string, SeriesSpec>,
): readonly SeriesLine[] {
  const everywhere = (name: string, value: string): boolean =>
    name === "host" || name === "target" || target.labels[name] === value;
  return (run?.samples ?? []).map(({ series, labels, value }) => {
    const help = specs.get(series)?.help;
    const shown = Object.fromEntries(Object.entries(labels).filter(([name, text]) => !everywhere(name, text)));
    return { series, labels: shown, value, unit: unitOf(series, specs), ...(help === undefined ? {} : { help }) };
  });
}

function alertLines(input: TargetInput): readonly AlertLine[] {
  const own = input.alerts.filter((alert) => alert.target === input.target.name && alert.state !== "inactive");
  const rank = (alert: Alert): number => (alert.state === "firing" ? 0 : alert.state === "pending" ? 1 : 2);
  return own
    .toSorted((a, b) => rank(a) - rank(b) || b.lastSampleAt - a.lastSampleAt)
    .map((alert) => {
      const rule = input.rules.find((each) => each.name === alert.rule && each.checksum === alert.ruleChecksum);
      return rule === undefined ? { alert } : { alert, rule };
    });
}

function lastChangeOf(alerts: readonly AlertLine[], facts: Facts | undefined): number | undefined {
  const moments = alerts.flatMap(({ alert }) => [alert.firingSince, alert.endedAt]);
  if (facts?.kind === "unit") moments.push(facts.since);
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

export function targetView(input: TargetInput): TargetView {
  const { target, now } = input;
  const [item] = measured([target], new Map(input.run === undefined ? [] : [[target.name, input.run]]));
  const run = item?.run;
  const state = item === undefined ? ({ is: "never" } as const) : stateOf(item, now);
  const ok = run !== undefined && run.result.status === "ok";
  const facts = run?.result.status === "ok" ? run.result.facts : undefined;
  const alerts = alertLines(input);
  const lastChange = lastChangeOf(alerts, facts);
  return {
    host: input.host,
    name: target.name,
    kind: target.kind,
    labels: target.labels,
    intervalMs: target.intervalMs,
    tone: input.stopped ? "muted" : toneOfTarget(state, firingOf(input.alerts, target.name)),
    state,
    ...(input.stopped === undefined ? {} : { stopped: input.stopped }),
    ...(ok ? { reading: readingOf(run) } : {}),
    ...(facts === undefined ? {} : { facts }),
    alerts,
    series: seriesLines(run, target, input.specs),
    ...(run === undefined ? {} : { measuredAt: run.at, durationMs: run.durationMs }),
    ...(lastChange === undefined ? {} : { lastChange }),
    now,
  };
}
