import { describe, expect, test } from "vitest";

import type { Point, Store } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { NOON, aRun, anAlert, finishUpkeep, openTestStore, seriesOf, temporaryDirectory } from "../../support/store.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CPU = seriesOf("host", "cpu");

/** A run each `stepMs` from `from` on, the value being the number of the run. */
async function fill(store: Store, from: number, count: number, stepMs: number = 15_000): Promise<void> {
  await store.write("fill", ({ samples }) => {
    for (let index = 0; index < count; index += 1) {
      samples.append(aRun("host", from + index * stepMs, { cpu: index, memory: 1_000 + index }));
    }
  });
}

const values = (points: readonly { readonly value: number }[]): number[] => points.map(({ value }) => value);

/** A mean of means may differ in its last bits. */
const rounded = (points: readonly Point[]) =>
  points.map((point) => ({ ...point, value: Number(point.value.toPrecision(12)) }));

describe("points", () => {
  test("are the same before and after they became blocks", async () => {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    await fill(store, NOON - 3 * HOUR, 700);
    const look = () =>
      store.read(({ samples }) => ({
        newest: samples.newest(CPU, 300),
        raw: samples.range(CPU, NOON - 2 * HOUR, NOON - HOUR, "raw"),
        fine: rounded(samples.range(CPU, NOON - 3 * HOUR, NOON, "5m")),
        coarse: rounded(samples.range(CPU, NOON - 3 * HOUR, NOON, "1h")),
        list: samples.list("host"),
      }));
    const before = look();
    expect(await finishUpkeep(store)).toBeGreaterThan(1);
    expect(look()).toEqual(before);
    expect(values(before.newest).at(-1)).toBe(699);
    expect(before.raw).toHaveLength(240);
    expect(before.fine[0]).toEqual({ at: NOON - 3 * HOUR, value: 9.5, min: 0, max: 19 });
    expect(before.coarse).toHaveLength(3);
  });

  test("are the same when the conversion stops half-way, and counted once when it goes on", async () => {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    await store.write("fill", ({ samples }) => {
      for (let index = 0; index < 120; index += 1) {
        const series = Array.from({ length: 50 }, (_, name) => [`s${name}`, index] as const);
        samples.append(aRun("host", NOON - HOUR + index * 15_000, Object.fromEntries(series)));
      }
    });
    // Every look at the clock costs: a slice gets through a few series and no further.
    let ticks = 0;
    clock.monotonic = () => (ticks += 1);
    const look = () =>
      store.read(({ samples }) =>
        ["s0", "s24", "s49"].map((name) => {
          const ref = seriesOf("host", name);
          return [
            samples.newest(ref, 200).length,
            samples.range(ref, 0, NOON, "5m"),
            samples.range(ref, 0, NOON, "raw").length,
          ];
        }),
      );
    const before = look();
    let slices = 0;
    while (await store.upkeep()) {
      slices += 1;
      expect(look()).toEqual(before);
    }
    expect(slices).toBeGreaterThan(10);
  });

  test("that are no measurement are left out", async () => {
    const store = await openTestStore();
    await store.write("odd", ({ samples }) =>
      samples.append(aRun("host", NOON, { cpu: Number.NaN, memory: Number.POSITIVE_INFINITY })),
    );
    expect(store.read(({ samples }) => [samples.newest(CPU, 5), samples.list()])).toEqual([[], []]);
  });

  test("of an unknown series, an empty span or none at all are none", async () => {
    const store = await openTestStore();
    await fill(store, NOON, 3);
    store.read(({ samples }) => {
      expect(samples.newest(seriesOf("nobody", "cpu"), 5)).toEqual([]);
      expect(samples.newest(seriesOf("host", "nothing"), 5)).toEqual([]);
      expect(samples.newest(CPU, 0)).toEqual([]);
      expect(samples.range(CPU, NOON, NOON, "raw")).toEqual([]);
      expect(values(samples.range(CPU, NOON, NOON + 15_000, "raw"))).toEqual([0]);
    });
  });

  test("keep the order of arrival when the clock goes back, and spans still find them", async () => {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    await fill(store, NOON, 10);
    await fill(store, NOON - 2 * HOUR, 10);
    const look = () =>
      store.read(({ samples }) => [
        values(samples.newest(CPU, 12)),
        values(samples.range(CPU, NOON - 2 * HOUR, NOON - HOUR, "raw")),
        samples.range(CPU, NOON - 2 * HOUR, NOON + HOUR, "raw").length,
        samples.range(CPU, NOON - 2 * HOUR, NOON + HOUR, "1h").map(({ min, max }) => [min, max]),
      ]);
    const expected = [
      [8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      20,
      [
        [0, 9],
        [0, 9],
      ],
    ];
    expect(look()).toEqual(expected);
    await clock.advance(4 * HOUR);
    await finishUpkeep(store);
    expect(look()).toEqual(expected);
  });

  test("a transaction that fails leaves no series behind, nor the memory of one", async () => {
    const store = await openTestStore();
    const failing = store.write("fails", ({ samples }) => {
      samples.append(aRun("host", NOON, { cpu: 1 }));
      // The second run finds the names of the first, and would remember them.
      samples.append(aRun("host", NOON + 1, { cpu: 1 }));
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    await store.write("other", ({ samples }) => samples.append(aRun("other", NOON, { other: 2 })));
    await fill(store, NOON, 1);
    store.read(({ samples }) => {
      expect(values(samples.newest(CPU, 5))).toEqual([0]);
      expect(values(samples.newest(seriesOf("other", "other"), 5))).toEqual([2]);
    });
  });
});

describe("auto resolution", () => {
  test("goes by the span, and falls back to what is left", async () => {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    await fill(store, NOON - 3 * HOUR, 700);
    const count = (from: number, to: number): number =>
      store.read(({ samples }) => samples.range(CPU, from, to, "auto").length);
    expect(count(NOON - 3 * HOUR, NOON)).toBe(700);
    expect(count(NOON - 7 * HOUR, NOON)).toBe(35);
    expect(count(NOON - 30 * DAY, NOON)).toBe(3);
    await clock.advance(3 * DAY);
    await finishUpkeep(store);
    expect(count(NOON - 3 * HOUR, NOON)).toBe(35);
  });
});

describe("retention", () => {
  const look = (store: Store) =>
    store.read(({ samples }) =>
      (["raw", "5m", "1h"] as const).map((resolution) => samples.range(CPU, 0, NOON + 900 * DAY, resolution).length),
    );

  test("keeps raw points two days, five minutes 35 days, hours 400 days", async () => {
    const clock = new FakeClock();
    const store = await openTestStore({ clock });
    await fill(store, NOON, 240);
    const after = async (days: number): Promise<readonly number[]> => {
      clock.jump(NOON + days * DAY - clock.now());
      await finishUpkeep(store);
      return look(store);
    };
    expect(await after(1.9)).toEqual([240, 12, 1]);
    expect(await after(2.2)).toEqual([0, 12, 1]);
    expect(await after(35)).toEqual([0, 12, 1]);
    expect(await after(37)).toEqual([0, 0, 1]);
    expect(await after(400)).toEqual([0, 0, 1]);
    expect(await after(410)).toEqual([0, 0, 0]);
    expect(store.read(({ samples }) => samples.list())).toEqual([]);
    await fill(store, clock.now(), 1);
    expect(store.read(({ samples }) => samples.list())).toHaveLength(2);
  });

  test("cuts the oldest and finest first when the file is too large, and nothing else", async () => {
    const clock = new FakeClock(NOON);
    const store = await openTestStore({ clock, retention: { maxBytes: 600_000 } });
    await store.write("noise", ({ samples, alerts }) => {
      alerts.put(anAlert("kept"));
      for (let index = 0; index < 4_000; index += 1) {
        const noise = Array.from({ length: 20 }, (_, name) => [`n${name}`, Math.sin(index * 7 + name)] as const);
        samples.append(aRun("host", NOON - 20 * HOUR + index * 15_000, Object.fromEntries(noise)));
      }
    });
    await finishUpkeep(store);
    store.read(({ samples, alerts }) => {
      const raw = samples.range(seriesOf("host", "n3"), 0, NOON, "raw");
      expect(raw.length).toBeGreaterThan(10);
      expect(raw.length).toBeLessThan(3_900);
      // What is left is the newest without a hole.
      expect(raw.at(-1)?.at).toBe(NOON - 20 * HOUR + 3_999 * 15_000);
      expect((raw.at(-1)?.at ?? 0) - (raw[0]?.at ?? 0)).toBe((raw.length - 1) * 15_000);
      expect(samples.range(seriesOf("host", "n3"), 0, NOON, "1h")).toHaveLength(17);
      expect(alerts.all()).toHaveLength(1);
    });
  });
});

describe("the newest points, asked for again and again", () => {
  test("are those of the file, whatever was written in between", async () => {
    const store = await openTestStore({ clock: new FakeClock() });
    const newest = (count: number) => values(store.read(({ samples }) => samples.newest(CPU, count)));
    await fill(store, NOON, 5);
    expect(newest(3)).toEqual([2, 3, 4]);
    await fill(store, NOON + HOUR, 2);
    expect(newest(3)).toEqual([4, 0, 1]);
    expect(newest(2)).toEqual([0, 1]);
    expect(newest(9)).toEqual([0, 1, 2, 3, 4, 0, 1]);
    await fill(store, NOON + 2 * HOUR, 1);
    expect(newest(9)).toEqual([0, 1, 2, 3, 4, 0, 1, 0]);
    // A run without the series, and one that names it twice: the last counts.
    await store.write("others", ({ samples }) => {
      samples.append(aRun("host", NOON + 3 * HOUR, { memory: 1 }));
      const run = aRun("host", NOON + 4 * HOUR, { cpu: 7 });
      samples.append({ ...run, samples: [...run.samples, { series: "cpu", labels: {}, value: 8 }] });
    });
    expect(newest(3)).toEqual([1, 0, 8]);
    await store.close();
  });

  test("are right also where somebody else writes", async () => {
    using directory = temporaryDirectory();
    const owner = await openTestStore({ dataDir: directory.path });
    await fill(owner, NOON, 3);
    const guest = await openTestStore({ dataDir: directory.path, role: "guest" });
    const newest = () => values(guest.read(({ samples }) => samples.newest(CPU, 3)));
    expect(newest()).toEqual([0, 1, 2]);
    await fill(owner, NOON + HOUR, 1);
    expect(newest()).toEqual([1, 2, 0]);
    await guest.close();
    await owner.close();
  });

  test("know nothing of what was rolled back", async () => {
    const store = await openTestStore({ clock: new FakeClock() });
    const newest = () => values(store.read(({ samples }) => samples.newest(CPU, 3)));
    await fill(store, NOON, 3);
    expect(newest()).toEqual([0, 1, 2]);
    const failing = store.write("failing", ({ samples }) => {
      samples.append(aRun("host", NOON + HOUR, { cpu: 99 }));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(newest()).toEqual([0, 1, 2]);
    await fill(store, NOON + 2 * HOUR, 1);
    expect(newest()).toEqual([1, 2, 0]);
    await store.close();
  });
});
