import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { LogFolder, pageOf, rawOf, readFile, readThrough } from "../../support/log/files.js";
import { fc } from "../../support/fast-check.js";

/** The simple way: the whole file at once. */
function reference(path: string, query: { readonly contains?: string; readonly since?: number }): readonly string[] {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  let at = -Infinity;
  return lines.filter((line) => {
    const stamp = /^2026-01-01T(\d\d):(\d\d):(\d\d)Z/.exec(line);
    if (stamp) at = Date.UTC(2026, 0, 1, Number(stamp[1]), Number(stamp[2]), Number(stamp[3]));
    if (query.since !== undefined && at < query.since) return false;
    return query.contains === undefined || line.toLowerCase().includes(query.contains.toLowerCase());
  });
}

const plainLine = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "needle",
    "NEEDLE in hay",
    "ned",
    "ÄÖ wide 字",
    "\tindented",
    "x".repeat(300),
    "two\rin one",
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
);
const ending = fc.constantFrom("\n", "\r\n");
const blocks = fc.record({
  blockBytes: fc.integer({ min: 1, max: 400 }),
  ahead: fc.integer({ min: 0, max: 3 }),
  longestLine: fc.constant(1_024),
});

const file = fc
  .tuple(fc.array(fc.tuple(plainLine, ending), { maxLength: 60 }), fc.boolean())
  .map(([lines, endsWell]) => {
    const text = lines.map(([line, end]) => line + end).join("");
    return endsWell ? text : text.replace(/\r?\n$/, "");
  });

test("pages of any size, read backwards in blocks of any size, are the file", async () => {
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.integer({ min: 1, max: 30 }),
      fc.option(fc.constantFrom("needle", "NEED", "a", "字", "  "), { nil: undefined }),
      blocks,
      async (content, lines, contains, sizes) => {
        using folder = new LogFolder();
        const path = folder.write("a.log", content);
        const query = { lines, ...(contains === undefined ? {} : { contains }) };
        const expected = reference(path, query);
        const newest = await pageOf(readFile(path, query, { blocks: sizes }));
        expect(rawOf(newest)).toEqual(expected.slice(-lines));
        const older = await readThrough(path, query, newest, "older", { blocks: sizes });
        expect([...older, ...rawOf(newest)]).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test("there and back again: what is older than a page is followed by the page", async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.integer({ min: 1, max: 10 }), blocks, async (content, lines, sizes) => {
      using folder = new LogFolder();
      const path = folder.write("a.log", content.replace(/\r?\n?$/, "\n"));
      const expected = reference(path, {});
      const newest = await pageOf(readFile(path, { lines }, { blocks: sizes }));
      if (newest.older === undefined) return;
      const older = await pageOf(
        readFile(path, { lines, from: { place: newest.older, towards: "older" } }, { blocks: sizes }),
      );
      const onwards = await readThrough(path, { lines }, older, "newer", { blocks: sizes });
      expect(onwards).toEqual(expected.slice(-Math.min(expected.length, lines)));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("since is found by bisection whatever stands between the stamps", async () => {
  const entry = fc.tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.array(fc.constantFrom("  at x", "more", ""), { maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 2_400 }),
      fc.integer({ min: 1, max: 3_900 }),
      blocks,
      async (entries, sinceSecond, padding, sizes) => {
        using folder = new LogFolder();
        let second = 0;
        const text = entries
          .map(([step, more]) => {
            second += step;
            const stamp = new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString().replace(".000Z", "Z");
            return [`${stamp} said ${"p".repeat(padding)}`, ...more].join("\n");
          })
          .join("\n");
        const path = folder.write("a.log", `${text}\n`);
        const since = Date.UTC(2026, 0, 1) + sinceSecond * 1_000;
        const expected = reference(path, { since });
        const whole = { ...sizes, longestLine: 64 * 1024 };
        const page = await pageOf(readFile(path, { lines: 500, since }, { blocks: whole }));
        expect(rawOf(page)).toEqual(expected);
      },
    ),
    { numRuns: 80 },
  );
}, 60_000);
