import { parseDuration } from "../../../src/base/quantity.js";
import type { Alert } from "../../../src/model/alert.js";
import type { Labels } from "../../../src/model/labels.js";
import type { RuleOverride } from "../../../src/model/rule.js";
import type { Run } from "../../../src/model/run.js";
import type { Sample } from "../../../src/model/sample.js";
import { mergeRules } from "../../../src/rule/merge.js";
import { indexRules, observe } from "../../../src/rule/observe.js";
import type { Dot } from "../../../src/rule/reduce.js";
import { step, worthKeeping } from "../../../src/rule/step.js";

/** A file of rule tests, as promtool writes them: input series in its notation, and which alerts fire at which time. */
export interface RuleTestFile {
  readonly overrides?: readonly RuleOverride[];
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly kind: string;
    readonly input_series: readonly { readonly series: string; readonly values: string }[];
    readonly alert_rule_test: readonly {
      readonly eval_time: string;
      readonly alertname: string;
      readonly exp_alerts: readonly { readonly exp_labels: Labels }[];
    }[];
  }[];
}

/** What a series has at one moment: a number, nothing, or the mark that it is no longer emitted. */
type Slot = number | "_" | "stale";

/** `"1 2x3 0+0.1x2 _x2 stale"`: a value; a value so many times more; a value and so many steps; silence; its end. */
export function expandValues(values: string): readonly Slot[] {
  return values
    .split(/\s+/)
    .filter((part) => part !== "")
    .flatMap(expandPart);
}

function expandPart(part: string): readonly Slot[] {
  if (part === "stale") return ["stale"];
  const silence = /^_(?:x(\d+))?$/.exec(part);
  if (silence) return Array.from({ length: Number(silence[1] ?? 1) }, () => "_" as const);
  const match = /^(-?[\d.]+(?:e\d+)?)(?:([+-][\d.]+)?x(\d+))?$/.exec(part);
  if (!match) throw new Error(`"${part}" is not a value in promtool's notation`);
  const start = Number(match[1]);
  const by = Number(match[2] ?? 0);
  return Array.from({ length: Number(match[3] ?? 0) + 1 }, (_, i) => Number((start + by * i).toPrecision(12)));
}

/** `name{a="b",c="d"}` */
export function parseSeries(text: string): { readonly name: string; readonly labels: Labels } {
  const match = /^([a-z_]+)(?:\{(.*)\})?$/.exec(text);
  if (!match) throw new Error(`"${text}" is not a series`);
  const pairs = [...(match[2] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(
    (pair) => [pair[1] ?? "", pair[2] ?? ""] as const,
  );
  return { name: match[1] ?? "", labels: Object.fromEntries(pairs) };
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new Error(`"${text}" is not a duration`);
  return value;
}

/** The beginning of every test: an arbitrary moment, so that nothing depends on the epoch. */
const START = Date.UTC(2026, 0, 5, 12);

/** Which alerts of a rule fire, by their labels, at each of the times asked for. */
export function runRuleTest(
  test: RuleTestFile["tests"][number],
  overrides: readonly RuleOverride[] = [],
): readonly { readonly ask: string; readonly fires: readonly Labels[] }[] {
  const { rules, problems } = mergeRules(overrides);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const intervalMs = duration(test.interval);
  const inputs = test.input_series.map(({ series, values }) => ({
    ...parseSeries(series),
    slots: expandValues(values),
  }));
  const alerts = new Map<string, Alert>();
  const past = new Map<string, Dot[]>();
  const slots = Math.max(...inputs.map((input) => input.slots.length));
  const asked = test.alert_rule_test.map((each) => ({ each, at: duration(each.eval_time) }));
  const answers: { ask: string; fires: readonly Labels[] }[] = [];
  const index = indexRules(rules);
  for (let slot = 0; slot < slots; slot += 1) {
    const at = START + slot * intervalMs;
    const run = runOf(test.kind, at, inputs, slot);
    if (run) {
      const sightings = observe(run, {
        rules: index,
        intervalMs,
        calm: alerts.size === 0,
        alert: (fingerprint) => alerts.get(fingerprint),
        known: () => [...alerts.values()],
        history: (series, labels) => past.get(`${series}${JSON.stringify(labels)}`) ?? [],
      });
      for (const { rule, subject, observation } of sightings) {
        const { next } = step(rule, subject, alerts.get(subject.fingerprint), observation, at);
        if (worthKeeping(rule, next)) alerts.set(subject.fingerprint, next);
        else alerts.delete(subject.fingerprint);
      }
      for (const { series, labels, value } of run.samples) {
        const key = `${series}${JSON.stringify(labels)}`;
        past.set(key, [...(past.get(key) ?? []), { at, value }]);
      }
    }
    for (const { each } of asked.filter((ask) => ask.at >= slot * intervalMs && ask.at < (slot + 1) * intervalMs)) {
      const firing = [...alerts.values()].filter((alert) => alert.state === "firing" && alert.rule === each.alertname);
      const fires = firing.map(({ severity, labels, untrusted }) => ({
        severity,
        ...labels,
        ...(untrusted ? { untrusted: "true" } : {}),
      }));
      answers.push({ ask: `${each.alertname} at ${each.eval_time}`, fires });
    }
  }
  return answers;
}

/** One run holds every series that has a value now. When all are silent there was no run; `probe_failed 1` makes it a failed one. */
function runOf(
  kind: string,
  at: number,
  inputs: readonly { readonly name: string; readonly labels: Labels; readonly slots: readonly Slot[] }[],
  slot: number,
): Run | undefined {
  const present = inputs.map((input) => ({ ...input, now: input.slots[slot] ?? "_" }));
  if (present.every(({ now }) => now === "_")) return undefined;
  const values = present.flatMap(({ name, labels, now }) =>
    typeof now === "number" ? [{ series: name, labels, value: now }] : [],
  );
  const failed = values.some(({ series, value }) => series === "probe_failed" && value > 0);
  const samples: readonly Sample[] = values.filter(({ series }) => series !== "probe_failed");
  return {
    target: "t",
    kind,
    host: "web-1",
    at,
    durationMs: 1,
    result: failed ? { status: "failed", failure: "resolver", detail: "" } : { status: "ok", samples },
    samples: failed ? [] : samples,
    untrusted: [],
  };
}
