import { expect, test } from "vitest";

import { parseDiskstats, parseNetDev, rate } from "../../../src/probe/proc/devices.js";
import { parseMeminfo } from "../../../src/probe/proc/meminfo.js";
import { parseMountinfo, realMounts, unescapeOctal } from "../../../src/probe/proc/mountinfo.js";
import { parsePidStat } from "../../../src/probe/proc/pid-stat.js";
import { parsePressure, stalledShare } from "../../../src/probe/proc/pressure.js";
import { CPU_STATES, cpuShares, parseStat, usedShare } from "../../../src/probe/proc/stat.js";
import { parseVmstat } from "../../../src/probe/proc/vmstat.js";
import { fc } from "../../support/fast-check.js";

const ticks = fc.record(
  Object.fromEntries(CPU_STATES.map((state) => [state, fc.nat()])) as Record<
    (typeof CPU_STATES)[number],
    fc.Arbitrary<number>
  >,
);

test("cpu shares add up to one, none is negative, and the used share lies between 0 and 1", () => {
  fc.assert(
    fc.property(ticks, ticks, (before, after) => {
      const shares = cpuShares(before, after);
      if (!shares) return;
      const values = Object.values(shares);
      expect(values.every((share) => share >= 0)).toBe(true);
      expect(values.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(usedShare(shares)).toBeGreaterThanOrEqual(0);
      expect(usedShare(shares)).toBeLessThanOrEqual(1);
    }),
  );
});

test("the stalled share lies between 0 and 1 whatever the counters and the clock do", () => {
  const stall = fc.record({ averageRatio: fc.double({ min: 0, max: 1, noNaN: true }), totalMs: fc.nat() });
  fc.assert(
    fc.property(fc.option(stall, { nil: undefined }), stall, fc.integer(), (before, after, elapsedMs) => {
      const share = stalledShare(before, after, elapsedMs);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }),
  );
});

test("a rate is never negative, infinite or not a number", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer(), (before, after, elapsedMs) => {
      const value = rate(before, after, elapsedMs);
      expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
    }),
  );
});

/** As the kernel writes paths into mountinfo. */
function escapeOctal(path: string): string {
  return path.replaceAll(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

test("a path in mountinfo comes back as it was, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (path) => {
      expect(unescapeOctal(escapeOctal(path))).toBe(path);
      const [mount] = parseMountinfo(`1 0 8:1 / ${escapeOctal(`/${path}`)} rw - ext4 /dev/sda rw`);
      expect(mount?.mount).toBe(`/${path}`);
    }),
  );
});

test("the order of the mounts' lines does not change which disks there are, unless one path is mounted over", () => {
  const line = fc
    .record({
      device: fc.constantFrom("/dev/sda", "/dev/sdb", "/dev/sdc"),
      root: fc.constantFrom("/", "/sub"),
      mount: fc.constantFrom("/", "/a", "/b", "/mnt/long", "/c"),
    })
    .map(({ device, root, mount }) => ({ mount, line: `1 0 8:1 ${root} ${mount} rw - ext4 ${device} rw` }));
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: ({ mount }) => mount }), (lines) => {
      const texts = lines.map((one) => one.line);
      const disks = realMounts(parseMountinfo(texts.join("\n")));
      expect(realMounts(parseMountinfo(texts.toReversed().join("\n")))).toEqual(disks);
      expect(new Set(disks.map((disk) => disk.source)).size).toBe(disks.length);
    }),
  );
});

test("a process may have any name: the numbers behind it are read all the same", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 15 }),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      (name, user, system, start, rss) => {
        const rest = `S 1 1 1 0 -1 4194304 10 20 0 0 ${user} ${system} 0 0 20 0 1 0 ${start} 1000000 ${rss} 1 1`;
        const bytes = Buffer.from(`42 (${name}) ${rest}\n`);
        const padded = Buffer.concat([bytes, Buffer.from("9".repeat(50))]);
        expect(parsePidStat(padded, bytes.length)).toMatchObject({
          pid: 42,
          ticks: user + system,
          startedTicks: start,
          residentPages: rss,
        });
      },
    ),
  );
});

test("no parser throws or gives a number that is none, whatever it is given", () => {
  const isWhole = (value: unknown): boolean =>
    typeof value === "number"
      ? Number.isFinite(value)
      : typeof value !== "object" || value === null || Object.values(value).every(isWhole);
  const word = fc.constantFrom(
    "cpu ",
    "cpu0",
    "btime ",
    "MemTotal: ",
    "MemFree: ",
    " kB",
    "some avg10=",
    "total=",
    "oom_kill ",
    "-",
    ":",
    "\n",
    " ",
    "9",
    "1e999",
    "NaN",
    "-1",
    "eth0:",
  );
  const anything = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join("")),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const bytes = Buffer.from(text);
      const results = [
        parseStat(text),
        parseMeminfo(text),
        parsePressure(text),
        parseVmstat(text),
        parseMountinfo(text),
        parseNetDev(text),
        parseDiskstats(text, () => true),
        parsePidStat(bytes, bytes.length),
      ];
      expect(results.every(isWhole)).toBe(true);
    }),
  );
});
