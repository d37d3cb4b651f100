import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createLogReading } from "../../../../src/action/log/reading.js";
import { systemClock } from "../../../../src/base/clock.js";
import { fileSource, LogFolder, pageOf, rawOf, readFile, readThrough } from "../../../support/log/files.js";

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join("");

/** What this process holds open. Others of its files come and go meanwhile. */
function openFiles(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

const KEY = [
  "-----BEGIN RSA PRIVATE KEY-----",
  ...Array.from({ length: 24 }, () => "MIIEpAIBAAKCAQEA".repeat(4)),
  "-----END RSA PRIVATE KEY-----",
];

describe("the last lines of a file", () => {
  it("are the last ones, oldest first, however the file ends", async () => {
    using folder = new LogFolder();
    for (const [content, expected] of [
      ["", []],
      ["one", ["one"]],
      ["one\ntwo\n", ["one", "two"]],
      ["one\r\ntwo\r\n\r\n", ["one", "two", ""]],
      ["a\0b\nc", ["ab", "c"]],
    ] as const) {
      const page = await pageOf(readFile(folder.write("a.log", content)));
      expect(rawOf(page)).toEqual(expected);
      expect(page.older).toBeUndefined();
    }
  });

  it("survive bytes that are no UTF-8", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a, 0x63]));
    expect(rawOf(await pageOf(readFile(path)))).toEqual(["a\u{FFFD}\u{FFFD}b", "c"]);
  });

  it("come in pieces when a line is longer than anything", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", `${"x".repeat(3_000_000)}\nend\n`);
    const page = await pageOf(readFile(path, { lines: 2 }));
    expect(page.lines.at(-1)?.raw).toBe("end");
    expect(page.lines[0]?.raw).toMatch(/^x{4000}… \(\+\d+\)$/);
  });

  it("cost the same whatever the size of the file", async () => {
    using folder = new LogFolder();
    const small = await pageOf(readFile(folder.write("small.log", numbered(1, 1_000)), { lines: 100 }));
    const large = await pageOf(readFile(folder.write("large.log", numbered(1, 600_000)), { lines: 100 }));
    expect(large.lines.length).toBe(100);
    expect(large.searchedBytes).toBeLessThan(10 * small.searchedBytes + 64 * 1024);
  });
});

describe("paging", () => {
  it("goes on where it was when the file has grown", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", numbered(1, 50));
    const first = await pageOf(readFile(path, { lines: 5 }));
    appendFileSync(path, numbered(51, 60));
    const older = await pageOf(readFile(path, { lines: 5, from: { place: first.older!, towards: "older" } }));
    expect(rawOf(older)).toEqual(["line 41", "line 42", "line 43", "line 44", "line 45"]);
    expect(await readThrough(path, { lines: 4 }, first, "newer")).toEqual(numbered(51, 60).trimEnd().split("\n"));
  });

  it("does not show a line that is still being written as one, and then its rest as another", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "whole\nhal");
    const first = await pageOf(readFile(path));
    expect(rawOf(first)).toEqual(["whole", "hal"]);
    appendFileSync(path, "f a line\n");
    const newer = await pageOf(readFile(path, { from: { place: first.newer!, towards: "newer" } }));
    expect(rawOf(newer)).toEqual(["half a line"]);
  });

  it("follows the file through its rotation, both ways, and says so", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", numbered(1, 20));
    const first = await pageOf(readFile(path, { lines: 5 }));
    renameSync(path, `${path}.1`);
    writeFileSync(path, numbered(21, 24));
    const older = await pageOf(readFile(path, { lines: 5, from: { place: first.older!, towards: "older" } }));
    expect(rawOf(older)).toEqual(["line 11", "line 12", "line 13", "line 14", "line 15"]);
    const newer = await pageOf(readFile(path, { lines: 9, from: { place: first.newer!, towards: "newer" } }));
    expect(rawOf(newer)).toEqual(["line 21", "line 22", "line 23", "line 24"]);
    expect(newer.events).toContain("rotated");
    const newest = await pageOf(readFile(path, { lines: 6 }));
    expect(rawOf(newest)).toEqual(["line 19", "line 20", "line 21", "line 22", "line 23", "line 24"]);
    expect(newest.events).toContain("rotated");
  });

  it("goes over into the rotated file also when a page ended exactly between the two", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", numbered(21, 24));
    folder.write("a.log.1", numbered(1, 20));
    const first = await pageOf(readFile(path, { lines: 4 }));
    const older = await pageOf(readFile(path, { lines: 2, from: { place: first.older!, towards: "older" } }));
    expect(rawOf(older)).toEqual(["line 19", "line 20"]);
  });

  it.each([
    ["emptied", ""],
    ["emptied and written anew, beyond the place", numbered(100, 200)],
  ])("says that the file was %s, and shows the newest lines", async (_what, content) => {
    using folder = new LogFolder();
    const path = folder.write("a.log", numbered(1, 20));
    const first = await pageOf(readFile(path, { lines: 5 }));
    truncateSync(path);
    appendFileSync(path, content);
    const older = await pageOf(readFile(path, { lines: 2, from: { place: first.older!, towards: "older" } }));
    expect(older.events).toEqual(["truncated"]);
    expect(rawOf(older)).toEqual(content === "" ? [] : ["line 199", "line 200"]);
  });
});

describe("what is looked for", () => {
  const stacked = [
    "2026-01-05 02:10:33,101 INFO started",
    "2026-01-05 02:10:34,250 ERROR request failed",
    "Traceback (most recent call last):",
    '  File "shop.py", line 3',
    "2026-01-05 02:10:35,000 WARNING slow",
    "2026-01-05 02:10:36,000 INFO done",
  ];

  it("is literal: no character means anything but itself", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "a.b*c\nabbc\n[x](y)\n\\d+$^|/-{}\n");
    for (const needle of ["a.b*c", "[x](y)", "\\d+$^|/-{}"]) {
      expect(rawOf(await pageOf(readFile(path, { contains: needle })))).toEqual([needle]);
    }
  });

  it("errors come with the lines that belong to them", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", `${stacked.join("\n")}\n`);
    const page = await pageOf(readFile(path, { level: "error" }));
    expect(rawOf(page)).toEqual(stacked.slice(1, 4));
    expect(page.lines.map((line) => line.level)).toEqual(["error", "error", undefined]);
    expect(rawOf(await pageOf(readFile(path, { level: "warning" })))).toEqual(stacked.slice(1, 5));
    expect(rawOf(await pageOf(readFile(path, { level: "info" })))).toEqual(stacked);
  });

  it("times without a zone are those of the configured one", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", `${stacked.join("\n")}\n`);
    const since = Date.UTC(2026, 0, 4, 17, 10, 34);
    const page = await pageOf(readFile(path, { since, until: since + 1_500 }, { timezone: () => "Asia/Tokyo" }));
    expect(rawOf(page)).toEqual(stacked.slice(1, 5));
  });

  it("finds lines that were written a little out of order", async () => {
    using folder = new LogFolder();
    const at = (second: number): string =>
      `${new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString()} n${second}`;
    const order = Array.from({ length: 4_000 }, (_, index) => index + (index % 7 === 0 ? 5 : 0));
    const path = folder.write("a.log", `${order.map((second) => at(second) + "p".repeat(60)).join("\n")}\n`);
    const since = Date.UTC(2026, 0, 1) + 2_000_000;
    const page = await pageOf(readFile(path, { since, until: since + 20_000, lines: 100 }));
    expect(page.lines.length).toBe(order.filter((second) => second >= 2_000 && second <= 2_020).length);
  });

  it("says when there are no times to keep to", async () => {
    using folder = new LogFolder();
    const page = await pageOf(readFile(folder.write("a.log", "no time\nhere\n"), { since: 1 }));
    expect(page.events).toEqual(["unstamped"]);
    expect(page.lines.length).toBe(2);
  });

  it("ends at its limit, says where, and goes on from there", async () => {
    using folder = new LogFolder();
    const head = "2026-01-05T02:10:33Z needle\n";
    const path = folder.write("a.log", head + "2026-01-05T02:11:00Z hay and hay and hay\n".repeat(20_000));
    const options = { limits: { searchBytes: 100_000 }, blocks: { blockBytes: 64 * 1024 } };
    const first = await pageOf(readFile(path, { contains: "needle" }, options));
    expect(first.lines).toEqual([]);
    expect(first.stopped).toEqual({ why: "bytes", at: Date.UTC(2026, 0, 5, 2, 11) });
    expect(await readThrough(path, { contains: "needle" }, first, "older", options)).toEqual([head.trimEnd()]);
  });

  it("ends when it is cancelled", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "hay\n".repeat(1_000_000));
    const stopping = new AbortController();
    const reading = createLogReading({
      clock: systemClock,
      timezone: () => "UTC",
      blocks: { blockBytes: 4_096, ahead: 0 },
    });
    const reply = reading.read(fileSource(path), { lines: 1, contains: "needle" }, stopping.signal);
    stopping.abort(new Error("enough"));
    await expect(reply).rejects.toThrow("enough");
  });

  it("refuses one search too many and takes the next when one has ended", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "hay\n".repeat(100_000));
    const reading = createLogReading({ clock: systemClock, timezone: () => "UTC" });
    const ask = () => reading.read(fileSource(path), { lines: 1, contains: "needle" }, new AbortController().signal);
    const outcomes = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["ok", "ok", "ok", "ok", "failed"]);
    expect((await ask()).status).toBe("ok");
  });
});

describe("secrets", () => {
  it("are masked and counted; over several lines they are one", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", ["before", ...KEY, "password=correct-horse-battery", ""].join("\n"));
    const page = await pageOf(readFile(path, { lines: 50 }));
    expect(page.secrets).toBe(2);
    const text = rawOf(page).join("\n");
    expect(text).not.toMatch(/MIIE|horse/);
    expect(page.lines.length).toBe(KEY.length + 2);
  });

  it("stay masked when the page begins in the middle of one", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", ["before", ...KEY, "after", ""].join("\n"));
    const page = await pageOf(readFile(path, { lines: 6 }));
    expect(rawOf(page).join("\n")).not.toContain("MIIE");
    expect(page.secrets).toBeGreaterThan(0);
  });

  it("cannot be found by what they hold", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", ["password=correct-horse-battery", ...KEY, ""].join("\n"));
    for (const needle of ["horse", "correct-h", "MIIE"]) {
      expect(rawOf(await pageOf(readFile(path, { contains: needle })))).toEqual([]);
    }
    expect(rawOf(await pageOf(readFile(path, { contains: "password" })))).toEqual(["password=<secret>"]);
  });
});

describe("what is no log of ours", () => {
  it("is not read through a link out of the directory, by name or by directory", async () => {
    using folder = new LogFolder();
    using elsewhere = new LogFolder();
    const secret = elsewhere.write("secret", "top\n");
    mkdirSync(join(folder.path, "logs"));
    const path = join(folder.path, "logs", "a.log");
    symlinkSync(secret, path);
    expect(await readFile(path)).toMatchObject({ status: "failed", failure: "outside" });
  });

  it("is not read when the directory is exchanged for a link after it became known", async () => {
    using folder = new LogFolder();
    using elsewhere = new LogFolder();
    elsewhere.write("a.log", "top secret\n");
    const logs = join(folder.path, "logs");
    mkdirSync(logs);
    const path = join(logs, "a.log");
    writeFileSync(path, "ours\n");
    const reading = createLogReading({ clock: systemClock, timezone: () => "UTC" });
    await reading.configure([fileSource(path)]);
    renameSync(logs, `${logs}.old`);
    symlinkSync(elsewhere.path, logs);
    const outcome = await reading.read(fileSource(path), { lines: 5 }, new AbortController().signal);
    expect(outcome).toMatchObject({ status: "failed", failure: "outside" });
  });

  it("may be a link within the directory", async () => {
    using folder = new LogFolder();
    folder.write("a-2026.log", "ours\n");
    symlinkSync("a-2026.log", join(folder.path, "a.log"));
    expect(rawOf(await pageOf(readFile(join(folder.path, "a.log"))))).toEqual(["ours"]);
  });

  it("is no directory, no FIFO, no device, no second name of another file", async () => {
    using folder = new LogFolder();
    mkdirSync(join(folder.path, "dir"));
    execFileSync("mkfifo", [join(folder.path, "fifo")]);
    folder.write("one.log", "x\n");
    linkSync(join(folder.path, "one.log"), join(folder.path, "two.log"));
    for (const [name, failure] of [
      ["dir", "not_regular"],
      ["fifo", "not_regular"],
      ["two.log", "hard_linked"],
      ["absent.log", "not_found"],
    ] as const) {
      expect(await readFile(join(folder.path, name))).toMatchObject({ status: "failed", failure });
    }
    expect(await readFile("/dev/null")).toMatchObject({ failure: "not_regular" });
  });

  it("leaves no file open", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", numbered(1, 100));
    folder.write("a.log.1", numbered(1, 10));
    await readFile(path, { lines: 500 });
    await readFile(path, { contains: "line 99", lines: 1 });
    expect(openFiles().filter((file) => file.startsWith(folder.path))).toEqual([]);
  });
});
