import { describe, expect, it } from "vitest";

import { DeadlineError, systemClock } from "../../../src/base/clock.js";
import type { Clock } from "../../../src/base/clock.js";
import { FakeClock } from "../../support/fake-clock.js";

interface Harness {
  readonly clock: Clock;
  /** Lets at least this much time pass. */
  readonly pass: (ms: number) => Promise<void>;
}

const CLOCKS: Readonly<Record<string, () => Harness>> = {
  system: () => ({ clock: systemClock, pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms + 5)) }),
  fake: () => {
    const clock = new FakeClock();
    return { clock, pass: (ms) => clock.advance(ms) };
  },
};

describe.each(Object.entries(CLOCKS))("the %s clock", (_, make) => {
  it("fires timers in the order of their times, and not those that were cancelled", async () => {
    const { clock, pass } = make();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push("second"), 20);
    clock.setTimeout(() => fired.push("first"), 1);
    clock.setTimeout(() => fired.push("never"), 10).cancel();
    await pass(30);
    expect(fired).toEqual(["first", "second"]);
  });

  it("moves both of its hands while time passes", async () => {
    const { clock, pass } = make();
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    await pass(10);
    expect(clock.now()).toBeGreaterThanOrEqual(now + 9);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(monotonic + 9);
  });

  it("ends a sleep at once when its signal aborts, also when it had aborted before", async () => {
    const { clock } = make();
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(new Error("no longer wanted"));
    await expect(sleeping).rejects.toThrow("no longer wanted");
    await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow("no longer wanted");
  });

  it("aborts at a deadline, and says that it was the deadline", async () => {
    const { clock, pass } = make();
    using deadline = clock.deadline(5);
    await pass(10);
    expect(deadline.expired).toBe(true);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineError);
  });

  it("passes a parent's abort through a deadline, and says that it was not the deadline", () => {
    const { clock } = make();
    const parent = new AbortController();
    using deadline = clock.deadline(60_000, parent.signal);
    parent.abort(new Error("stopping"));
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.expired).toBe(false);
  });

  it("waits a timer that is longer than Node's own limit instead of firing it at once", async () => {
    const { clock, pass } = make();
    let fired = false;
    const timer = clock.setTimeout(() => {
      fired = true;
    }, 2 ** 32);
    timer.unref();
    await pass(10);
    expect(fired).toBe(false);
    timer.cancel();
  });
});
