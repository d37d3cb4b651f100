import { describe, expect, it } from "vitest";

import { levelOf, TRACE_OF } from "../../../../src/action/log/level.js";
import { shownLine } from "../../../../src/action/log/shown-line.js";
import { stampOf } from "../../../../src/action/log/stamp.js";
import { Zone } from "../../../../src/base/zoned-time.js";

const REFERENCE = Date.UTC(2026, 10, 22, 12);
const berlin = { zone: new Zone("Europe/Berlin"), reference: REFERENCE };
const iso = (line: string, context = berlin): string | undefined => {
  const stamp = stampOf(line, context);
  return stamp && new Date(stamp.at).toISOString();
};

describe("when a line was written", () => {
  it.each([
    ["2026-11-22T05:51:49.123Z up", "2026-11-22T05:51:49.123Z"],
    ["[2026-11-22 05:51:49,007] up", "2026-11-22T04:51:49.007Z"],
    ["2026-07-22 05:51:49 up", "2026-07-22T03:51:49.000Z"],
    ["INFO 2026-11-22T05:51:49+09:00 up", "2026-11-21T20:51:49.000Z"],
    ["2026-11-22 05:51:49 -0800 up", "2026-11-22T13:51:49.000Z"],
    ["2026/11/22 05:51:49 [error] 7#7: *1 open() failed", "2026-11-22T04:51:49.000Z"],
    ["Nov 22 05:51:49 web-1 sshd[7]: hello", "2026-11-22T04:51:49.000Z"],
    ["<13>Nov  2 05:51:49 web-1 x: hello", "2026-11-02T04:51:49.000Z"],
    // In December of the year before: it cannot be in the future.
    ["Dec 31 23:59:59 web-1 x: hello", "2025-12-31T22:59:59.000Z"],
    ['10.0.0.1 - - [22/Nov/2026:06:00:59 +0000] "GET / HTTP/1.1" 200', "2026-11-22T06:00:59.000Z"],
    ["1795326709 up", "2026-11-22T05:51:49.000Z"],
    ["1795326709.25 up", "2026-11-22T05:51:49.250Z"],
    ["1795326709123 up", "2026-11-22T05:51:49.123Z"],
    ['{"level":30,"time":1795326709123,"msg":"up"}', "2026-11-22T05:51:49.123Z"],
    ['{"timestamp":"2026-11-22T05:51:49Z","message":"up"}', "2026-11-22T05:51:49.000Z"],
    ['{"ts":1795326709.5,"msg":"up"}', "2026-11-22T05:51:49.500Z"],
    // Shown twice: the first; left out: the first instant after.
    ["2026-10-25 02:30:00 up", "2026-10-25T00:30:00.000Z"],
    ["2026-03-29 02:30:00 up", "2026-03-29T01:00:00.000Z"],
  ])("%s", (line, expected) => {
    expect(iso(line)).toBe(expected);
  });

  it.each([
    "  at Object.<anonymous> (shop.js:3:1)",
    "order 1795326709 was paid",
    "2026-13-40 99:99:99 nonsense",
    "2026-02-30 10:00:00 no such day",
    `${"long ".repeat(12)} 2026-11-22T05:51:49Z is what it talks about`,
    '{"msg":"no time"}',
    "",
  ])("not: %s", (line) => {
    expect(iso(line)).toBeUndefined();
  });
});

describe("how bad a line is", () => {
  const samples = [
    ["2026-11-22T05:51:49Z ERROR failed", "error"],
    ["2026/11/22 05:51:49 [error] 7#7: *1 open() failed", "error"],
    ["level=warn msg=slow", "warning"],
    ["[WARNING] low", "warning"],
    ["<notice> turned", "info"],
    ["12:00 DEBUG cache", "debug"],
    ["ValueError: bad literal", "error"],
    ["java.io.IOException: closed", "error"],
    ["Traceback (most recent call last):", "error"],
    ['{"level":50,"msg":"x"}', "error"],
    ['{"level":"warn","msg":"x"}', "warning"],
    ['{"level":20,"msg":"error"}', "debug"],
    ['{"severity":"CRITICAL","msg":"x"}', "error"],
    ["panic: runtime error", "error"],
    ["no error occurred while warning people for information", undefined],
    ["ERRORS.md was read", undefined],
  ] as const;

  it.each(samples)("%s", (line, level) => {
    expect(levelOf(line)?.level).toBe(level);
  });

  it("no line of a level is missed by what is looked for in many lines at once", () => {
    const errors = samples.filter(([, level]) => level === "error").map(([line]) => line);
    const warnings = samples.filter(([, level]) => level === "error" || level === "warning").map(([line]) => line);
    expect(errors.filter((line) => TRACE_OF.error?.test(line) !== true)).toEqual([]);
    expect(warnings.filter((line) => TRACE_OF.warning?.test(line) !== true)).toEqual([]);
  });
});

describe("what is shown of a line", () => {
  const shown = (line: string): string => shownLine(line, { ...berlin, stamped: true }).text;

  it.each([
    ["2026-11-22T05:51:49.123Z ERROR failed", "failed"],
    ["[2026-11-22 05:51:49,007] INFO: up", "up"],
    ["2026/11/22 05:51:49 [error] 7#7: *1 open() failed", "7#7: *1 open() failed"],
    ["Nov 22 05:51:49 web-1 sshd[7]: hello", "web-1 sshd[7]: hello"],
    ['10.0.0.1 - - [22/Nov/2026:06:00:59 +0000] "GET /" 200', '10.0.0.1 - -  "GET /" 200'],
    ['{"level":30,"time":1795326709123,"msg":"paid","order":7,"pid":3}', "paid order=7"],
    ["2026-11-22T05:51:49Z ErrorHandler ready", "ErrorHandler ready"],
    ["    at shop.js:3", "    at shop.js:3"],
    ['{"broken', '{"broken'],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });
});
