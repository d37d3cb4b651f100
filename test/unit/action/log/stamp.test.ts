import { describe, expect, it } from "vitest";

import { levelOf, TRACE_OF } from "../../../../src/action/log/level.js";
import { shownLine } from "../../../../src/action/log/shown-line.js";
import { stampHabits, stampOf } from "../../../../src/action/log/stamp.js";
import type { StampContext } from "../../../../src/action/log/stamp.js";
import { parseStampFormat } from "../../../../src/base/stamp-format.js";
import { Zone } from "../../../../src/base/zoned-time.js";

const REFERENCE = Date.UTC(2026, 10, 22, 12);
const berlin = { zone: new Zone("Europe/Berlin"), reference: REFERENCE };
const iso = (line: string, context: StampContext = berlin): string | undefined => {
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
    ["[Sun Dec 04 04:47:44.123456 2005] [core:error] x", "2005-12-04T03:47:44.123Z"],
    ["Tue Jun 24 14:05:00 UTC 2025 x", "2025-06-24T14:05:00.000Z"],
    ["811:M 24 Jun 2025 14:05:00.123 # x", "2025-06-24T12:05:00.123Z"],
    ["[811] 24 Jun 14:05:00.123 # x", "2026-06-24T12:05:00.123Z"],
    ['{"t":{"$date":"2025-06-24T14:05:00.123+09:00"},"s":"E"}', "2025-06-24T05:05:00.123Z"],
    ['{"t":{"$date":{"$numberLong":"1795326709123"}},"s":"E"}', "2026-11-22T05:51:49.123Z"],
    [`{"message":"${"long ".repeat(300)}","timestamp":"2026-11-22T05:51:49Z"}`, "2026-11-22T05:51:49.000Z"],
    ['{"payload":{"deep":{"deeper":{"time":1}}},"time":1795326709}', "2026-11-22T05:51:49.000Z"],
    ["17/06/09 20:10:40 ERROR executor.Executor: x", "2017-06-09T18:10:40.000Z"],
    ["24.06.2025 14:05:01 ERROR x", "2025-06-24T12:05:01.000Z"],
    ["06/24/2025 02:05:02 PM ERROR x", "2025-06-24T12:05:02.000Z"],
    ["06/24/2025 12:05:02 AM ERROR x", "2025-06-23T22:05:02.000Z"],
    ["24/06/2025 14:05:01 x", "2025-06-24T12:05:01.000Z"],
    ["Jun 24, 2025 2:05:02 PM org.shop.Main run", "2025-06-24T12:05:02.000Z"],
    ["2026-11-01  5:34:12 77 [ERROR] x", "2026-11-01T04:34:12.000Z"],
    ["260624  5:34:12 [ERROR] x", "2026-06-24T03:34:12.000Z"],
    ["081109 203615 148 INFO dfs.DataNode: x", "2008-11-09T19:36:15.000Z"],
    ["- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.363779 R02-M1 RAS KERNEL INFO x", "2005-06-03T13:42:50.363Z"],
    ["- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond: x", "2005-11-09T20:01:01.000Z"],
    ["03-17 16:13:38.811  1702  2395 D WindowManager: x", "2026-03-17T15:13:38.811Z"],
    ["20171223-22:15:29:606|Step_LSC|30002312|x", "2017-12-23T21:15:29.606Z"],
    ["20171223-23:5:9:6|Step_LSC|30002312|x", "2017-12-23T22:05:09.600Z"],
    ["[10.30 16:49:06] chrome.exe - x", "2026-10-30T15:49:06.000Z"],
    ["2016-09-28 04:30:30, Info  CBS  x", "2016-09-28T02:30:30.000Z"],
    ["nova.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO x", "2017-05-15T22:00:00.008Z"],
    ["E0624 14:05:00.123456  811 main.go:12] x", "2026-06-24T12:05:00.123Z"],
    ["1795326709123456789 up", "2026-11-22T05:51:49.123Z"],
    ["2026-12-01 09:00:00.100 -03 [120] LOG:  x", "2026-12-01T12:00:00.100Z"],
    ["2026-11-01 09:00:00.100 GMT [120] LOG:  x", "2026-11-01T09:00:00.100Z"],
    ["2026-11-01 09:00:00 CET x", "2026-11-01T08:00:00.000Z"],
    ["2026-11-01 09:00:00+0300 x", "2026-11-01T06:00:00.000Z"],
    ["[01-Nov-2026 10:00:00 Asia/Tokyo] PHP Warning:  x", "2026-11-01T01:00:00.000Z"],
    ["[01-Nov-2026 10:00:00 Nowhere/Atall] x", "2026-11-01T09:00:00.000Z"],
    ["Tue, 24 Jun 2025 14:05:00 GMT x", "2025-06-24T14:05:00.000Z"],
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
    '{"msg":"x","order":{"lines":{"first":{"time":1795326709}}}}',
    "version 1.2.3 of 10.0.0.1:8080",
    "",
  ])("not: %s", (line) => {
    expect(iso(line)).toBeUndefined();
  });
});

describe("the order of a date with slashes", () => {
  const order = (lines: readonly string[], line: string): string | undefined =>
    iso(line, { ...berlin, ...stampHabits(lines, berlin) });

  it("is the one that all lines of the file can have", () => {
    expect(order(["09/11/2026 10:00:00 x", "21/11/2026 10:00:00 x"], "09/11/2026 10:00:00 x")).toMatch(/^2026-11-09/);
    expect(order(["09/11/2026 10:00:00 x", "09/21/2026 10:00:00 x"], "09/11/2026 10:00:00 x")).toMatch(/^2026-09-11/);
    expect(order(["20/11/09 10:00:00 x"], "20/11/09 10:00:00 x")).toMatch(/^2020-11-09/);
  });

  it("is the one whose last line is the newest, where several fit", () => {
    expect(order(["01/02/2026 10:00:00 x", "01/11/2026 10:00:00 x"], "01/11/2026 10:00:00 x")).toMatch(/^2026-11-01/);
  });
});

describe("a configured format", () => {
  const at = (format: string, line: string): string | undefined => {
    const result = parseStampFormat(format);
    if (!result.ok) throw new Error(result.expected);
    return iso(line, { ...berlin, stampFormat: result.format });
  };

  it.each([
    ["%d.%m.%Y %H:%M:%S", "x 24.06.2025   14:05:01 y", "2025-06-24T12:05:01.000Z"],
    ["(%d|%b|%y) %I.%M%p", "(24|Jun|25) 2.05PM", "2025-06-24T12:05:00.000Z"],
    ["%s", "134681 node-246 unix.hw state_change.unavailable 1077804742 1 x", "2004-02-26T14:12:22.000Z"],
    ["ts=%Q", "level=info ts=1795326709123", "2026-11-22T05:51:49.123Z"],
    ["%F %T,%f %z", "2026-11-22 05:51:49,5 +0200", "2026-11-22T03:51:49.500Z"],
    ["%B %e %R", "November  2 05:51", "2026-11-02T04:51:00.000Z"],
  ])("%s", (format, line, expected) => {
    expect(at(format, line)).toBe(expected);
  });

  it("is the only one then", () => {
    expect(at("%d.%m.%Y %H:%M", "2026-11-22T05:51:49Z x")).toBeUndefined();
  });

  it.each([
    ["%q", /%q is none of %%/],
    ["%Y-%m-%d", /an hour .* is missing/],
    ["%H:%M:%S", /a month .* is missing/],
    ["%Y-%m-%d %I:%M", /%I and %p need each other/],
    ["%d.%d.%Y", /%d stands there twice/],
    ["%s %H", /all by themselves/],
    ["", /a month/],
    ["%Y".repeat(60), /at most 100/],
  ])("says what is wrong with %j", (format, expected) => {
    const result = parseStampFormat(format);
    expect(result.ok ? "well" : result.expected).toMatch(expected);
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
    ["2026-11-22 05:51:49 [info] job ERROR was retried", "info"],
    ['level=info msg="job ERROR was retried"', "info"],
    ['msg="said level=error" level=info', "info"],
    ['10.0.0.1 - - [01/Dec/2026:10:00:00 +0000] "GET /ERROR HTTP/1.1" 200', undefined],
    ["10.0.0.1 - - [01/Dec/2026:10:00:00 +0000] GET /[error]/x 200", undefined],
    ["GET /error?ERROR=1 200 5ms", undefined],
    ['2026-11-22 05:51:49 "ERROR" was said', undefined],
    ["2026-11-22 05:51:49 request failed with ERROR code", undefined],
    ["2026-11-22 05:51:49.123  INFO 811 --- [exec-1] o.s.Web : Handling ERROR dispatch", "info"],
    ['{"level":"info","payload":{"level":"error"},"msg":"ERROR"}', "info"],
    ['{"msg":"x","order":{"level":"error"}}', undefined],
    ['{"log":{"level":"error"},"message":"x"}', "error"],
    ['{"log.level":"WARN","message":"x"}', "warning"],
    ['{"Level":"Error","Message":"x"}', "error"],
    ['{"message":"x","level":400,"level_name":"ERROR"}', "error"],
    ['{"message":"x","level":300}', "warning"],
    [`{"message":"${"long ".repeat(300)}","level":"error"}`, "error"],
    ['{"t":{"$date":"2025-06-24T14:05:00Z"},"s":"E","msg":"x"}', "error"],
    ['{"t":{"$date":"2025-06-24T14:05:00Z"},"s":"I","msg":"ERROR"}', "info"],
    ['{"log":"ERROR failed\\n","stream":"stderr"}', "error"],
    ['{"log":"{\\"level\\":\\"warn\\"}\\n","stream":"stderr"}', "warning"],
    ['{"level":"\\u001b[31merror\\u001b[39m","message":"x"}', "error"],
    ["2026-11-22T05:51:49Z stderr F ERROR failed", "error"],
    ['shop-1  | {"level":"error","msg":"x"}', "error"],
    ["[Tue Jun 24 14:05:00.123456 2025] [core:error] [pid 811:tid 140] x", "error"],
    ["[Tue Jun 24 14:05:00.123456 2025] [mpm_event:notice] error", "info"],
    ["811:M 24 Jun 2025 14:05:01.500 # Out Of Memory", "error"],
    ["811:M 24 Jun 2025 14:05:01.500 # WARNING overcommit_memory is set to 0!", "warning"],
    ["811:M 24 Jun 2025 14:05:01.500 # Server initialized", "info"],
    ["811:M 24 Jun 2025 14:05:01.500 * ERROR", "info"],
    ["fail: Shop.Web.Orders[0]", "error"],
    ["info: Shop.Web.Orders[0]", "info"],
    ["2026-11-22T05:51:49Z E! [inputs.disk] x", "error"],
    ["2026-11-22T05:51:49Z I! ERROR", "info"],
    ["E0624 14:05:00.123456  811 main.go:12] x", "error"],
    ["03-17 16:13:38.811  1702  2395 W Window: ERROR", "warning"],
    ["2026-11-22 05:51:49|ERROR|Shop|x", "error"],
    ["[05:51:49 ERR] x", "error"],
    ["2026-11-22 05:51:49,123 - shop.orders - ERROR - x", "error"],
    ["ERRO[0000] x", "error"],
    ["fatal error: all goroutines are asleep - deadlock!", "error"],
    ["2026/11/22 05:51:49 http: panic serving 192.0.2.7:1: x", "error"],
    ["thread 'main' panicked at src/main.rs:3:5:", "error"],
    ["Nov 22 05:51:49 web-1 kernel: [12.3] EXT4-fs error (device sda1): x", "error"],
    ["Nov 22 05:51:49 web-1 kernel: [12.3] EXT4-fs (sda1): mounted, errors=remount-ro", undefined],
    ["Nov 22 05:51:49 web-1 sshd[7]: error: PAM: x", "error"],
    ["<11>Nov 22 05:51:49 web-1 shop: x", "error"],
    ["[22-Nov-2026 05:51:49 UTC] PHP Fatal error:  Uncaught x", "error"],
    ["[22-Nov-2026 05:51:49 UTC] PHP Warning:  x", "warning"],
    ["2026-11-22 05:51:49.100 -03 [121] LOG:  ERROR is what it says", "info"],
    ["\x1b[2m2026-11-22T05:51:49Z\x1b[0m \x1b[31mERROR\x1b[0m shop: x", "error"],
    ["\x1b[31mE\x1b[0m0624 14:05:00.123456  811 main.go:12] x", "error"],
    ["Caused by: java.io.IOException: x", "error"],
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

describe("configured texts for a level", () => {
  const texts = { error: [" e ", "giving*up"], debug: ["cache"] };

  it.each([
    ["12 E disk", "error"],
    ["Giving it all UP", "error"],
    ["up, giving", undefined],
    ["INFO cache hit", "debug"],
    ["INFO E cache", "error"],
    ["WARN slow", "warning"],
  ])("%s", (line, level) => {
    expect(levelOf(line, texts)?.level).toBe(level);
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
    ["2026-12-01 09:00:00.100 -03 [120] x", "[120] x"],
    ["2026-12-01 09:00:00 CET x", "x"],
    ["[01-Nov-2026 10:00:00 Asia/Tokyo] PHP Warning:  x", "PHP Warning:  x"],
    ["2016-09-28 04:30:30, Info  CBS  x", "CBS  x"],
    ["\x1b[2m2026-11-22T05:51:49Z\x1b[0m \x1b[31mERROR\x1b[0m shop: x", "shop: x"],
    ['{"t":{"$date":"2025-06-24T14:05:00Z"},"s":"E","msg":"cut","id":7}', "cut id=7"],
    ['{"broken', '{"broken'],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });
});
