import { describe, expect, it } from "vitest";

import { parseDuration, parseRate, parseShare, parseSize, sizeText } from "../../../src/base/quantity.js";

describe("quantities as people write them", () => {
  it.each([
    ["15s", 15_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["1.5h", 5_400_000],
    ["2w", 1_209_600_000],
  ])("takes the duration %s", (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(["", "5", "5 m", "m", "5M", "-5m", "5m ", "1e3s", "12abc", "1.5.2s", "５m"])(
    "refuses the duration %j",
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  it("counts sizes in powers of 1024, also where people write MB", () => {
    expect(parseSize("500MiB")).toBe(524_288_000);
    expect(parseSize("500 MB")).toBe(524_288_000);
    expect(parseSize("12B")).toBe(12);
    expect(parseSize("500 mb")).toBeUndefined();
  });

  it("takes shares and rates", () => {
    expect(parseShare("80%")).toBe(0.8);
    expect(parseShare("80")).toBeUndefined();
    expect(parseRate("5/10m")).toEqual({ count: 5, windowMs: 600_000 });
    expect(parseRate("5/0s")).toBeUndefined();
    expect(parseRate("5.5/1m")).toBeUndefined();
  });
});

it.each([
  [1, "1B"],
  [1_536, "1536B"],
  [16 * 1024, "16KiB"],
  [1024 ** 2, "1MiB"],
  [3 * 1024 ** 3, "3GiB"],
  [0, "0B"],
])("%d bytes are written so that they are read back", (bytes, written) => {
  expect(sizeText(bytes)).toBe(written);
  expect(parseSize(written)).toBe(bytes);
});
