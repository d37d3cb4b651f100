import { createHash } from "node:crypto";

/** A number in [0, 1) made of a name: a cryptographic hash, because names differ in their last character alone (`shop-1`, `shop-2`). */
function fractionOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) / 2 ** 32;
}

/** Where in a span a target has its place, in milliseconds: by its name, so that targets spread out and keep their place over restarts. */
export function placeIn(name: string, spanMs: number): number {
  return Math.floor(fractionOf(name) * spanMs);
}

/** The first moment of the grid `origin + k × interval` that is later than `after`. All in milliseconds of one clock. */
export function nextSlot(origin: number, intervalMs: number, after: number): number {
  if (after < origin) return origin;
  return origin + (Math.floor((after - origin) / intervalMs) + 1) * intervalMs;
}
