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
    const it = await bench();
    let during: unknown;
    it.actor.answer = async (action) => {
      during = it.store.read((tables) => tables.meta.get("operate.stopped"));
      it.actor.move(action);
      return { status: "done", by: "systemd", tookMs: 100 };
    };
    await it.confirmed("stop", operator, "too loud");
    await it.clock.advance(2_000);
    expect(during).toMatchObject([{ target: "shop-bot", by: "operator", settling: true }]);
    expect(it.operate.stopped().get("shop-bot")).toMatchObject({ by: "operator", reason: "too loud" });
    expect(it.operate.stopped().get("shop-bot")).not.toHaveProperty("settling");
    expect(it.said()[0]?.text).toContain("shop-bot stopped in 100 ms by @operator: “too loud”");
  });

  it("outlives a restart of Toban", async () => {
    const it = await bench();
    await it.confirmed("kill");
    await it.clock.advance(2_000);
    const next = await bench({ store: it.store, clock: it.clock });
    expect([...next.operate.stopped().keys()]).toEqual(["shop-bot"]);
  });

  it("is no longer when it is started through Toban, or seen running", async () => {
    const it = await bench();
    await it.confirmed("stop");
    await it.clock.advance(2_000);
    await it.confirmed("start");
    await it.clock.advance(31_000);
    expect(it.operate.stopped().size).toBe(0);

    await it.confirmed("stop");
    await it.clock.advance(2_000);
    it.operate.observe(seen("inactive", it.clock.now()));
    await it.clock.settle();
    expect(it.operate.stopped().size).toBe(1);
    it.operate.observe(seen("active", it.clock.now()));
    await it.clock.settle();
    expect(it.operate.stopped().size).toBe(0);
  });

  it("is still stopped when a run from before that comes late", async () => {
    const it = await bench();
    const before = seen("active", it.clock.now());
    await it.confirmed("stop");
    it.operate.observe(before);
    await it.clock.advance(2_000);
    expect(it.operate.stopped().size).toBe(1);
  });

  it("is not stopped when that failed", async () => {
    const it = await bench();
    it.actor.answer = { status: "failed", by: "systemd", failure: "not_permitted", detail: "" };
    await it.confirmed("stop");
    await it.clock.settle();
    expect(it.operate.stopped().size).toBe(0);
  });

  it("is brought to mind after an hour, once", async () => {
    const it = await bench();
    it.operate.start();
    await it.confirmed("stop");
    await it.clock.advance(HOUR - 10_000);
    expect(it.said().length).toBe(1);
    await it.clock.advance(20_000);
    expect(it.said()[1]).toEqual({
      channel: OPS,
      text: expect.stringMatching(/🔕.*still stopped, by operator 1 h ago/u) as string,
    });
    await it.clock.advance(3 * HOUR);
    expect(it.said().length).toBe(2);
  });
});
