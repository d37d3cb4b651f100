import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import { createEvaluator } from "../../../src/evaluate/evaluator.js";
import { loadMemory } from "../../../src/evaluate/memory.js";
import { reconcile } from "../../../src/evaluate/reconcile.js";
import { mergeRules } from "../../../src/rule/merge.js";
import type { Store, StoreStatus } from "../../../src/store/contract.js";
import { OPS, Scene, aRoute, aTarget } from "../../support/evaluate/scene.js";
import { openTestStore } from "../../support/store.js";

const DOWN = { probe_success: 0 };

/** A store whose next transactions fail as a bug would make them fail: rolled back, and rejected. */
function failing(store: Store): { readonly store: Store; fail: boolean; switch(status: StoreStatus): void } {
  const listeners = new Set<(status: StoreStatus) => void>();
  const control = {
    fail: false,
    switch: (status: StoreStatus) => {
      for (const listener of listeners) listener(status);
    },
    store: {
      ...bound(store),
      write: <T>(name: string, work: Parameters<Store["write"]>[1]): Promise<T> =>
        store.write(name, (tables) => {
          const value = work(tables) as T;
          if (control.fail) throw new Error("rolled back");
          return value;
        }),
      onStatus: (listener: (status: StoreStatus) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } satisfies Store,
  };
  return control;
}

function bound(store: Store): Omit<Store, "write" | "onStatus"> {
  return {
    read: (work) => store.read(work),
    status: () => store.status(),
    numbers: () => store.numbers(),
    upkeep: () => store.upkeep(),
    close: () => store.close(),
  };
}

async function scene() {
  const outer = await Scene.open({ targets: [aTarget("web")] });
  const control = failing(outer.store);
  const evaluator = createEvaluator({
    store: control.store,
    clock: outer.clock,
    log: silentLogs.for("evaluate"),
    host: "web-1",
    rules: mergeRules([]).rules,
    routes: [aRoute()],
    targets: [aTarget("web")],
    noticeChannel: OPS,
    onCommitted: () => undefined,
  });
  const down = async (): Promise<void> => {
    await outer.clock.advance(100);
    await evaluator.evaluate(outer.runOf("web", DOWN, { reason: "refused" }));
  };
  return { outer, control, evaluator, down };
}

describe("a transaction that is rolled back", () => {
  it("leaves memory as it was, and the next run says what this one could not", async () => {
    const { outer, control, down } = await scene();
    await down();
    control.fail = true;
    await expect(down()).rejects.toThrow("rolled back");
    expect(outer.incidents()).toEqual([]);
    control.fail = false;
    await down();
    expect(outer.said()).toEqual(["opened critical"]);
    expect(outer.incidents()).toHaveLength(1);
  });
});

describe("a store that was lost", () => {
  it("is told again what is open, so that nothing is announced twice", async () => {
    const { outer, down } = await scene();
    await down();
    await down();
    const memory = outer.store.read((tables) => loadMemory(tables, outer.clock.now()));
    const empty = await openTestStore({ clock: outer.clock });
    await empty.write("reconcile", (tables) => reconcile(memory, tables));
    const again = empty.read((tables) => loadMemory(tables, outer.clock.now()));
    expect([...again.desks.values()].map(({ incident, tally }) => [incident, tally])).toEqual(
      [...memory.desks.values()].map(({ incident, tally }) => [incident, tally]),
    );
    expect([...again.alerts]).toEqual([...memory.alerts]);
    expect([...again.places]).toEqual([...memory.places]);
    expect(again.waiting.size).toBe(0);
  });

  it("gives an incident another number when its own is taken there", async () => {
    const { outer, down } = await scene();
    await down();
    await down();
    const memory = outer.store.read((tables) => loadMemory(tables, outer.clock.now()));
    const other = await openTestStore({ clock: outer.clock });
    const [mine] = outer.open();
    await other.write("another", (tables) => {
      if (mine) tables.incidents.put({ ...mine, id: "another".padEnd(25, "0"), group: "another", endedAt: 1 });
      reconcile(memory, tables);
    });
    expect(other.read((tables) => tables.incidents.open()).map(({ number }) => number)).toEqual([2]);
  });

  it("is taken over when it changes between file and memory, and goes on with it", async () => {
    const { outer, control, evaluator, down } = await scene();
    await down();
    await down();
    await outer.store.write("renumber", (tables) => {
      for (const incident of tables.incidents.open()) tables.incidents.put({ ...incident, number: 77 });
    });
    control.switch({ mode: "file" });
    await outer.clock.advance(15_000);
    await evaluator.evaluate(outer.runOf("web", { probe_success: 1 }));
    await outer.clock.advance(15_000);
    await evaluator.evaluate(outer.runOf("web", { probe_success: 1 }));
    expect(outer.store.read((tables) => tables.incidents.byNumber(77))).toMatchObject({ outcome: "recovered" });
    await evaluator.stop();
  });
});
