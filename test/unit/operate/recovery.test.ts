import { describe, expect, it } from "vitest";

import type { ActionHolder } from "../../../src/model/action-record.js";
import type { Store } from "../../../src/store/contract.js";
import { OPS, bench, operator } from "../../support/operate/bench.js";
import type { Bench, BenchOptions } from "../../support/operate/bench.js";

const FIRST: ActionHolder = { pid: 100, ticks: 1 };
const SECOND: ActionHolder = { pid: 100, ticks: 2 };

/** A process after the first one is gone, on its store. */
async function next(before: Bench, options: BenchOptions = {}): Promise<Bench> {
  const { store, clock } = before;
  const after = await bench({
    store,
    clock,
    holder: SECOND,
    isAlive: ({ ticks }) => ticks === SECOND.ticks,
    ...options,
  });
  after.actor.state = { ...before.actor.state, active: "active", mainPid: 9_000, since: clock.now() };
  after.operate.start();
  await clock.advance(1);
  return after;
}

/** An actor that gives its order and hears nothing more. */
function never(process: Bench): void {
  process.actor.answer = () => new Promise(() => undefined);
}

/** A store whose transactions of that name never end: the process dies in them. */
function deadIn(store: Store, name: string): Store {
  return {
    read: (work) => store.read(work),
    write: (called, work, options) =>
      called === name ? new Promise(() => undefined) : store.write(called, work, options),
    status: () => store.status(),
    numbers: () => store.numbers(),
    onStatus: (listener) => store.onStatus(listener),
    upkeep: () => store.upkeep(),
    close: () => store.close(),
  };
}

describe("after a crash", () => {
  it("before it was begun: nothing was done, and that is said", async () => {
    const healthy = await bench();
    const first = await bench({ store: deadIn(healthy.store, "action.begin"), clock: healthy.clock });
    const id = await first.confirmed();
    await first.clock.advance(60_000);
    expect(first.actor.acts).toEqual([]);
    const second = await next(first, { store: healthy.store });
    expect(second.record(id).state).toBe("cancelled");
    expect(second.said()[0]?.text).toMatch(/🟡.*was not restarted: Toban ended before it began/u);
    expect(second.logged()).toEqual(["planned", "approved", "cancelled"]);
  });

  it("while it was done: nobody knows, and how it stands now is said", async () => {
    const first = await bench();
    never(first);
    const id = await first.confirmed("restart", operator, "slow");
    await first.clock.advance(60_000);
    const second = await next(first);
    expect(second.record(id).state).toBe("unknown");
    expect(second.said()).toEqual([{ channel: OPS, text: expect.stringContaining("“slow”") as string }]);
    expect(second.said()[0]?.text).toContain("Toban was restarted while restarting it · it is now active since");
    expect(second.logged()).toEqual(["planned", "approved", "started", "unknown"]);
  });

  it("while it was watched: it was done, and nobody watched", async () => {
    const first = await bench();
    const id = await first.confirmed();
    await first.clock.advance(10_000);
    await first.operate.stop();
    const second = await next(first);
    expect(second.record(id).state).toBe("done");
    expect(second.said()[0]?.text).toContain("restarted in 3.2 s by @operator");
    expect(second.said()[0]?.text).toContain("Toban was restarted before it could watch it");
  });

  it("reports once, however often it is started, and leaves alone what a living process has under way", async () => {
    const first = await bench();
    never(first);
    await first.confirmed();
    await first.clock.advance(60_000);
    const beside = await bench({ store: first.store, clock: first.clock, holder: SECOND });
    beside.operate.start();
    await first.clock.advance(10_000);
    expect(beside.said()).toEqual([]);
    const second = await next(first);
    await next(second, { holder: { pid: 100, ticks: 3 }, isAlive: () => false });
    expect(second.said().length).toBe(1);
  });

  it("keeps a plan that waits for its word", async () => {
    const first = await bench();
    const { record } = await first.operate.plan({ principal: operator, target: "shop-bot", action: "restart" });
    const second = await next(first);
    const underway = await second.operate.approve(record.id, operator);
    await second.clock.advance(31_000);
    expect((await underway.ended).state).toBe("done");
  });
});

describe("an action on Toban itself", () => {
  it("is reported by the next process, with how long it was away", async () => {
    const first = await bench({ ownUnit: "shop-bot.service" });
    first.actor.answer = (_action, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve({ status: "unknown", by: "systemd", detail: "" }));
      });
    const id = await first.confirmed();
    await first.clock.advance(1_000);
    await first.operate.stop();
    expect(first.record(id)).toMatchObject({ state: "started", self: true });
    await first.clock.advance(5_000);
    const second = await next(first);
    expect(second.said()[0]?.text).toMatch(/🟢.*Toban restarted by @operator, back after 6 s/u);
    expect(second.logged()).toEqual(["planned", "approved", "started", "done"]);
  });

  it("is known by its main process too", async () => {
    const world = await bench();
    world.actor.state = { ...world.actor.state, mainPid: FIRST.pid };
    const view = await world.operate.plan({ principal: operator, target: "shop-bot", action: "restart" });
    expect(view.self).toBe(true);
  });

  it("that never happened is told as unknown, and only when it should have happened long ago", async () => {
    const world = await bench({ ownUnit: "shop-bot.service" });
    world.actor.answer = { status: "unknown", by: "systemd", detail: "" };
    const id = await world.confirmed();
    world.operate.start();
    await world.clock.advance(60_000);
    expect(world.record(id).state).toBe("started");
    await world.clock.advance(120_000);
    expect(world.record(id).state).toBe("unknown");
  });
});

describe("a fault of this process", () => {
  it("in the middle of an action is told like a crash", async () => {
    const world = await bench();
    world.actor.answer = () => Promise.reject(new Error("a bug"));
    const id = await world.confirmed();
    world.operate.start();
    await world.clock.advance(10_000);
    expect(world.record(id).state).toBe("unknown");
    expect(world.said().length).toBe(1);
  });
});
