import { describe, expect, it } from "vitest";

import { backoffMs } from "../../../src/base/backoff.js";
import { ID_LENGTH, newId, timeOfId } from "../../../src/base/id.js";
import { durationText, parseDuration } from "../../../src/base/quantity.js";
import { Ring, quantile } from "../../../src/base/statistics.js";
import { plain, text } from "../../../src/base/text.js";
import { fc } from "../../support/fast-check.js";

const epoch = fc.integer({ min: 0, max: 2 ** 47 });

describe("ids", () => {
  it("hold their time, have one length, and sort by time", () => {
    fc.assert(
      fc.property(epoch, epoch, (a, b) => {
        const [idA, idB] = [newId({ now: () => a }), newId({ now: () => b })];
        expect(idA).toHaveLength(ID_LENGTH);
        expect(timeOfId(idA)).toBe(a);
        expect(a === b || idA < idB === a < b).toBe(true);
      }),
    );
  });

  it("do not repeat within a millisecond", () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newId({ now: () => 1 })));
    expect(ids.size).toBe(10_000);
  });
});

describe("durations", () => {
  it("read back what they write", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (ms) => {
        expect(parseDuration(durationText(ms))).toBe(ms);
      }),
    );
  });
});

describe("back-off", () => {
  it("stays between half a step and a whole one, and below the cap", () => {
    const policy = { baseMs: 500, capMs: 60_000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const wait = backoffMs(policy, attempt, random);
          const step = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(30, attempt - 1));
          expect(wait).toBeGreaterThanOrEqual(step / 2);
          expect(wait).toBeLessThanOrEqual(step);
        },
      ),
    );
  });
});

describe("quantiles", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });

  it("lie between the extremes, rise with q, and do not depend on the order", () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, p, q) => {
          const [low, high] = [quantile(list, Math.min(p, q)) ?? NaN, quantile(list, Math.max(p, q)) ?? NaN];
          expect(low).toBeGreaterThanOrEqual(Math.min(...list));
          expect(high).toBeLessThanOrEqual(Math.max(...list));
          expect(low).toBeLessThanOrEqual(high + 1e-6);
          expect(quantile(list.toReversed(), q)).toBe(quantile(list, q));
        },
      ),
    );
  });

  it("have no value for nothing", () => expect(quantile([], 0.5)).toBeUndefined());
});

describe("a ring", () => {
  it("holds the last values, oldest first", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (items, capacity) => {
        const ring = new Ring<number>(capacity);
        for (const item of items) ring.push(item);
        expect(ring.values()).toEqual(items.slice(-capacity));
      }),
    );
  });
});

describe("text", () => {
  it("says every word it was given, in order", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer(), (a, b, n) => {
        expect(plain(text`${a} and ${{ code: b }}: ${n}`)).toBe(`${a} and ${b}: ${n}`);
      }),
    );
  });
});
