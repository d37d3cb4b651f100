import { describe, expect, it } from "vitest";

import { createBudget } from "../../../src/notify/budget.js";
import type { Budget, Turn } from "../../../src/notify/budget.js";
import { until } from "../../support/until.js";
import { createDirectBudget } from "../../support/notify/direct-budget.js";

const post = (channel: string, severity: Turn["severity"]): Turn => ({ channel, severity, operation: "post" });

interface Gate {
  readonly open: () => void;
  readonly opened: Promise<void>;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

describe.each([
  ["on bottleneck", (): Budget => createBudget({ requestsPerSecond: 1_000 })],
  ["without time", createDirectBudget],
])("the budget %s", (_name, create) => {
  it("runs one at a time within a channel, the most urgent first", async () => {
    const budget = create();
    const order: string[] = [];
    const first = gate();
    let running = 0;
    const work = (name: string, held?: Promise<void>) => async (): Promise<void> => {
      running += 1;
      expect(running).toBe(1);
      await held;
      order.push(name);
      running -= 1;
    };
    const begun = gate();
    const all = [
      budget.run(post("a", "info"), async () => {
        begun.open();
        await work("first", first.opened)();
      }),
    ];
    await begun.opened;
    all.push(
      budget.run(post("a", "info"), work("info")),
      budget.run({ channel: "a", severity: "critical", operation: "edit" }, work("critical edit")),
      budget.run(post("a", "warning"), work("warning")),
      budget.run(post("a", "critical"), work("critical")),
    );
    await until("four wait", () => budget.queued === 4);
    first.open();
    await Promise.all(all);
    expect(order).toEqual(["first", "critical", "critical edit", "warning", "info"]);
    expect(budget.lanes).toBe(0);
  });

  it("lets channels run side by side", async () => {
    const budget = create();
    const held = gate();
    const slow = budget.run(post("a", "info"), () => held.opened);
    expect(await budget.run(post("b", "info"), () => Promise.resolve("done"))).toBe("done");
    held.open();
    await slow;
  });

  it("hands a failure to its caller and goes on", async () => {
    const budget = create();
    await expect(budget.run(post("a", "info"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await budget.run(post("a", "info"), () => Promise.resolve(1))).toBe(1);
    expect(budget.lanes).toBe(0);
  });

  it("drops what waits when it is stopped, and lets what runs finish", async () => {
    const budget = create();
    const held = gate();
    const begun = gate();
    let ran = 0;
    const running = budget.run(post("a", "info"), async () => {
      begun.open();
      await held.opened;
      return "finished";
    });
    await begun.opened;
    const waiting = budget.run(post("a", "info"), () => Promise.resolve((ran += 1)));
    budget.stop();
    held.open();
    expect(await running).toBe("finished");
    expect(await waiting).toBeUndefined();
    expect(await budget.run(post("b", "info"), () => Promise.resolve((ran += 1)))).toBeUndefined();
    expect(ran).toBe(0);
  });

  it("gives every one of two hundred its turn", async () => {
    const budget = create();
    let ran = 0;
    const jobs = Array.from({ length: 200 }, (_, index) =>
      budget.run(post(`${index % 20}`, "warning"), () => Promise.resolve((ran += 1))),
    );
    await Promise.all(jobs);
    expect(ran).toBe(200);
    expect(budget.lanes).toBe(0);
  });
});

it("keeps requests of all channels together below the rate", async () => {
  const budget = createBudget({ requestsPerSecond: 100 });
  const times: number[] = [];
  const jobs = Array.from({ length: 20 }, (_, index) =>
    budget.run(post(`${index}`, "info"), () => Promise.resolve(times.push(performance.now()))),
  );
  await Promise.all(jobs);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  // Twenty at 10 ms each; a timer may fire up to a millisecond early.
  expect(span).toBeGreaterThanOrEqual(19 * 9);
});
