import { describe, expect, it } from "vitest";

import { localDay, parseMoment } from "../../../src/base/moment.js";

/** 21:00 on 5 January in Tokyo, 13:00 in Berlin. */
const NOW = Date.UTC(2026, 0, 5, 12, 0, 0);
const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());

describe("a moment as people say it", () => {
  it.each([
    ["2h", "UTC", "2026-01-05T10:00:00.000Z"],
    ["1d12h", "Asia/Tokyo", "2026-01-04T00:00:00.000Z"],
    ["14:00", "Asia/Tokyo", "2026-01-05T05:00:00.000Z"],
    // Not yet today: yesterday's.
    ["22:30", "Asia/Tokyo", "2026-01-04T13:30:00.000Z"],
    ["9:05:07", "UTC", "2026-01-05T09:05:07.000Z"],
    ["2026-01-05", "Asia/Tokyo", "2026-01-04T15:00:00.000Z"],
    [" 2026-01-05 08:00 ", "Europe/Berlin", "2026-01-05T07:00:00.000Z"],
    ["2026-01-05T08:00:30Z", "Europe/Berlin", "2026-01-05T08:00:30.000Z"],
    // Left out when clocks went forward: the instant they did. Shown twice: the first time.
    ["2025-03-30 02:30", "Europe/Berlin", "2025-03-30T01:00:00.000Z"],
    ["2025-10-26 02:30", "Europe/Berlin", "2025-10-26T00:30:00.000Z"],
    ["2025-10-05 02:15", "Australia/Lord_Howe", "2025-10-04T15:30:00.000Z"],
  ])("%s in %s", (text, timezone, expected) => {
    expect(iso(parseMoment(text, NOW, timezone))).toBe(expected);
  });

  it.each([
    "",
    "soon",
    "25:00",
    "12:60",
    "2026-02-31",
    "2026-13-01",
    "0099-01-01",
    "2026-01-05 24:00",
    "2 h",
    "-2h",
    "5",
    "１４:００",
  ])("refuses %j", (text) => {
    expect(parseMoment(text, NOW, "UTC")).toBeUndefined();
  });

  it("knows which day it is where", () => {
    expect(localDay(Date.UTC(2026, 0, 4, 15), "Asia/Tokyo")).toBe("2026-01-05");
    expect(localDay(Date.UTC(2026, 0, 5, 4, 59), "America/New_York")).toBe("2026-01-04");
  });
});
