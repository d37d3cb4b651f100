import { Buffer } from "node:buffer";

import type { Format } from "./entries.js";
import { headOf } from "./entries.js";
import type { Source } from "./regions.js";
import { stampOf } from "./stamp.js";

const PROBE_BYTES = 16 * 1024;
/** Without a stamp within so much, the place tells nothing. */
const MOST_PROBED_BYTES = 1024 * 1024;
/** Programs with several threads write a little out of order; so much around the place found is looked through line by line. */
const SLACK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The part of a file in which all lines of a span of time stand. Both ends are beginnings of lines, or the file's. */
export async function spanOf(
  source: Source,
  size: number,
  span: { readonly since?: number; readonly until?: number },
  format: Format,
): Promise<{ readonly low: number; readonly high: number }> {
  const { since, until } = span;
  const low = since === undefined ? 0 : await firstFrom(source, size, (at) => at >= since, format);
  const high = until === undefined ? size : await firstFrom(source, size, (at) => at > until, format);
  return {
    low: await lineStartAfter(source, Math.max(0, low - SLACK_BYTES), size),
    high: high >= size ? size : await lineStartAfter(source, high + SLACK_BYTES, size),
  };
}

/** Where the first stamped line stands that is late enough; `size` when none is. About log2(size) small reads. */
async function firstFrom(
  source: Source,
  size: number,
  isLate: (at: number) => boolean,
  format: Format,
): Promise<number> {
  let [low, high] = [0, size];
  while (high - low > PROBE_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const found = await stampAfter(source, middle, high, format);
    if (found === undefined || isLate(found.at)) high = middle;
    else low = found.start;
  }
  let start = low;
  for (;;) {
    const found = await stampAfter(source, start, size, format);
    if (found === undefined) return size;
    if (isLate(found.at)) return found.start;
    start = found.next;
  }
}

interface FoundStamp {
  readonly at: number;
  readonly start: number;
  /** Within the next line. */
  readonly next: number;
}

/** The first stamped line that begins at a place or after it. */
async function stampAfter(
  source: Source,
  from: number,
  limit: number,
  format: Format,
): Promise<FoundStamp | undefined> {
  let start = await lineStartAfter(source, from, limit);
  const end = Math.min(limit, start + MOST_PROBED_BYTES);
  while (start < end) {
    const buffer = Buffer.allocUnsafe(PROBE_BYTES);
    const { bytesRead } = await source.read(buffer, 0, PROBE_BYTES, start);
    if (bytesRead === 0) return undefined;
    let at = 0;
    while (at < bytesRead) {
      const newline = buffer.subarray(at, bytesRead).indexOf(NEWLINE);
      const stop = newline === -1 ? bytesRead : at + newline;
      // A line that is cut off by the end of the probe is read again from its beginning.
      if (newline === -1 && at > 0 && bytesRead === PROBE_BYTES) break;
      const stamp = stampOf(headOf(buffer, at, stop), format);
      if (stamp !== undefined) return { at: stamp.at, start: start + at, next: start + at + 1 };
      at = stop + 1;
    }
    start += Math.max(at, 1);
  }
  return undefined;
}

/** The first beginning of a line at a place or after it. */
async function lineStartAfter(source: Source, from: number, size: number): Promise<number> {
  if (from === 0) return 0;
  let position = from - 1;
  while (position < size) {
    const buffer = Buffer.allocUnsafe(PROBE_BYTES);
    const { bytesRead } = await source.read(buffer, 0, PROBE_BYTES, position);
    if (bytesRead === 0) break;
    const newline = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    if (newline !== -1) return Math.min(size, position + newline + 1);
    position += bytesRead;
  }
  return size;
}
