import { describe, expect, it } from "vitest";

import { LOAD_FROM, PING_BANDS, judge, loadOf } from "../../../src/report/bands.js";
import type { BandSpec } from "../../../src/report/bands.js";
import { changePerDay } from "../../../src/report/trend.js";
import { LOADS } from "../../../src/model/view.js";

describe("bands by load", () => {
  it.each([
    [0, "light"],
    [9.9, "light"],
    [10, "moderate"],
    [50, "moderate"],
    [51, "heavy"],
  ])("%d requests a minute are %s", (requests, load) => {
    expect(loadOf(requests)).toBe(load);
  });

  it("begin where the table says", () => {
    for (const load of LOADS) expect(loadOf(LOAD_FROM[load] + 0.5)).toBe(load);
  });

  it.each(Object.entries(PING_BANDS) as [string, BandSpec][])(
    "%s tolerates more than is good, and no less under more load",
    (_key, spec) => {
      const sign = spec.limit === "most" ? 1 : -1;
      const bands = LOADS.map((load) => spec.bands[load]);
      for (const [index, band] of bands.entries()) {
        const lighter = bands[Math.max(0, index - 1)] ?? band;
        expect(sign * (band.tolerated - band.good)).toBeGreaterThan(0);
        expect(sign * (band.good - lighter.good)).toBeGreaterThanOrEqual(0);
        expect(sign * (band.tolerated - lighter.tolerated)).toBeGreaterThanOrEqual(0);
      }
    },
  );

  it("judges at the limits: what equals them is still within", () => {
    expect(judge(PING_BANDS.rest, "light", 0.1)).toBe("good");
    expect(judge(PING_BANDS.rest, "light", 0.2)).toBe("tolerated");
    expect(judge(PING_BANDS.rest, "light", 0.201)).toBe("bad");
    expect(judge(PING_BANDS.databaseSuccess, "light", 0.9995)).toBe("good");
    expect(judge(PING_BANDS.databaseSuccess, "light", 0.995)).toBe("tolerated");
    expect(judge(PING_BANDS.databaseSuccess, "light", 0.5)).toBe("bad");
  });
});

describe("change per day", () => {
  const hourly = (values: readonly number[]) => values.map((value, index) => ({ at: index * 3_600_000, value }));

  it("is the slope of a straight line through the points", () => {
    expect(changePerDay(hourly([0, 1, 2, 3, 4, 5, 6]))).toBeCloseTo(24);
    expect(changePerDay(hourly([5, 5, 5, 5, 5, 5]))).toBe(0);
  });

  it("is not told from too few points or too short a time", () => {
    expect(changePerDay(hourly([0, 1, 2]))).toBeUndefined();
    expect(changePerDay([])).toBeUndefined();
    expect(
      changePerDay(hourly([0, 1, 2, 3, 4, 5, 6]).map(({ at, value }) => ({ at: at / 100, value }))),
    ).toBeUndefined();
  });
});
