import { describe, expect, it } from "vitest";

import type { Alert, Transition } from "../../../src/model/alert.js";
import type { Rule } from "../../../src/model/rule.js";
import type { Observation } from "../../../src/rule/step.js";
import { step } from "../../../src/rule/step.js";
import { tell } from "../../support/rules/reference.js";
import { INTERVAL_MS, SUBJECT, gaugeRule } from "../../support/rules/rule.js";
import { fc } from "../../support/fast-check.js";

const rules = fc
  .record({
    warningFor: fc.constantFrom(0, 10, 25, 60),
    criticalFor: fc.constantFrom(0, 10, 40),
    keep: fc.constantFrom(0, 15, 40),
    goodRuns: fc.integer({ min: 1, max: 3 }),
    hysteresis: fc.boolean(),
    down: fc.boolean(),
    only: fc.constantFrom("both", "warning", "critical"),
  })
  .map(({ warningFor, criticalFor, keep, goodRuns, hysteresis, down, only }): Rule => {
    const up = gaugeRule({ keepFiringForMs: keep, goodRuns });
    const levels = up.levels.map(({ severity, threshold, clear }) => ({
      severity,
      forMs: severity === "warning" ? warningFor : criticalFor,
      threshold: down ? { op: "<" as const, value: 160 - threshold.value } : threshold,
      ...(hysteresis && clear ? { clear: down ? { op: ">" as const, value: 160 - clear.value } : clear } : {}),
    }));
    return { ...up, levels: levels.filter(({ severity }) => only === "both" || severity === only) };
  });

/** Values around every edge of the rule, so that each edge is met often. */
const value = fc.constantFrom(0, 64, 66, 70, 75, 79, 80, 81, 85, 89, 90, 91, 95, 160);
/** Mostly one interval, sometimes late, repeated, or so late that the row is broken. */
const pause = fc.constantFrom(INTERVAL_MS, INTERVAL_MS, INTERVAL_MS, 15, 30, 31, 100, 0, -5);
const happening = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant("sample" as const), value, pause, trusted: fc.constant(true) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("sample" as const), value, pause, trusted: fc.constant(false) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("failed" as const, "missing" as const), pause }) },
);

const histories = fc.array(happening, { minLength: 1, maxLength: 40 }).map((steps): readonly Observation[] => {
  let at = 1_000;
  return steps.map((each): Observation => {
    if (each.kind !== "sample") {
      at += Math.max(1, each.pause);
      return { kind: each.kind, at };
    }
    at += each.pause;
    return { kind: "sample", at, value: each.value, intervalMs: INTERVAL_MS, trusted: each.trusted };
  });
});

function walk(rule: Rule, history: readonly Observation[]) {
  let alert: Alert | undefined;
  return history.map((observation) => {
    const { next, transition } = step(rule, SUBJECT, alert, observation, 1_000_000);
    const previous = alert;
    alert = next;
    return { previous, next, transition };
  });
}

/** Every spoken transition belongs to the episode that fired last, and that fires once and ends once. */
function isOrderly(spoken: readonly Transition[]): boolean {
  let open: string | undefined;
  for (const { kind, alert } of spoken) {
    if (kind === "pending") continue;
    if ((kind === "fired") !== (open === undefined)) return false;
    open ??= alert.episode;
    if (open === undefined || alert.episode !== open) return false;
    if (kind === "resolved" || kind === "gone") open = undefined;
  }
  return true;
}

describe("a step of an alert", () => {
  it("does what the reference tells, sample by sample", () => {
    fc.assert(
      fc.property(rules, histories, (rule, history) => {
        const seen = walk(rule, history).map(({ next, transition }) => ({
          state: next.state === "firing" || next.state === "pending" ? next.state : "well",
          ...(next.state === "firing" ? { severity: next.severity } : {}),
          ...(transition && transition.kind !== "pending" ? { event: transition.kind } : {}),
        }));
        expect(seen).toEqual(tell(rule, history));
      }),
      { numRuns: 500 },
    );
  });

  it("never ends aloud what it did not fire, and never fires twice without an end between", () => {
    fc.assert(
      fc.property(rules, histories, (rule, history) => {
        expect(isOrderly(walk(rule, history).flatMap(({ transition }) => transition ?? []))).toBe(true);
      }),
    );
  });

  it("is pending before it fires whenever every level has a `for`", () => {
    fc.assert(
      fc.property(rules, histories, (rule, history) => {
        const slow = { ...rule, levels: rule.levels.map((level) => ({ ...level, forMs: Math.max(1, level.forMs) })) };
        const fired = walk(slow, history).filter(({ transition }) => transition?.kind === "fired");
        expect(fired.every(({ previous }) => previous?.state === "pending")).toBe(true);
      }),
    );
  });

  it("keeps facts that fit together", () => {
    fc.assert(
      fc.property(rules, histories, (rule, history) => {
        const severities = rule.levels.map((level) => level.severity);
        const up = rule.levels[0]?.threshold.op === ">";
        for (const { previous, next } of walk(rule, history)) {
          expect(next.lastSampleAt).toBeGreaterThanOrEqual(previous?.lastSampleAt ?? 0);
          expect(Math.max(0, ...Object.values(next.badSince))).toBeLessThanOrEqual(next.lastSampleAt);
          expect(next.state !== "firing" || severities.includes(next.severity)).toBe(true);
          const same = previous?.state === "firing" && previous.episode === next.episode ? previous : next;
          expect(next.firingSince).toBe(same.firingSince);
          expect(up ? next.worst >= same.worst : next.worst <= same.worst).toBe(true);
        }
      }),
    );
  });
});
