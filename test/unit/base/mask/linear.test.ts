import { describe, expect, it } from "vitest";

import { createMasker, mask } from "../../../../src/base/mask/mask.js";

/** Texts that make careless patterns try everything again at every place: each is repeated without an end of line. */
const REPEATED = [
  "password",
  "password=",
  'password="',
  'password="\\\\',
  "authorization: ",
  "authorization: digest a=b,",
  "Bearer ",
  "cookie: a=b; ",
  "key=",
  "api_key_",
  "://a:",
  ":\\/\\/",
  "postgres://a:b@c",
  "%3A%2F%2F",
  "%253A",
  "eyJ",
  "eyJhbGciOi.",
  "-----BEGIN PRIVATE KEY-----",
  "-----BEGIN ",
  "QWxhZGRpbjpvcGVuIHNlc2Ft",
  "webhooks/",
  "curl -u a ",
  "MTIzNDU2Nzg5MDEyMzQ1Njc4.",
  "<secret>",
  "@tcp(",
  " ",
  "\\",
];

const UNIT = 64 * 1_024;

function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The least of some tries, which is what the work takes when nothing else gets in between. */
function leastOf(tries: number, work: () => void): number {
  return Math.min(...Array.from({ length: tries }, () => processorTime(work)));
}

describe("the time that masking takes", () => {
  it.each(REPEATED)("grows with the length of the text and no faster: %j", (text) => {
    const short = text.repeat(UNIT / text.length);
    const long = text.repeat((8 * UNIT) / text.length);
    mask(short);
    const once = leastOf(3, () => mask(short));
    const eightfold = leastOf(2, () => mask(long));
    // Quadratic work would be 64 times as much.
    expect(eightfold).toBeLessThan(30 * Math.max(once, 1_000));
  });

  it("does not grow with the number of pieces", () => {
    const piece = "password=hunter2 ".repeat(4);
    const streamed = (pieces: number) => (): void => {
      const masker = createMasker();
      for (let index = 0; index < pieces; index++) masker.push(piece);
      masker.end();
    };
    streamed(100)();
    const once = leastOf(3, streamed(500));
    expect(leastOf(2, streamed(4_000))).toBeLessThan(30 * Math.max(once, 1_000));
  });
});
