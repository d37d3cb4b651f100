import { describe, expect, it } from "vitest";

import { createMasker, mask, maskedExcerpt } from "../../../src/base/mask/mask.js";
import { MASK_CLASSES, maskCases } from "../../support/mask-cases.js";
import { UNSEEN, seenIn } from "../../support/hidden.js";
import { fc } from "../../support/fast-check.js";

const LINES = MASK_CLASSES.flatMap((name) =>
  (["positive", "negative"] as const).flatMap((kind) => maskCases(name, kind).map(({ text }) => text)),
);

/** The texts with what is not seen put in at a few places. */
function hidden(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const put = fc.tuple(fc.nat(400), fc.constantFrom(...Object.values(UNSEEN)));
  return fc.tuple(texts, fc.array(put, { minLength: 1, maxLength: 6 })).map(([text, puts]) => {
    let out = text;
    for (const [at, what] of puts) out = out.slice(0, at % (out.length + 1)) + what + out.slice(at % (out.length + 1));
    return out;
  });
}

/** Logs as they come: lines with and without secrets, encoded ones, long ones, other people's letters. */
const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => JSON.stringify({ message: text })) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => encodeURIComponent(text)) },
  { weight: 1, arbitrary: fc.constantFrom(...LINES).map((text) => Buffer.from(text).toString("base64")) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 2, arbitrary: hidden(fc.constantFrom(...LINES)) },
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

  it("leaves all that is seen but secrets, and counts at least one where it changed something", () => {
    fc.assert(
      fc.property(fc.oneof(log, fc.string({ unit: "binary", maxLength: 300 })), (text) => {
        const { text: masked, count } = mask(text);
        expect(count > 0).toBe(masked.split("<secret>").length > text.split("<secret>").length);
        let from = 0;
        for (const character of masked.replaceAll("<secret>", "").replaceAll("\u{FFFD}", "")) {
          const at = text.indexOf(character, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + character.length;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("finds a secret whatever stands between any two characters of its line", () => {
    const lines = ["named", "vendor", "authorization"] as const;
    const cases = lines
      .flatMap((name) => maskCases(name, "positive"))
      .filter(({ secrets: [secret = "", other] }) => other === undefined && secret.length >= 8);
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.constantFrom(...Object.values(UNSEEN)),
        fc.nat(400),
        ({ text, secrets: [secret = ""] }, what, place) => {
          const end = text.indexOf(secret) + secret.length;
          const at = place % end;
          const { text: shown } = mask(text.slice(0, at) + what + text.slice(at));
          const seen = seenIn(shown);
          expect([secret.slice(0, 8), secret.slice(-8)].filter((part) => seen.includes(part))).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
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
