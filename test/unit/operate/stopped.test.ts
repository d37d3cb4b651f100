import { describe, expect, it } from "vitest";

import { OPS, bench, operator } from "../../support/operate/bench.js";
import { aRun, aTarget } from "../../support/runs.js";

const HOUR = 3_600_000;
const SHOP = aTarget("shop-bot", "unit");

function seen(active: string, at: number): ReturnType<typeof aRun> {
  return aRun(SHOP, {}, { kind: "unit", unit: "shop-bot.service", load: "loaded", active, sub: "" }, { at });
}

describe("a target that was stopped by hand", () => {
  it("is known as such from before the act, with who and when and why", async () => {
    const world = await bench();
    let during: unknown;
    world.actor.answer = async (action) => {
      during = world.store.read((tables) => tables.meta.get("operate.stopped"));
      world.actor.move(action);
      return { status: "done", by: "systemd", tookMs: 100 };
    };
    await world.confirmed("stop", operator, "too loud");
    await world.clock.advance(2_000);
    expect(during).toMatchObject([{ target: "shop-bot", by: "operator", settling: true }]);
    expect(world.operate.stopped().get("shop-bot")).toMatchObject({ by: "operator", reason: "too loud" });
    expect(world.operate.stopped().get("shop-bot")).not.toHaveProperty("settling");
    expect(world.said()[0]?.text).toContain("shop-bot stopped in 100 ms by @operator: “too loud”");
  });

  it("outlives a restart of Toban", async () => {
    const world = await bench();
    await world.confirmed("kill");
    await world.clock.advance(2_000);
    const next = await bench({ store: world.store, clock: world.clock });
    expect([...next.operate.stopped().keys()]).toEqual(["shop-bot"]);
  });

  it("is no longer when it is started through Toban, or seen running", async () => {
    const world = await bench();
    await world.confirmed("stop");
    await world.clock.advance(2_000);
    await world.confirmed("start");
    await world.clock.advance(31_000);
    expect(world.operate.stopped().size).toBe(0);

    await world.confirmed("stop");
    await world.clock.advance(2_000);
    world.operate.observe(seen("inactive", world.clock.now()));
    await world.clock.settle();
    expect(world.operate.stopped().size).toBe(1);
    world.operate.observe(seen("active", world.clock.now()));
    await world.clock.settle();
    expect(world.operate.stopped().size).toBe(0);
  });

  it("is still stopped when a run from before that comes late", async () => {
    const world = await bench();
    const before = seen("active", world.clock.now());
    await world.confirmed("stop");
    world.operate.observe(before);
    await world.clock.advance(2_000);
    world.operate.observe(before);
    await world.clock.settle();
    expect(world.operate.stopped().size).toBe(1);
  });

  it("is not stopped when that failed", async () => {
    const world = await bench();
    world.actor.answer = { status: "failed", by: "systemd", failure: "not_permitted", detail: "" };
    await world.confirmed("stop");
    await world.clock.settle();
    expect(world.operate.stopped().size).toBe(0);
  });

  it("is brought to mind after an hour, once", async () => {
    const world = await bench();
    world.operate.start();
    await world.confirmed("stop");
    await world.clock.advance(HOUR - 10_000);
    expect(world.said().length).toBe(1);
    await world.clock.advance(20_000);
    expect(world.said()[1]).toEqual({
      channel: OPS,
      text: expect.stringMatching(/🔕.*still stopped, by operator 1 h ago/u) as string,
    });
    await world.clock.advance(3 * HOUR);
    expect(world.said().length).toBe(2);
  });
});
