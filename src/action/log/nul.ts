import { Buffer } from "node:buffer";

export const NUL = 0;
/** So many zeros in a row are no text of anybody's, but a hole: what was never written, or lost with the power. */
export const HOLE_BYTES = 64;
export const HOLE = Buffer.alloc(HOLE_BYTES);
const ZEROS = Buffer.alloc(64 * 1024);

/** Where in `buffer[start, end)` something else than zeros begins; `end` where nothing does. Compares blocks, so that large holes cost little. */
export function textStart(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (end - at >= ZEROS.length && buffer.compare(ZEROS, 0, ZEROS.length, at, at + ZEROS.length) === 0)
    at += ZEROS.length;
  while (at < end && buffer[at] === NUL) at += 1;
  return at;
}
