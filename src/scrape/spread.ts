/** FNV-1a, 32 bits: small, well known, and the same in every run of the program. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** Where in a span a target has its place, in milliseconds: by its name, so that targets spread out and keep their place over restarts. */
export function placeIn(name: string, spanMs: number): number {
  return Math.floor((hash(name) / 2 ** 32) * spanMs);
}

/** The first moment of the grid `origin + k × interval` that is later than `after`. All in milliseconds of one clock. */
export function nextSlot(origin: number, intervalMs: number, after: number): number {
  if (after < origin) return origin;
  return origin + (Math.floor((after - origin) / intervalMs) + 1) * intervalMs;
}
