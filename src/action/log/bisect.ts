import { Buffer } from "node:buffer";

import type { Format } from "./entries.js";
import { headOf } from "./entries.js";
import type { Source } from "./regions.js";
import { stampOf } from "./stamp.js";
import { stepZone } from "./step-back.js";

const PROBE_BYTES = 16 * 1024;
/** Without a stamp within so much, the place tells nothing. */
const MOST_PROBED_BYTES = 1024 * 1024;
/** Programs with several threads write a little out of order; so much around the place found is looked through line by line. */
const SLACK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The part of a file in which all lines of a span of time stand. Both ends are beginnings of lines, or the file's. */
export interface TimeSpan {
  readonly low: number;
  readonly high: number;
  /** From here on the stamps have gone back: what follows was written after `since`, whatever it says. */
  readonly steppedBackAt?: number;
}

/** `isOver`: the time for it has passed, so that the whole file is the answer; large holes and lines without an end take long. */
export async function spanOf(
  file: Source,
  size: number,
  span: { readonly since?: number; readonly until?: number },
  format: Format,
  isOver: () => boolean = () => false,
): Promise<TimeSpan> {
  const { since, until } = span;
  // What is over reads as if it had ended, which ends every loop.
  const source: Source = {
    read: async (buffer, offset, length, position) =>
      isOver() ? { bytesRead: 0 } : file.read(buffer, offset, length, position),
  };
  const search: StampSearch = {
    size,
    firstFrom: (isLate) => firstFrom(source, size, isLate, format),
    stampAfter: (from) => stampAfter(source, from, size, format),
    stampsIn: (low, high) => stampsIn(source, low, high, format),
  };
  const zone = since === undefined ? { first: 0 } : await stepZone(search, since);
  const turn = until === undefined ? 0 : repeatedMs(until, format);
  const high = until === undefined ? size : await search.firstFrom((at) => at > until + turn);
  const low = await lineStartAfter(source, Math.max(0, zone.first - SLACK_BYTES), size);
  const end = high >= size ? size : await lineStartAfter(source, high + SLACK_BYTES, size);
  if (isOver()) return { low: 0, high: size };
  return { low, high: end, ...(zone.steppedBackAt === undefined ? {} : { steppedBackAt: zone.steppedBackAt }) };
}

const DAY_MS = 86_400_000;

/** How much of local time there is twice within a day of a moment: an hour in autumn. */
function repeatedMs(at: number, { zone }: Format): number {
  return Math.max(0, zone.offsetAt(at - DAY_MS) - zone.offsetAt(at + DAY_MS));
}

/** Finds stamps in a file. */
export interface StampSearch {
  readonly size: number;
  /** Where a stamped line stands that is late enough, after one that is not; `size` when none is. About log2(size) small reads. */
  readonly firstFrom: (isLate: (at: number) => boolean) => Promise<number>;
  /** The first stamped line that begins at a place or after it. */
  readonly stampAfter: (from: number) => Promise<FoundStamp | undefined>;
  /** Every stamped line that begins within; `low` is the beginning of a line. */
  readonly stampsIn: (low: number, high: number) => AsyncGenerator<FoundStamp, void, void>;
}

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
  for await (const found of stampsIn(source, low, size, format)) if (isLate(found.at)) return found.start;
  return size;
}

export interface FoundStamp {
  readonly at: number;
  readonly start: number;
}

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
      if (stamp !== undefined) return { at: stamp.at, start: start + at };
      at = stop + 1;
    }
    start += Math.max(at, 1);
  }
  return undefined;
}

async function* stampsIn(
  source: Source,
  low: number,
  high: number,
  format: Format,
): AsyncGenerator<FoundStamp, void, void> {
  const buffer = Buffer.allocUnsafe(SLACK_BYTES);
  for (let start = low; start < high;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, start);
    if (bytesRead === 0) return;
    let at = 0;
    while (at < bytesRead && start + at < high) {
      const newline = buffer.subarray(at, bytesRead).indexOf(NEWLINE);
      if (newline === -1 && at > 0 && bytesRead === buffer.length) break;
      const stop = newline === -1 ? bytesRead : at + newline;
      const stamp = stampOf(headOf(buffer, at, stop), format);
      if (stamp !== undefined) yield { at: stamp.at, start: start + at };
      at = stop + 1;
    }
    start += at;
  }
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
