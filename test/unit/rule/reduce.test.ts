import { describe, expect, it } from "vitest";

import { quantile } from "../../../src/base/statistics.js";
import type { Dot } from "../../../src/rule/reduce.js";
import { reduce } from "../../../src/rule/reduce.js";
import { trendOf } from "../../../src/rule/trend.js";
import { fc } from "../../support/fast-check.js";

const dots = (...values: readonly number[]): readonly Dot[] => values.map((value, i) => ({ at: (i + 1) * 10, value }));

describe("increase", () => {
  const rise = (history: readonly Dot[], sample: Dot, windowMs = 100): number =>
    reduce({ by: "increase", windowMs }, { sample, history });

  it("is nothing for the first sample ever seen", () => {
    expect(rise([], { at: 10, value: 7 })).toBe(0);
  });

  it("counts a fall as a restart from zero", () => {
    expect(rise(dots(5, 8, 1), { at: 40, value: 3 })).toBe(3 + 1 + 2);
  });

  it("measures from the last sample before the window, however old", () => {
    expect(rise([{ at: 10, value: 5 }], { at: 100_000, value: 8 })).toBe(3);
    expect(rise(dots(1, 5, 5), { at: 125, value: 6 })).toBe(1);
  });

  it("leaves out what is newer than the sample", () => {
    expect(
      rise(
        [
          { at: 10, value: 5 },
          { at: 99, value: 50 },
        ],
        { at: 20, value: 6 },
      ),
    ).toBe(1);
  });

  it("is never negative, and grows with the window", () => {
    const counter = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        counter,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        (values, window, more) => {
          const all = dots(...values);
          const sample = all.at(-1) ?? { at: 0, value: 0 };
          const short = rise(all, sample, window);
          expect(short).toBeGreaterThanOrEqual(0);
          expect(rise(all, sample, window + more)).toBeGreaterThanOrEqual(short);
        },
      ),
    );
  });
});

describe("the others", () => {
  it("take a quantile over the newest runs only", () => {
    const history = dots(100, 1, 2, 3, 4);
    const sample = { at: 60, value: 5 };
    expect(reduce({ by: "quantile", q: 0.5, runs: 5 }, { sample, history })).toBe(3);
    expect(reduce({ by: "quantile", q: 0.95, runs: 5 }, { sample, history })).toBe(quantile([1, 2, 3, 4, 5], 0.95));
    expect(reduce({ by: "quantile", q: 0.95, runs: 10 }, { sample, history: [] })).toBe(5);
    expect(reduce({ by: "quantile", q: 0.5, runs: 1 }, { sample, history })).toBe(5);
  });

  it("count in a row", () => {
    const down = { by: "in_a_row", bad: { op: "<", value: 1 } } as const;
    expect(reduce(down, { sample: { at: 10, value: 0 }, history: [] })).toBe(1);
    expect(reduce(down, { sample: { at: 10, value: 0 }, history: [], before: 4 })).toBe(5);
    expect(reduce(down, { sample: { at: 10, value: 1 }, history: [], before: 4 })).toBe(0);
  });

  it("know the seconds until a moment, and the largest step in either direction", () => {
    expect(reduce({ by: "seconds_until" }, { sample: { at: 5_000, value: 65 }, history: [] })).toBe(60);
    const largest = { by: "largest", windowMs: 100 } as const;
    expect(reduce(largest, { sample: { at: 50, value: 1 }, history: dots(0.5, -3) })).toBe(3);
    expect(reduce(largest, { sample: { at: 121, value: 1 }, history: dots(0.5, -3) })).toBe(1);
  });
});

describe("a trend", () => {
  const HOUR = 3_600_000;
  const line = (from: number, perHour: number, count = 10): readonly Dot[] =>
    Array.from({ length: count }, (_, i) => ({ at: HOUR + i * 60_000, value: from + (perHour * i) / 60 }));

  it("finds any straight line again", () => {
    const slope = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), slope, (from, perHour) => {
        expect(trendOf(line(from, perHour), undefined)?.slopePerHour).toBeCloseTo(perHour, 6);
      }),
    );
  });

  it("tells when it is full, but only if it rises and is not far away", () => {
    const rising = line(0.8, 0.1);
    const last = rising.at(-1) ?? { at: 0, value: 0 };
    const left = (1 - last.value) / 0.1;
    expect(((trendOf(rising, 1)?.exhaustedAt ?? 0) - last.at) / HOUR).toBeCloseTo(left, 4);
    expect(trendOf(line(0.8, -0.1), 1)).not.toHaveProperty("exhaustedAt");
    expect(trendOf(line(0.8, 0.0001), 1)).not.toHaveProperty("exhaustedAt");
    expect(trendOf(line(1.2, 0.1), 1)?.exhaustedAt).toBe(last.at);
  });

  it("says nothing from too little", () => {
    expect(trendOf(line(0.8, 0.1, 4), 1)).toBeUndefined();
    expect(
      trendOf(
        line(0.8, 0.1, 5).map((dot, i) => ({ ...dot, at: i })),
        1,
      ),
    ).toBeUndefined();
    expect(trendOf([], 1)).toBeUndefined();
  });
});
