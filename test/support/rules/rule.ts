import type { Rule } from "../../../src/model/rule.js";
import type { Observation, Subject } from "../../../src/rule/step.js";

/** A rule over one gauge with two levels: warning above 80 (over below 70), critical above 90 (over below 80). */
export function gaugeRule(changes: Partial<Rule> = {}): Rule {
  return {
    name: "Gauge",
    series: "gauge",
    reduction: { by: "last" },
    unit: "count",
    levels: [
      { severity: "warning", threshold: { op: ">", value: 80 }, clear: { op: "<", value: 70 }, forMs: 0 },
      { severity: "critical", threshold: { op: ">", value: 90 }, clear: { op: "<", value: 80 }, forMs: 0 },
    ],
    keepFiringForMs: 0,
    goodRuns: 1,
    except: [],
    needsGoodFirst: false,
    inhibitedBy: [],
    checksum: "gauge-1",
    ...changes,
  };
}

/** The gauge rule with another `for` on every level. */
export function gaugeRuleFor(forMs: number, changes: Partial<Rule> = {}): Rule {
  const rule = gaugeRule(changes);
  return { ...rule, levels: rule.levels.map((level) => ({ ...level, forMs })) };
}

export const SUBJECT: Subject = { fingerprint: "f00d", host: "web-1", target: "shop", labels: {} };

export const INTERVAL_MS = 10;

export function sampleAt(
  at: number,
  value: number,
  more: Partial<Extract<Observation, { kind: "sample" }>> = {},
): Observation {
  return { kind: "sample", at, value, intervalMs: INTERVAL_MS, trusted: true, ...more };
}
