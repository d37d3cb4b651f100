import { describe, expect, it } from "vitest";

import { identifyWait } from "../../../src/discord/gateway/identify.js";
import { fc } from "../../support/fast-check.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const T = Date.UTC(2026, 0, 5, 12);

function every(ms: number, count: number, from: number = T): number[] {
  return Array.from({ length: count }, (_, index) => from + index * ms);
}

describe("identifyWait", () => {
  it("waits for nothing at the first start", () => {
    expect(identifyWait({ starts: [T], identifies: [], now: T })).toEqual({ ms: 0, why: "none" });
  });

  it("keeps five seconds between identifies, as Discord asks", () => {
    expect(identifyWait({ starts: [T], identifies: [T], now: T + 2 * SECOND })).toEqual({ ms: 3_000, why: "spacing" });
    expect(identifyWait({ starts: [T], identifies: [T], now: T + 5 * SECOND }).ms).toBe(0);
  });

  it("lets five within ten minutes pass and delays the sixth by a minute", () => {
    const four = every(30 * SECOND, 4);
    const five = every(30 * SECOND, 5);
    const at = T + 3 * MINUTE;
    expect(identifyWait({ starts: [T], identifies: four, now: at }).ms).toBe(0);
    expect(identifyWait({ starts: [T], identifies: five, now: T + 2 * MINUTE + 10 * SECOND })).toEqual({
      ms: 50 * SECOND,
      why: "burst",
    });
    expect(identifyWait({ starts: [T], identifies: five, now: at }).ms).toBe(0);
  });

  it("counts starts too, this one included: five pass, the sixth waits", () => {
    expect(identifyWait({ starts: every(MINUTE, 5), identifies: [], now: T + 4 * MINUTE }).ms).toBe(0);
    expect(identifyWait({ starts: every(MINUTE, 6), identifies: [], now: T + 5 * MINUTE })).toEqual({
      ms: MINUTE,
      why: "burst",
    });
  });

  it("doubles up to thirty minutes while sessions do not last", () => {
    const identifies = every(10 * SECOND, 5);
    const waited: number[] = [];
    for (let step = 0; step < 8; step += 1) {
      const now = identifies.at(-1) ?? 0;
      const { ms } = identifyWait({ starts: [T], identifies, now });
      waited.push(ms / MINUTE);
      identifies.push(now + ms);
    }
    expect(waited).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it("forgets the delay after a session that lasted", () => {
    const identifies = every(10 * SECOND, 5);
    identifies.push((identifies.at(-1) ?? 0) + 20 * MINUTE);
    const now = (identifies.at(-1) ?? 0) + 10 * SECOND;
    expect(identifyWait({ starts: [T], identifies, now }).ms).toBe(0);
  });

  it("a program that crashes every twenty minutes is not kept out", () => {
    const starts = [...every(30 * SECOND, 8), ...every(20 * MINUTE, 10, T + 40 * MINUTE)];
    expect(identifyWait({ starts, identifies: [], now: starts.at(-1) ?? 0 }).ms).toBe(0);
  });

  it("keeps the last hundred session starts of a day for later", () => {
    const limit = { remaining: 99, resetAfterMs: 3 * 60 * MINUTE };
    expect(identifyWait({ starts: [T], identifies: [], now: T, limit })).toEqual({
      ms: limit.resetAfterMs,
      why: "session_limit",
    });
    expect(identifyWait({ starts: [T], identifies: [], now: T, limit: { ...limit, remaining: 100 } }).ms).toBe(0);
  });

  it("obeying it stays below the day's session starts, however short the sessions are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 * MINUTE }), { minLength: 1, maxLength: 40 }), (lasted) => {
        const identifies: number[] = [];
        let now = T;
        for (let index = 0; now < T + 24 * 60 * MINUTE; index += 1) {
          const { ms } = identifyWait({ starts: [T], identifies, now });
          now += ms;
          identifies.push(now);
          now += lasted[index % lasted.length] ?? 0;
        }
        expect(identifies.length).toBeLessThan(800);
      }),
      { numRuns: 20 },
    );
  });

  it("ignores moments in the future, left by a clock that was set back", () => {
    expect(identifyWait({ starts: [T], identifies: every(SECOND, 9, T + MINUTE), now: T }).ms).toBe(0);
  });
});
