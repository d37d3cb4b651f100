import { describe, expect, it } from "vitest";

import { UserError } from "../../../src/base/errors.js";
import { FakeClock } from "../../support/fake-clock.js";
import { bench, operator } from "../../support/operate/bench.js";
import type { Bench } from "../../support/operate/bench.js";
import { openTestStore } from "../../support/store.js";

const PLAN = { principal: operator, target: "shop-bot", action: "restart" } as const;

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "not refused",
    (thrown: unknown) => (thrown instanceof UserError ? thrown.code : String(thrown)),
  );
}

describe("while the database cannot be written", () => {
  /** The same store, whose writing can be made to fail for good. */
  async function failing(): Promise<{ readonly world: Bench; fail: (when: boolean) => void }> {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    let fails = false;
    const world = await bench({
      clock,
      store: {
        read: (work) => store.read(work),
        write: (name, work, options) =>
          fails && options?.durable === true
            ? Promise.reject(new UserError("store_unavailable", { trouble: "full" }))
            : store.write(name, work, options),
        status: () => store.status(),
        numbers: () => store.numbers(),
        onStatus: (listener) => store.onStatus(listener),
        upkeep: () => store.upkeep(),
        close: () => store.close(),
      },
    });
    return {
      world,
      fail: (when) => {
        fails = when;
      },
    };
  }

  it("nothing is planned and nothing is begun", async () => {
    const { world, fail } = await failing();
    const { record } = await world.operate.plan(PLAN);
    fail(true);
    expect(await refusal(world.operate.plan(PLAN))).toBe("store_unavailable");
    expect(await refusal(world.operate.approve(record.id, operator))).toBe("store_unavailable");
    expect(world.actor.acts).toEqual([]);
    fail(false);
    await world.operate.approve(record.id, operator);
    await world.clock.settle();
    expect(world.actor.acts).toEqual(["restart"]);
  });

  it("what has been begun is brought to its end and told, and its row follows", async () => {
    const { world, fail } = await failing();
    world.actor.answer = async () => {
      fail(true);
      return { status: "failed", by: "systemd", failure: "masked", detail: "" };
    };
    const id = await world.confirmed();
    await world.clock.settle();
    expect(world.record(id).state).toBe("failed");
    expect(world.said()).toHaveLength(1);
    expect(world.logged()).toEqual(["planned", "approved", "started"]);
    fail(false);
    world.operate.start();
    await world.clock.advance(1);
    expect(world.logged()).toEqual(["planned", "approved", "started", "failed"]);
    expect(world.store.read((tables) => tables.audit.verify()).ok).toBe(true);
    await world.operate.stop();
  });
});
