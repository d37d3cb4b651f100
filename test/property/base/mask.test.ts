import { describe, expect, it } from "vitest";

import { createMasker, mask, maskedExcerpt } from "../../../src/base/mask/mask.js";
import { MASK_CLASSES, maskCases } from "../../support/mask-cases.js";
import { fc } from "../../support/fast-check.js";

const LINES = MASK_CLASSES.flatMap((name) =>
  (["positive", "negative"] as const).flatMap((kind) => maskCases(name, kind).map(({ text }) => text)),
);

/** Logs as they come: lines with and without secrets, encoded ones, long ones, other people's letters. */
const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => JSON.stringify({ message: text })) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => encodeURIComponent(text)) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => Buffer.from(text).toString("base64")) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("password=", "Cookie: a=", "QWxh", "eyJhbGciOi", "%3A", "日本"),
        fc.integer({ min: 1, max: 9_000 }),
      )
      .map(([text, length]) => text + "a1B2".repeat(length / 4)),
  },
);
const log = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));

/** The text cut at the places, in order. */
function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

describe("masking", () => {
  it("is the same however the text is cut into pieces", () => {
    fc.assert(
      fc.property(
        log,
        fc.array(fc.nat(1_000), { maxLength: 12 }),
        fc.integer({ min: 1, max: 64 }),
        (text, cuts, every) => {
          const even = Array.from(
            { length: Math.min(400, Math.floor(text.length / every)) },
            (_, index) => index * every,
          );
          for (const places of [cuts, even]) {
            const masker = createMasker();
            const out = pieces(text, places).map((piece) => masker.push(piece));
            expect({ text: out.join("") + masker.end(), count: masker.count }).toEqual(mask(text));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("changes nothing more the second time", () => {
    fc.assert(
      fc.property(log, (text) => {
        const once = mask(text).text;
        expect(mask(once)).toEqual({ text: once, count: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it("leaves all but secrets as it was, and counts at least one where it changed something", () => {
    fc.assert(
      fc.property(fc.oneof(log, fc.string({ unit: "binary", maxLength: 300 })), (text) => {
        const { text: masked, count } = mask(text);
        expect(count > 0).toBe(masked !== text);
        let from = 0;
        for (const part of masked.split("<secret>")) {
          const at = text.indexOf(part, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + part.length;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never cuts a mark or a surrogate pair", () => {
    fc.assert(
      fc.property(log, fc.integer({ min: 0, max: 200 }), (text, max) => {
        const { text: shown, count } = maskedExcerpt(text, max);
        expect(shown.length).toBeLessThanOrEqual(max + 1);
        expect(count).toBe(shown.split("<secret>").length - 1);
        expect(shown.replaceAll("<secret>", "")).not.toMatch(/<(?:s|se|sec|secr|secre|secret)…$/u);
      }),
      { numRuns: 200 },
    );
  });
});
