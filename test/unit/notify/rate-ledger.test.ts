import { describe, expect, it } from "vitest";

import { RateLedger } from "../../../src/notify/rate-ledger.js";

describe("the ledger of rate limits", () => {
  it("waits a little longer than Discord says, for clocks and networks differ", () => {
    const ledger = new RateLedger();
    ledger.learn("c", "post", { remaining: 0, resetAfterMs: 1_000 }, 0);
    expect(ledger.freeAt("c", "post", 1_000)).toBe(1_050);
  });

  it("tells when one request is left, and until when", () => {
    const ledger = new RateLedger();
    ledger.learn("c", "post", { remaining: 2, resetAfterMs: 1_000 }, 0);
    expect(ledger.lastUntil("c", "post", 0)).toBeUndefined();
    ledger.spend("c", "post", 10);
    expect(ledger.lastUntil("c", "post", 20)).toBe(1_050);
    expect(ledger.lastUntil("c", "post", 1_050)).toBeUndefined();
    expect(ledger.lastUntil("c", "edit", 20)).toBeUndefined();
  });

  it("knows nothing, so everything may be sent", () => {
    expect(new RateLedger().freeAt("c", "post", 10)).toBe(10);
  });

  it("holds a bucket from its last request to its reset, and that bucket alone", () => {
    const ledger = new RateLedger();
    ledger.learn("c", "post", { remaining: 0, resetAfterMs: 1_000 }, 100);
    expect(ledger.freeAt("c", "post", 200)).toBeGreaterThanOrEqual(1_100);
    expect(ledger.freeAt("c", "post", 200)).toBeLessThanOrEqual(2_100);
    expect(ledger.freeAt("c", "edit", 200)).toBe(200);
    expect(ledger.freeAt("d", "post", 200)).toBe(200);
    expect(ledger.freeAt("c", "post", 5_000)).toBe(5_000);
  });

  it("counts down by itself when answers come without headers", () => {
    const ledger = new RateLedger();
    ledger.learn("c", "post", { remaining: 2, resetAfterMs: 1_000 }, 0);
    ledger.spend("c", "post", 10);
    expect(ledger.freeAt("c", "post", 20)).toBe(20);
    ledger.spend("c", "post", 20);
    expect(ledger.freeAt("c", "post", 30)).toBeGreaterThanOrEqual(1_000);
  });

  it("never shortens a longer wait", () => {
    const ledger = new RateLedger();
    ledger.hold("c", "post", 10_000, 0);
    ledger.hold("c", "post", 1_000, 0);
    expect(ledger.freeAt("c", "post", 0)).toBeGreaterThanOrEqual(10_000);
    ledger.holdEverywhere(20_000, 0);
    ledger.holdEverywhere(1_000, 0);
    expect(ledger.freeAt("other", "edit", 0)).toBeGreaterThanOrEqual(20_000);
  });

  it("gives away what a restart must know and takes it back", () => {
    const before = new RateLedger();
    before.learn("c", "post", { remaining: 0, resetAfterMs: 1_000 }, 0);
    before.learn("c", "edit", { remaining: 3, resetAfterMs: 1_000 }, 0);
    const after = new RateLedger();
    for (const { key, forMs } of before.exhausted(400)) after.restore(key, forMs, 7_000);
    expect(after.freeAt("c", "post", 7_000)).toBe(7_000 + before.freeAt("c", "post", 400) - 400);
    expect(after.freeAt("c", "edit", 7_000)).toBe(7_000);
  });

  it("forgets what is over", () => {
    const ledger = new RateLedger();
    for (let index = 0; index < 100; index += 1)
      ledger.learn(`${index}`, "post", { remaining: 0, resetAfterMs: 10 }, 0);
    ledger.sweep(1_000);
    expect(ledger.size).toBe(0);
  });
});
