import { afterEach, describe, expect, it } from "vitest";

import { SimulatedClock } from "../../../simulator/clock.js";
import { SnowflakeFactory, compareSnowflakes, snowflakeTime } from "../../../simulator/snowflake.js";

describe("the simulated clock", () => {
  const clock = new SimulatedClock();

  afterEach(() => clock.close());

  it("stands still when frozen, moves when advanced, and runs on from there when released", () => {
    clock.freeze();
    const start = clock.now();
    expect(clock.now()).toBe(start);
    clock.advance(900_000);
    expect(clock.now()).toBe(start + 900_000);
    clock.release();
    expect(clock.now()).toBeGreaterThanOrEqual(start + 900_000);
    expect(clock.frozen).toBe(false);
  });

  it("runs due timers in the order of their time, each seeing its own", () => {
    clock.freeze();
    const start = clock.now();
    const seen: (readonly [string, number])[] = [];
    const note = (name: string) => (): void => void seen.push([name, clock.now() - start]);
    clock.after(300, note("c"));
    clock.after(100, note("a"));
    clock.after(100, () => clock.after(100, note("b")));
    clock.after(500, note("later"));
    const cancel = clock.after(50, note("cancelled"));
    cancel();
    clock.advance(400);
    expect(seen).toEqual([
      ["a", 100],
      ["b", 200],
      ["c", 300],
    ]);
  });

  it("lets timers fire by themselves when it runs", async () => {
    clock.release();
    await clock.wait(1);
    clock.freeze();
    let fired = false;
    void clock.wait(1000).then(() => (fired = true));
    clock.release();
    clock.advance(1000);
    await Promise.resolve();
    expect(fired).toBe(true);
  });

  it.each([-1, Number.NaN])("refuses to advance by %d", (ms) => {
    expect(() => clock.advance(ms)).toThrow(/expected milliseconds >= 0/);
  });

  it("makes ids that grow even when time stands still, 19 digits long and true to their time", () => {
    clock.freeze();
    const ids = new SnowflakeFactory(clock);
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(made.every((id, index) => index === 0 || compareSnowflakes(made[index - 1] ?? "", id) < 0)).toBe(true);
    expect(made.every((id) => id.length === 19)).toBe(true);
    expect(snowflakeTime(made[0] ?? "")).toBe(Math.trunc(clock.now()));
  });
});
