import { expect, test } from "vitest";

import type { Run } from "../../../src/model/run.js";
import { FIRST_RUN, UNTRUSTED_ROUNDS, followUp } from "../../../src/scrape/follow-up.js";
import { Slots } from "../../../src/scrape/slots.js";
import { aligned, grainOf, nextSlot, placeIn } from "../../../src/scrape/spread.js";
import { fc } from "../../support/fast-check.js";

const span = fc.integer({ min: 1, max: 86_400_000 });

test("a place lies within its span and is always the same", () => {
  fc.assert(
    fc.property(fc.string(), span, (name, spanMs) => {
      const place = placeIn(name, spanMs);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(spanMs);
      expect(placeIn(name, spanMs)).toBe(place);
    }),
  );
});

test("the next slot is on the grid, later than now, and at most one interval away", () => {
  fc.assert(
    fc.property(fc.nat(), span, fc.nat(), (origin, intervalMs, ahead) => {
      const after = origin + ahead;
      const slot = nextSlot(origin, intervalMs, after);
      expect(slot).toBeGreaterThan(after);
      expect(slot - after).toBeLessThanOrEqual(intervalMs);
      expect((slot - origin) % intervalMs).toBe(0);
      expect(nextSlot(origin, intervalMs, origin - 1)).toBe(origin);
    }),
  );
});

test("a few targets share a moment, none is moved far, and many have a moment of their own", () => {
  const interval = fc.oneof(fc.constantFrom(1_000, 5_000, 15_000), fc.integer({ min: 1_000, max: 3_600_000 }));
  fc.assert(
    fc.property(fc.array(interval, { minLength: 1, maxLength: 400, size: "max" }), fc.nat(), (intervals, at) => {
      const grain = grainOf(intervals);
      expect(grain).toBeLessThanOrEqual(1_000);
      const together = intervals.reduce((sum, intervalMs) => sum + grain / intervalMs, 0);
      expect(together).toBeLessThanOrEqual(4);
      for (const intervalMs of intervals) {
        const moment = aligned(at, grain, intervalMs);
        expect(moment).toBeLessThanOrEqual(at);
        expect(at - moment).toBeLessThanOrEqual(Math.min(grain, intervalMs / 10));
      }
    }),
  );
});

const outcome = fc.constantFrom("good", "bad", "failed", "untrusted good", "untrusted bad", "untrusted failed");

function runOf(kind: string): Run {
  const failed = kind.endsWith("failed");
  return {
    target: "web",
    kind: "http",
    host: "web-1",
    at: 0,
    durationMs: 0,
    result: failed ? { status: "failed", failure: "resolver", detail: "" } : { status: "ok", samples: [] },
    samples: failed ? [] : [{ series: "probe_success", labels: {}, value: kind.endsWith("good") ? 1 : 0 }],
    untrusted: kind.startsWith("untrusted") ? ["loop_lag"] : [],
  };
}

test("whatever the runs bring: one confirmation for each fall, fewer than three repeats in a row, never without a reason", () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
      let state = FIRST_RUN;
      let knownBad = false;
      let untrusted = 0;
      const said: string[] = [];
      const expected: string[] = [];
      for (const kind of outcomes) {
        const step = followUp(state, runOf(kind));
        state = step.state;
        said.push(step.next);
        if (kind.startsWith("untrusted")) {
          untrusted += 1;
          expected.push(untrusted < UNTRUSTED_ROUNDS ? "remeasure" : "none");
          continue;
        }
        untrusted = 0;
        expected.push(kind === "bad" && !knownBad ? "confirm" : "none");
        if (kind === "bad") knownBad = true;
        if (kind === "good") knownBad = false;
      }
      expect(said).toEqual(expected);
    }),
  );
});

test("slots: never more than there are, first come first served, none lost by those who give up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom("ask", "release", "give up"), { maxLength: 60 }),
      async (count, steps) => {
        const slots = new Slots(count);
        const held: (() => void)[] = [];
        const order: number[] = [];
        const waiting: { readonly id: number; readonly controller: AbortController }[] = [];
        let id = 0;
        for (const step of steps) {
          if (step === "ask") {
            const mine = (id += 1);
            const controller = new AbortController();
            waiting.push({ id: mine, controller });
            void slots.acquire(controller.signal).then((release) => {
              if (!release) return undefined;
              order.push(mine);
              waiting.splice(
                waiting.findIndex((one) => one.id === mine),
                1,
              );
              held.push(release);
              return undefined;
            });
          } else if (step === "release") {
            const release = held.shift();
            release?.();
            release?.();
          } else {
            waiting.pop()?.controller.abort();
          }
          await new Promise((resolve) => setImmediate(resolve));
          expect(held.length).toBeLessThanOrEqual(count);
          expect(slots.waiting).toBe(waiting.length);
          expect(waiting.length > 0 && held.length < count).toBe(false);
        }
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      },
    ),
    { numRuns: 50 },
  );
});
