import { describe, expect, test } from "vitest";

import { ByteReader, ByteWriter, DamagedBytesError } from "../../../src/store/bytes.js";
import { decodeHead, encodeHead, findInHead } from "../../../src/store/head-codec.js";
import { decodePoints, encodePoints } from "../../../src/store/point-codec.js";
import {
  ROLLUPS,
  ROLLUP_LEVELS,
  bucketsOf,
  decodeBuckets,
  encodeBuckets,
  mergeBuckets,
  rowStart,
} from "../../../src/store/rollup.js";
import { fc } from "../../support/fast-check.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Steady, jumping, equal and falling times. */
const times = fc.array(fc.integer({ min: 0, max: 2 ** 48 }), { maxLength: 300 });
const points = times.chain((at) =>
  fc.record({ at: fc.constant(at), values: fc.array(finite, { minLength: at.length, maxLength: at.length }) }),
);

function outcomeOf(decode: () => unknown): string {
  try {
    decode();
    return "decoded";
  } catch (thrown) {
    return thrown instanceof DamagedBytesError ? "damaged" : String(thrown);
  }
}

describe("blocks of points", () => {
  test("come back as they went in, bit by bit", () => {
    fc.assert(
      fc.property(points, ({ at, values }) => {
        const back = decodePoints(encodePoints({ at, values }));
        expect(back.at).toEqual(at);
        expect([...back.values].every((value, index) => Object.is(value, values[index]))).toBe(true);
      }),
    );
  });

  test("hold the extremes of a double and both zeros", () => {
    const values = [0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, Number.EPSILON, 2 ** 53, -1];
    const back = decodePoints(encodePoints({ at: values.map(() => 1_000), values }));
    expect([...back.values].map((value, index) => Object.is(value, values[index]))).toEqual(values.map(() => true));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuse %d as a value", (value) => {
    expect(() => encodePoints({ at: [1], values: [value] })).toThrow(RangeError);
  });

  test.each([-1, 0.5, 2 ** 48 + 1, Number.NaN])("refuse %d as a time", (at) => {
    expect(() => encodePoints({ at: [at], values: [1] })).toThrow(RangeError);
  });

  test("a steady series takes little: 120 equal values a quarter of a minute apart fit 270 bytes", () => {
    const at = Array.from({ length: 120 }, (_, index) => 1_767_614_400_000 + index * 15_000);
    expect(encodePoints({ at, values: at.map(() => 0.42) }).length).toBeLessThan(270);
  });

  test("damage is an error of its own kind, never a hang or a wrong answer without end", () => {
    const whole = encodePoints({ at: [1, 2, 3], values: [1, 2.5, -3] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(outcomeOf(() => decodePoints(bytes))).toBeOneOf(["decoded", "damaged"]);
      }),
    );
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodePoints(whole.subarray(0, length))).toThrow(DamagedBytesError);
    }
  });
});

test("integers come back, signed and unsigned", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (natural, integer) => {
      const writer = new ByteWriter(1);
      writer.unsigned(natural);
      writer.signed(integer);
      const reader = new ByteReader(writer.finish());
      expect([reader.unsigned(), reader.signed(), reader.done]).toEqual([natural, integer === 0 ? 0 : integer, true]);
    }),
  );
});

test("a run's samples are found by series, and only those", () => {
  const entries = fc.uniqueArray(fc.record({ series: fc.integer({ min: 0, max: 2 ** 32 - 1 }), value: finite }), {
    selector: ({ series }) => series,
    maxLength: 60,
  });
  fc.assert(
    fc.property(entries, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (list, other) => {
      const bytes = encodeHead(list);
      for (const { series, value } of list) expect(Object.is(findInHead(bytes, series), value)).toBe(true);
      expect(findInHead(bytes, other)).toBe(list.find(({ series }) => series === other)?.value);
      expect(decodeHead(bytes)).toHaveLength(list.length);
    }),
  );
});

describe("roll-ups", () => {
  const samples = fc.array(fc.record({ at: fc.integer({ min: 0, max: 40 * 86_400_000 }), value: finite }), {
    minLength: 1,
    maxLength: 200,
  });

  test("keep least ≤ mean ≤ most, and count every point once", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(...ROLLUP_LEVELS), (list, level) => {
        const buckets = bucketsOf(list, ROLLUPS[level].bucketMs);
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(list.length);
        for (const { at, min, mean, max, last } of buckets) {
          expect(min <= mean && mean <= max).toBe(true);
          const inside = list.filter((point) => point.at >= at && point.at < at + ROLLUPS[level].bucketMs);
          expect(min).toBe(Math.min(...inside.map(({ value }) => value)));
          expect(max).toBe(Math.max(...inside.map(({ value }) => value)));
          expect(last).toBe(inside.at(-1)?.value);
        }
      }),
    );
  });

  test("are the same whether the points come at once or in two parts", () => {
    const mild = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 7_200_000 }), value: fc.integer({ min: -1000, max: 1000 }) }),
      {
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(mild, fc.nat(100), (list, cut) => {
        const width = ROLLUPS["5m"].bucketMs;
        const whole = bucketsOf(list, width);
        const parts = mergeBuckets(bucketsOf(list.slice(0, cut), width), bucketsOf(list.slice(cut), width));
        expect(parts).toHaveLength(whole.length);
        for (const [index, bucket] of parts.entries()) {
          expect({ ...bucket, mean: 0 }).toEqual({ ...whole[index], mean: 0 });
          expect(bucket.mean).toBeCloseTo(whole[index]?.mean ?? Number.NaN, 6);
        }
      }),
    );
  });

  test("come back from their rows", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(...ROLLUP_LEVELS), (list, level) => {
        const first = bucketsOf(list, ROLLUPS[level].bucketMs)[0];
        const row = rowStart(level, first?.at ?? 0);
        const buckets = bucketsOf(list, ROLLUPS[level].bucketMs).filter(({ at }) => rowStart(level, at) === row);
        expect(decodeBuckets(level, row, encodeBuckets(level, row, buckets))).toEqual(buckets);
      }),
    );
  });
});
