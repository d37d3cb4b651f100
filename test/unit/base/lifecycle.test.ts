import { describe, expect, it } from "vitest";

import { Lifecycle } from "../../../src/base/lifecycle.js";
import { FakeClock } from "../../support/fake-clock.js";

describe("Lifecycle", () => {
  it("runs the clean-ups last in first out, each once, however often it is stopped", async () => {
    const lifecycle = new Lifecycle(new FakeClock());
    const done: string[] = [];
    lifecycle.onStop("store", () => void done.push("store"));
    lifecycle.onStop("client", async () => {
      await Promise.resolve();
      done.push("client");
    });
    const [first, second] = [lifecycle.stop(), lifecycle.stop()];
    expect(await first).toEqual([]);
    expect(await second).toEqual([]);
    expect(done).toEqual(["client", "store"]);
  });

  it("runs all of them although one throws, and names it", async () => {
    const lifecycle = new Lifecycle(new FakeClock());
    const done: string[] = [];
    lifecycle.onStop("store", () => void done.push("store"));
    lifecycle.onStop("client", () => {
      throw new Error("socket is gone");
    });
    expect(await lifecycle.stop()).toEqual([{ step: "client", message: "socket is gone" }]);
    expect(done).toEqual(["store"]);
  });

  it("does not let a step that hangs keep the others from running", async () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle(clock);
    const done: string[] = [];
    lifecycle.onStop("store", () => void done.push("store"));
    lifecycle.onStop("client", () => new Promise(() => undefined), { timeoutMs: 1_000 });
    const stopping = lifecycle.stop();
    await clock.advance(1_000);
    expect(await stopping).toEqual([{ step: "client", message: "not done within 1000 ms" }]);
    expect(done).toEqual(["store"]);
    expect(clock.pending).toBe(0);
  });

  it("refuses a clean-up that comes too late to be run", async () => {
    const lifecycle = new Lifecycle(new FakeClock());
    await lifecycle.stop();
    expect(() => lifecycle.onStop("late", () => undefined)).toThrow("already stopping");
  });
});
