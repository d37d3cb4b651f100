import { describe, expect, it } from "vitest";

import type { Alert } from "../../../src/model/alert.js";
import type { Rule } from "../../../src/model/rule.js";
import type { Observation, Step } from "../../../src/rule/step.js";
import { step, worthKeeping } from "../../../src/rule/step.js";
import { SUBJECT, gaugeRule, gaugeRuleFor, sampleAt } from "../../support/rules/rule.js";

const NOW = 1_000_000;

function walk(rule: Rule, observations: readonly Observation[], start?: Alert, now: number = NOW): readonly Step[] {
  let alert = start;
  return observations.map((observation) => {
    const done = step(rule, SUBJECT, alert, observation, now);
    alert = done.next;
    return done;
  });
}

const kinds = (steps: readonly Step[]): readonly (string | undefined)[] => steps.map((one) => one.transition?.kind);

function fired(rule: Rule, at: number, value: number): Alert {
  const { next } = step(rule, SUBJECT, undefined, sampleAt(at, value), NOW);
  expect(next.state).toBe("firing");
  return next;
}

describe("why it is bad", () => {
  const rule = gaugeRule();
  const seen = (status: number) => ({ kind: "http", url: "http://web/", status }) as const;
  const bad = (at: number, reason: "refused" | "wrong_status", status: number): Observation =>
    sampleAt(at, 95, { reason, facts: seen(status) });

  it("is kept with what was seen of it, as long as it is the same", () => {
    const steps = walk(rule, [bad(10, "wrong_status", 502), bad(20, "wrong_status", 503)]);
    expect(steps.at(-1)?.next).toMatchObject({ state: "firing", evidence: seen(502) });
  });

  it("is told anew when it is bad in another way", () => {
    const steps = walk(rule, [bad(10, "refused", 0), bad(20, "wrong_status", 503)]);
    expect(steps.at(-1)?.next).toMatchObject({ state: "firing", reason: "wrong_status", evidence: seen(503) });
  });
});

describe("for", () => {
  it("counts sample time from the first bad sample, and fires at its end exactly", () => {
    const steps = walk(
      gaugeRuleFor(30),
      [10, 20, 30, 39, 40].map((at) => sampleAt(at, 85)),
    );
    expect(kinds(steps)).toEqual(["pending", undefined, undefined, undefined, "fired"]);
    expect(steps.at(-1)?.next).toMatchObject({
      state: "firing",
      firingSince: 40,
      episode: "f00d:40",
      badSince: { warning: 10 },
    });
  });

  it("starts anew after a good sample", () => {
    const steps = walk(gaugeRuleFor(20), [sampleAt(10, 85), sampleAt(20, 60), sampleAt(30, 85), sampleAt(40, 85)]);
    expect(kinds(steps)).toEqual(["pending", undefined, "pending", undefined]);
  });

  it("is counted for each level by itself", () => {
    const steps = walk(gaugeRuleFor(20), [sampleAt(10, 85), sampleAt(20, 95), sampleAt(30, 95), sampleAt(40, 95)]);
    expect(kinds(steps)).toEqual(["pending", undefined, "fired", "rose"]);
    expect(steps[2]?.next).toMatchObject({ severity: "warning", limit: { value: 80 } });
    expect(steps[3]?.next).toMatchObject({ severity: "critical", limit: { value: 90 }, firingSince: 30 });
  });

  it("is neither advanced nor reset by failed runs", () => {
    const steps = walk(gaugeRuleFor(20), [
      sampleAt(10, 85),
      { kind: "failed", at: 20 },
      { kind: "failed", at: 30 },
      sampleAt(40, 85),
    ]);
    expect(kinds(steps)).toEqual(["pending", undefined, undefined, "fired"]);
    expect(steps[2]?.next).toBe(steps[0]?.next);
  });

  it("starts anew after a gap of more than three intervals, and not after three", () => {
    expect(kinds(walk(gaugeRuleFor(30), [sampleAt(10, 85), sampleAt(40, 85)]))).toEqual(["pending", "fired"]);
    const late = walk(gaugeRuleFor(30), [sampleAt(10, 85), sampleAt(41, 85), sampleAt(71, 85)]);
    expect(kinds(late)).toEqual(["pending", undefined, "fired"]);
  });
});

describe("while it fires", () => {
  it("lasts through a gap", () => {
    const rule = gaugeRule();
    const [after] = walk(rule, [sampleAt(500, 85)], fired(rule, 10, 85));
    expect(after?.next).toMatchObject({ state: "firing", firingSince: 10 });
    expect(after?.transition).toBeUndefined();
  });

  it("is over only below clear, not merely below the limit", () => {
    const rule = gaugeRule();
    const steps = walk(rule, [sampleAt(20, 79), sampleAt(30, 70), sampleAt(40, 69)], fired(rule, 10, 85));
    expect(kinds(steps)).toEqual([undefined, undefined, "resolved"]);
    expect(steps.at(-1)?.next).toMatchObject({ state: "resolved", endedAt: 40, worst: 85, value: 69 });
  });

  it("steps down by the higher level's own clear", () => {
    const rule = gaugeRule();
    const steps = walk(rule, [sampleAt(20, 85), sampleAt(30, 79)], fired(rule, 10, 95));
    expect(kinds(steps)).toEqual([undefined, "fell"]);
    expect(steps[1]?.transition).toMatchObject({ from: "critical", alert: { severity: "warning" } });
  });

  it("must be well for keepFiringFor and for so many runs", () => {
    const rule = gaugeRule({ keepFiringForMs: 20, goodRuns: 2 });
    const steps = walk(
      rule,
      [sampleAt(20, 60), sampleAt(30, 60), sampleAt(35, 95), sampleAt(40, 60), sampleAt(59, 60), sampleAt(60, 60)],
      fired(rule, 10, 95),
    );
    expect(kinds(steps)).toEqual([undefined, undefined, undefined, undefined, undefined, "resolved"]);
    const runs = gaugeRule({ goodRuns: 2 });
    expect(kinds(walk(runs, [sampleAt(20, 60), sampleAt(30, 60)], fired(runs, 10, 95)))).toEqual([
      undefined,
      "resolved",
    ]);
  });

  it("keeps the worst value in the direction of its limit", () => {
    const below = gaugeRule({ levels: [{ severity: "warning", threshold: { op: "<", value: 10 }, forMs: 0 }] });
    const steps = walk(below, [sampleAt(20, 3), sampleAt(30, 8)], fired(below, 10, 5));
    expect(steps.at(-1)?.next).toMatchObject({ worst: 3, value: 8 });
  });
});

describe("a series that disappears", () => {
  it("is gone after two good runs without it, never resolved", () => {
    const rule = gaugeRule();
    const steps = walk(
      rule,
      [
        { kind: "missing", at: 20 },
        { kind: "missing", at: 30 },
      ],
      fired(rule, 10, 85),
    );
    expect(kinds(steps)).toEqual([undefined, "gone"]);
    expect(steps[1]?.next).toMatchObject({ state: "gone", endedAt: 30 });
  });

  it("is not gone when it comes back after one", () => {
    const rule = gaugeRule();
    const steps = walk(
      rule,
      [{ kind: "missing", at: 20 }, sampleAt(30, 85), { kind: "missing", at: 40 }],
      fired(rule, 10, 85),
    );
    expect(kinds(steps)).toEqual([undefined, undefined, undefined]);
  });

  it("goes silently when it was only pending", () => {
    const rule = gaugeRuleFor(100);
    const steps = walk(rule, [sampleAt(10, 85), { kind: "missing", at: 20 }, { kind: "missing", at: 30 }]);
    expect(kinds(steps)).toEqual(["pending", undefined, undefined]);
    expect(steps.at(-1)?.next.state).toBe("gone");
  });
});

describe("samples that cannot be trusted", () => {
  it("change nothing twice, and are believed and marked the third time", () => {
    const slow = { trusted: false };
    const steps = walk(gaugeRule(), [sampleAt(10, 85, slow), sampleAt(11, 85, slow), sampleAt(12, 85, slow)]);
    expect(kinds(steps)).toEqual([undefined, undefined, "fired"]);
    expect(steps[2]?.next.untrusted).toBe(true);
  });

  it("lose the mark when a trusted sample says the same", () => {
    const slow = { trusted: false };
    const steps = walk(gaugeRule(), [
      sampleAt(10, 85, slow),
      sampleAt(11, 85, slow),
      sampleAt(12, 85, slow),
      sampleAt(20, 85),
    ]);
    expect(steps.at(-1)?.next.untrusted).toBe(false);
  });

  it("do not mark what was raised by trusted ones", () => {
    const rule = gaugeRule();
    const slow = { trusted: false };
    const steps = walk(
      rule,
      [sampleAt(20, 95, slow), sampleAt(21, 95, slow), sampleAt(22, 95, slow)],
      fired(rule, 10, 85),
    );
    expect(kinds(steps)).toEqual([undefined, undefined, "rose"]);
    expect(steps.at(-1)?.next.untrusted).toBe(false);
  });
});

describe("time", () => {
  it("ignores samples that are late or come twice", () => {
    const rule = gaugeRule();
    const before = fired(rule, 50, 85);
    for (const at of [50, 49, 10]) expect(step(rule, SUBJECT, before, sampleAt(at, 0), NOW).next).toBe(before);
  });

  it("goes back with a clock that was set back, keeping what had passed", () => {
    const rule = gaugeRuleFor(30);
    const pending = walk(rule, [sampleAt(100_000, 85), sampleAt(100_020, 85)]).at(-1)?.next;
    const steps = walk(rule, [sampleAt(50_000, 85), sampleAt(50_010, 85)], pending, 50_010);
    expect(kinds(steps)).toEqual([undefined, "fired"]);
  });
});

describe("a rule that has changed", () => {
  it("is held against the same sample once more, with since kept", () => {
    const rule = gaugeRule();
    const before = fired(rule, 10, 85);
    const stricter = gaugeRule({
      checksum: "gauge-2",
      levels: [{ severity: "critical", threshold: { op: ">", value: 84 }, forMs: 0 }],
    });
    const { next, transition } = step(stricter, SUBJECT, before, sampleAt(10, 85), NOW);
    expect(transition?.kind).toBe("rose");
    expect(next).toMatchObject({
      severity: "critical",
      firingSince: 10,
      episode: before.episode,
      ruleChecksum: "gauge-2",
    });
  });

  it("ends what the new limit does not mind", () => {
    const looser = gaugeRule({
      checksum: "gauge-2",
      levels: [{ severity: "warning", threshold: { op: ">", value: 99 }, forMs: 0 }],
    });
    const { transition } = step(looser, SUBJECT, fired(gaugeRule(), 10, 85), sampleAt(10, 85), NOW);
    expect(transition?.kind).toBe("resolved");
  });
});

describe("a series that must have been good first", () => {
  const rule = gaugeRule({ needsGoodFirst: true });

  it("does not fire as long as it has never been good", () => {
    expect(kinds(walk(rule, [sampleAt(10, 95), sampleAt(20, 95)]))).toEqual([undefined, undefined]);
  });

  it("fires when it turns", () => {
    expect(kinds(walk(rule, [sampleAt(10, 95), sampleAt(20, 5), sampleAt(30, 95)]))).toEqual([
      undefined,
      undefined,
      "fired",
    ]);
  });

  it("does not take an untrusted look for a good one", () => {
    const steps = walk(rule, [sampleAt(10, 95, { trusted: false }), sampleAt(20, 95)]);
    expect(kinds(steps)).toEqual([undefined, undefined]);
  });

  it("is remembered while it is good", () => {
    const { next } = step(rule, SUBJECT, undefined, sampleAt(10, 5), NOW);
    expect(worthKeeping(rule, next)).toBe(true);
    expect(worthKeeping(gaugeRule(), next)).toBe(false);
  });
});

describe("what no longer matters", () => {
  it("ends grey and aloud when it fired, and silently when not", () => {
    const rule = gaugeRule();
    const gone = step(rule, SUBJECT, fired(rule, 10, 85), { kind: "unwatched", at: 20 }, NOW);
    expect(gone.transition?.kind).toBe("gone");
    expect(worthKeeping(rule, gone.next)).toBe(false);
    const quiet = step(gaugeRuleFor(100), SUBJECT, undefined, sampleAt(10, 85), NOW);
    expect(step(rule, SUBJECT, quiet.next, { kind: "unwatched", at: 20 }, NOW).transition).toBeUndefined();
  });

  it("begins a new episode after an end", () => {
    const rule = gaugeRule();
    const steps = walk(rule, [sampleAt(20, 10), sampleAt(30, 85)], fired(rule, 10, 99));
    expect(kinds(steps)).toEqual(["resolved", "fired"]);
    const next = steps.at(-1)?.next;
    expect(next).toMatchObject({ episode: "f00d:30", firingSince: 30, worst: 85 });
    expect(next?.endedAt).toBeUndefined();
  });
});
