import { appendFileSync, statSync, truncateSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { spanOf } from "../../../../src/action/log/bisect.js";
import { WrittenSource, writtenSpans } from "../../../../src/action/log/holes.js";
import { Zone } from "../../../../src/base/zoned-time.js";
import { LogFolder, pageOf, rawOf, readFile, readThrough } from "../../../support/log/files.js";

const GIB = 1024 ** 3;
const HOUR = 3_600_000;

describe("a hole in a file", () => {
  it("is skipped, is said, and the line behind it is one like any other", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", `${"\0".repeat(4_096)}2025-06-24 14:05:01 ERROR first\n`);
    const page = await pageOf(readFile(path, { level: "error" }));
    expect(page.lines).toMatchObject([{ at: Date.UTC(2025, 5, 24, 14, 5, 1), level: "error", text: "first" }]);
    expect(page.lines[0]?.raw).toBe("2025-06-24 14:05:01 ERROR first");
    expect(page.events).toEqual(["hole"]);
  });

  it("ends the line that was being written when the power went", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", `one\nhal${"\0".repeat(9_000)}two\n${"\0".repeat(100)}\nthree\n`);
    const page = await pageOf(readFile(path));
    expect(rawOf(page)).toEqual(["one", "hal", "two", "three"]);
    expect(page.events).toEqual(["hole"]);
    const newest = await pageOf(readFile(path, { lines: 2 }));
    expect([...(await readThrough(path, { lines: 1 }, newest, "older")), ...rawOf(newest)]).toEqual(rawOf(page));
  });

  it("of 20 GiB costs a few reads, at the beginning and between lines", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "2026-12-01T09:00:00Z ERROR old\n");
    truncateSync(path, 20 * GIB);
    appendFileSync(path, "2026-12-01T10:00:00Z ERROR first\n");
    truncateSync(path, 40 * GIB);
    appendFileSync(path, "2026-12-01T11:00:00Z INFO last\n");
    const since = await pageOf(readFile(path, { since: Date.UTC(2026, 11, 1, 9, 30) }));
    expect(rawOf(since)).toEqual(["2026-12-01T10:00:00Z ERROR first", "2026-12-01T11:00:00Z INFO last"]);
    expect(since.searchedBytes).toBeLessThan(1024 * 1024);
    const errors = await pageOf(readFile(path, { level: "error" }));
    expect(rawOf(errors)).toEqual(["2026-12-01T09:00:00Z ERROR old", "2026-12-01T10:00:00Z ERROR first"]);
    expect(errors.events).toEqual(["hole"]);
    expect(errors.stopped).toBeUndefined();
    const one = await pageOf(readFile(path, { lines: 1 }));
    appendFileSync(path, "2026-12-01T12:00:00Z INFO newer\n");
    expect(await readThrough(path, { lines: 1 }, one, "newer")).toEqual(["2026-12-01T12:00:00Z INFO newer"]);
    expect(await readThrough(path, { lines: 1 }, one, "older")).toHaveLength(2);
  });

  it("is not believed where the disk holds more than it would", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "");
    truncateSync(path, 8 * 1024 * 1024);
    const size = statSync(path).size;
    const zeros = { read: async () => ({ bytesRead: 0 }) };
    expect(await writtenSpans(zeros, size, size / 2)).toEqual([{ start: 0, end: size }]);
    expect(await writtenSpans(zeros, size, size)).toEqual([{ start: 0, end: size }]);
    expect(await writtenSpans(zeros, size, 0)).toEqual([{ start: size - 64, end: size }]);
  });

  it("leaves every place where it was", () => {
    const source = new WrittenSource({ read: async () => ({ bytesRead: 0 }) }, [
      { start: 100, end: 110 },
      { start: 200, end: 220 },
    ]);
    expect([0, 9, 10, 29, 30].map((place) => source.inFile(place))).toEqual([100, 109, 200, 219, 220]);
    expect([0, 105, 150, 200, 225].map((place) => source.fromFile(place))).toEqual([0, 5, 10, 10, 35]);
    expect(source.marks()).toEqual([0, 10]);
  });

  it("that is really written does not hold up the search for a time beyond its limit", async () => {
    const size = 20 * GIB;
    let reads = 0;
    const zeros = {
      read: async (buffer: Buffer, offset: number, length: number, position: number) => {
        reads += 1;
        const bytesRead = Math.max(0, Math.min(length, size - position));
        buffer.fill(0, offset, offset + bytesRead);
        return { bytesRead };
      },
    };
    const format = { zone: new Zone("UTC"), reference: 0, stamped: true };
    expect(await spanOf(zeros, size, { since: 1 }, format, () => reads >= 500)).toEqual({ low: 0, high: size });
    expect(reads).toBe(500);
  });
});

describe("a clock that goes back", () => {
  const stamp = (at: number, zone: Zone): string =>
    new Date(zone.toLocal(at)).toISOString().slice(0, 19).replace("T", " ");
  const berlin = new Zone("Europe/Berlin");
  const options = { timezone: () => "Europe/Berlin" };
  /** A line every ten seconds around the end of summer time, whose hour from two to three there is twice. */
  const begin = Date.UTC(2026, 9, 24, 20);
  const autumn = (padding: number): readonly string[] =>
    Array.from(
      { length: 4_000 },
      (_, index) => `${stamp(begin + index * 10_000, berlin)} n${index} ${"p".repeat(padding)}`,
    );

  it.each([
    ["in the first of the two hours", Date.UTC(2026, 9, 25, 0, 30)],
    ["at the end of the first", Date.UTC(2026, 9, 25, 0, 58)],
    ["right before them", Date.UTC(2026, 9, 24, 23, 59)],
  ])("loses no line since a time %s, and is said", async (_where, since) => {
    using folder = new LogFolder();
    for (const padding of [10, 1_100]) {
      const lines = autumn(padding);
      const path = folder.write("a.log", `${lines.join("\n")}\n`);
      const page = await pageOf(readFile(path, { since, lines: 9_000 }, { ...options, limits: { pageBytes: 99e6 } }));
      const expected = lines.slice(Math.ceil((since - begin) / 10_000));
      expect(
        rawOf(page)
          .slice(-expected.length)
          .map((line) => line.slice(0, 27)),
      ).toEqual(expected.map((line) => line.slice(0, 27)));
      expect(page.events).toContain("stepped_back");
    }
  });

  it("loses no line until a time in the second of the two hours", async () => {
    using folder = new LogFolder();
    const lines = autumn(1_100);
    const path = folder.write("a.log", `${lines.join("\n")}\n`);
    const until = Date.UTC(2026, 9, 25, 0, 10);
    const page = await pageOf(readFile(path, { until, lines: 9_000 }, { ...options, limits: { pageBytes: 99e6 } }));
    expect(page.lines.length).toBeGreaterThan((until - begin) / 10_000 + 60);
  });

  it("loses nothing either when it was set back by three hours", async () => {
    using folder = new LogFolder();
    const utc = new Zone("UTC");
    const lines = Array.from({ length: 3_000 }, (_, index) => {
      const at = begin + index * 20_000 - (index >= 2_000 ? 3 * HOUR : 0);
      return `${stamp(at, utc)} n${index} ${"p".repeat(1_500)}`;
    });
    const path = folder.write("a.log", `${lines.join("\n")}\n`);
    const since = begin + 1_900 * 20_000;
    const page = await pageOf(readFile(path, { since, lines: 9_000 }, { limits: { pageBytes: 99e6 } }));
    expect(page.lines.at(0)?.text).toMatch(/^n1900 /);
    expect(page.lines.length).toBe(1_100);
    expect(page.events).toContain("stepped_back");
  });

  it("is no single line that names another time", async () => {
    using folder = new LogFolder();
    const path = folder.write(
      "a.log",
      ["2026-01-05 10:00:00 a", "2026-01-05 08:00:00 is what it says", "2026-01-05 10:00:02 b", ""].join("\n"),
    );
    expect((await pageOf(readFile(path))).events).toEqual([]);
  });
});

describe("what an error came from", () => {
  const chains: Readonly<Record<string, readonly string[]>> = {
    java: [
      "java.lang.IllegalStateException: no row",
      "\tat shop.Order.place(Order.java:41)",
      "\t... 12 more",
      "Caused by: java.io.IOException: full",
      "\tat shop.Store.write(Store.java:9)",
      "\tSuppressed: java.io.IOException: also",
    ],
    python: [
      "Traceback (most recent call last):",
      '  File "a.py", line 1',
      "KeyError: 'x'",
      "",
      "During handling of the above exception, another exception occurred:",
      "",
      "Traceback (most recent call last):",
      '  File "a.py", line 3',
      "ValueError: bad",
    ],
    node: ["Error: outer", "    at a (a.js:1:1) {", "  [cause]: Error: inner", "      at b (b.js:1:1)", "}"],
    go: [
      "panic: broken",
      "",
      "goroutine 1 [running]:",
      "main.place(0xc000012345)",
      "\t/src/main.go:12 +0x1d",
      "created by main.main in goroutine 1",
      "\t/src/main.go:5 +0x25",
    ],
    rust: [
      "thread 'main' panicked at src/main.rs:3:5:",
      "note: run with `RUST_BACKTRACE=1`",
      "stack backtrace:",
      "   0: shop::main",
    ],
    anyhow: ["Error: cannot place", "", "Caused by:", "    0: cannot write", "    1: disk full"],
    dotnet: [
      "Unhandled exception. System.InvalidOperationException: outer",
      " ---> System.IO.IOException: inner",
      "   at Shop.Place()",
      "   --- End of inner exception stack trace ---",
      "   at Shop.Main()",
    ],
  };

  it.each(Object.entries(chains))("%s: is shown with it, with times and without", async (_name, chain) => {
    using folder = new LogFolder();
    const stamped = folder.write(
      "a.log",
      ["2026-01-05 10:00:00 INFO a", "2026-01-05 10:00:01 ERROR b", ...chain, "2026-01-05 10:00:02 INFO c", ""].join(
        "\n",
      ),
    );
    expect(rawOf(await pageOf(readFile(stamped, { level: "error" })))).toEqual([
      "2026-01-05 10:00:01 ERROR b",
      ...chain,
    ]);
    const bare = folder.write("b.log", ["started", ...chain, "goes on", ""].join("\n"));
    expect(rawOf(await pageOf(readFile(bare, { level: "error" })))).toEqual(chain);
  });
});

describe("nothing found", () => {
  it("says what there is: size, first and last time", async () => {
    using folder = new LogFolder();
    const path = folder.write("a.log", "2026-01-05 10:00:00 INFO a\n  more\n2026-01-05 10:00:02 INFO c\n");
    const page = await pageOf(readFile(path, { since: Date.UTC(2026, 0, 6) }));
    expect(page.extent).toMatchObject({
      size: 61,
      first: Date.UTC(2026, 0, 5, 10),
      last: Date.UTC(2026, 0, 5, 10, 0, 2),
    });
    const empty = await pageOf(readFile(folder.write("b.log", ""), { level: "error" }));
    expect(empty.extent).toEqual({ size: 0, modifiedAt: statSync(`${folder.path}/b.log`).mtimeMs });
    expect((await pageOf(readFile(path))).extent).toBeUndefined();
  });
});

describe("a JSON object with a long message first", () => {
  it("has its time and its level, and does not join the one before", async () => {
    using folder = new LogFolder();
    const line = (second: number, level: string): string =>
      JSON.stringify({ message: "long ".repeat(400), level, timestamp: `2026-01-05T10:00:0${second}Z` });
    const path = folder.write("a.log", `${[line(1, "info"), line(2, "error"), line(3, "info")].join("\n")}\n`);
    const errors = await pageOf(readFile(path, { level: "error" }));
    expect(errors.lines.map(({ at, level }) => [at, level])).toEqual([[Date.UTC(2026, 0, 5, 10, 0, 2), "error"]]);
    expect((await pageOf(readFile(path, { since: Date.UTC(2026, 0, 5, 10, 0, 2) }))).lines).toHaveLength(2);
  });
});

describe("a log whose lines are written in a way of their own", () => {
  it("is read as its source says", async () => {
    using folder = new LogFolder();
    const path = folder.write(
      "a.log",
      "7|05-01-26 10h00|ok\n8|05-01-26 10h01|giving it up\n  more\n7|05-01-26 10h02|ok\n",
    );
    const from = { stamp: "%d-%m-%y %Hh%M", level: { error: ["Giving*Up"] } };
    const page = await pageOf(readFile(path, { level: "error" }, {}, from));
    expect(rawOf(page)).toEqual(["8|05-01-26 10h01|giving it up", "  more"]);
    expect(page.lines[0]).toMatchObject({ at: Date.UTC(2026, 0, 5, 10, 1), level: "error", text: "8||giving it up" });
    const since = await pageOf(readFile(path, { since: Date.UTC(2026, 0, 5, 10, 2) }, {}, from));
    expect(rawOf(since)).toEqual(["7|05-01-26 10h02|ok"]);
  });
});
