import { describe, expect, test } from "vitest";

import { createLogs } from "../../../src/base/log.js";
import { FakeClock } from "../../support/fake-clock.js";
import { anAlert, openTestStore } from "../../support/store.js";

test("transactions run in the order of the calls, also one that is asked for within another", async () => {
  const store = await openTestStore();
  const order: string[] = [];
  let inner: Promise<void> | undefined;
  await Promise.all([
    store.write("a", () => {
      inner = store.write("inner", () => void order.push("inner"));
      order.push("a");
    }),
    store.write("b", () => void order.push("b")),
  ]);
  await inner;
  expect(order).toEqual(["a", "inner", "b"]);
});

test("a read within a transaction sees what it has written so far", async () => {
  const store = await openTestStore();
  const seen = await store.write("a", (tables) => {
    tables.alerts.put(anAlert("a"));
    return store.read(({ alerts }) => alerts.all().length);
  });
  expect(seen).toBe(1);
});

test("a transaction whose work throws changes nothing and rejects with what was thrown", async () => {
  const store = await openTestStore();
  const failing = store.write("a", (tables) => {
    tables.alerts.put(anAlert("a"));
    throw new RangeError("on purpose");
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(store.read(({ alerts }) => alerts.all())).toEqual([]);
});

test("after closing nothing is written, and closing twice is closing once", async () => {
  const store = await openTestStore();
  await Promise.all([store.close(), store.close()]);
  await expect(store.write("late", () => undefined)).rejects.toThrow(/closed: late/);
  expect(await store.upkeep()).toBe(false);
});

describe("numbers", () => {
  test("are absent before the first call", async () => {
    const store = await openTestStore();
    expect(store.numbers()).toEqual({});
  });

  test("tell how long calls took, and a slow one is in the log by its name", async () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const log = createLogs({ level: "debug", destination: { write: (line) => void lines.push(line) } }).for("store");
    const store = await openTestStore({ clock, log });
    let now = 0;
    clock.monotonic = () => now;
    await store.write("quick", () => void (now += 10));
    expect(lines).toEqual([]);
    await store.write("slow", () => void (now += 1_500));
    store.read(() => void (now += 20));
    expect(store.numbers()).toEqual({
      writeP99Seconds: expect.closeTo(1.4851, 3),
      readMedianSeconds: 0.02,
      successRatio: 1,
    });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: "warn", what: "store transaction", transaction: "slow", duration_ms: 1_500, msg: "slow call" },
    ]);
  });
});
