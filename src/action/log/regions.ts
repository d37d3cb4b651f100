import { Buffer } from "node:buffer";

/** Whole lines of a file. Valid until the next one is asked for: the buffer is used again. */
export interface Region {
  readonly buffer: Buffer;
  /** The lines are `buffer[first, end)`. */
  readonly first: number;
  readonly end: number;
  /** Where `buffer[0]` stands in the file. */
  readonly offset: number;
}

/** What regions are read from. */
export interface Source {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

export interface RegionOptions {
  readonly blockBytes: number;
  /** So many blocks at most are read ahead while one is looked at. */
  readonly ahead: number;
  /** A line that is longer comes in pieces. */
  readonly longestLine: number;
  /** Whether what begins here (and ends at the line's end) is the beginning of an entry, not the continuation of one. */
  readonly beginsEntry: (buffer: Buffer, start: number, end: number) => boolean;
}

export const REGION_DEFAULTS = { blockBytes: 512 * 1024, ahead: 7, longestLine: 1024 * 1024 } as const;

/** Lines looked at for the beginning of an entry before any line will do. */
const MOST_CONTINUATIONS = 200;
const NEWLINE = 0x0a;

interface Block {
  readonly buffer: Buffer;
  readonly start: number;
  readonly reading: Promise<number>;
  isRead: boolean;
}

/**
 * The lines of `[low, high)`, last first, in regions that begin with an entry. `low` is the start of a line. A file that
 * is truncated meanwhile ends the reading early.
 */
export async function* regionsBackwards(
  source: Source,
  low: number,
  high: number,
  options: RegionOptions,
): AsyncGenerator<Region, void, void> {
  const { blockBytes, longestLine, ahead } = options;
  const free: Buffer[] = [];
  const queue: Block[] = [];
  let next = high;
  // A disk wants many reads at once; of a file that the kernel has in memory they would only take processors from everything else.
  let wanted = Math.min(1, ahead);
  const order = (): void => {
    while (queue.length <= wanted && next > low) {
      const start = Math.max(low, next - blockBytes);
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(blockBytes + longestLine + blockBytes);
      const block: Block = { buffer, start, reading: readFully(source, buffer, start, next - start), isRead: false };
      void block.reading.then(
        () => (block.isRead = true),
        () => undefined,
      );
      queue.push(block);
      next = start;
    }
  };
  order();
  let carry: Buffer = Buffer.alloc(0);
  let expected = high;
  try {
    for (let block = queue.shift(); block !== undefined; block = queue.shift()) {
      const { buffer, start } = block;
      wanted = block.isRead ? Math.max(Math.min(1, ahead), wanted - 1) : ahead;
      order();
      const length = await block.reading;
      // Shorter than it was: what came after it is no longer connected with it.
      if (length < expected - start) carry = Buffer.alloc(0);
      expected = start;
      carry.copy(buffer, length);
      const end = length + carry.length;
      const first = start === low ? 0 : firstEntry(buffer, end, options);
      if (first < end) yield { buffer, first, end, offset: start };
      carry = Buffer.from(buffer.subarray(0, first));
      free.push(buffer);
      order();
    }
  } finally {
    // Whoever stops early must not leave a read behind into a file that is then closed.
    await Promise.allSettled(queue.map((block) => block.reading));
  }
}

/** The lines of `[low, high)`, first first, in regions that end before an entry. `low` is the start of a line. */
export async function* regionsForwards(
  source: Source,
  low: number,
  high: number,
  options: RegionOptions,
): AsyncGenerator<Region, void, void> {
  const { blockBytes, longestLine } = options;
  let carry: Buffer = Buffer.alloc(0);
  let position = low;
  while (position < high) {
    const wanted = Math.min(blockBytes, high - position);
    const buffer = Buffer.allocUnsafe(carry.length + wanted);
    carry.copy(buffer);
    const length = await readFully(
      { read: (into, _offset, size, at) => source.read(into, carry.length, size, at) },
      buffer,
      position,
      wanted,
    );
    const offset = position - carry.length;
    const end = carry.length + length;
    position += length;
    const isLast = length < wanted || position >= high;
    const stop = isLast ? end : lastEntry(buffer, end, longestLine, options);
    if (stop > 0) yield { buffer, first: 0, end: stop, offset };
    carry = Buffer.from(buffer.subarray(stop, end));
    if (isLast) return;
  }
}

async function readFully(source: Source, buffer: Buffer, position: number, length: number): Promise<number> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await source.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Where the first entry begins after the first newline; `end` when more has to be read to know. */
function firstEntry(buffer: Buffer, end: number, { beginsEntry, longestLine }: RegionOptions): number {
  const newline = indexOfNewline(buffer, 0, end);
  // The very end of a line's predecessor tells nothing about where the line begins.
  if (newline === -1 || newline + 1 >= end) return end > longestLine ? 0 : end;
  const firstLine = newline + 1;
  let start = firstLine;
  for (let count = 0; count < MOST_CONTINUATIONS && start < end; count += 1) {
    const lineEnd = lineEndAfter(buffer, start, end);
    if (beginsEntry(buffer, start, lineEnd)) return start;
    start = lineEnd + 1;
  }
  return start < end || end > longestLine ? firstLine : end;
}

/** Where the last entry begins, unless it is the only one; 0 when more has to be read to know. */
function lastEntry(buffer: Buffer, end: number, longestLine: number, { beginsEntry }: RegionOptions): number {
  let lineEnd = end;
  for (let count = 0; count <= MOST_CONTINUATIONS; count += 1) {
    const newline = lineEnd === 0 ? -1 : buffer.lastIndexOf(NEWLINE, lineEnd - 1);
    if (newline === -1) break;
    const start = newline + 1;
    // A line whose end is not there yet cannot be judged.
    if (lineEnd !== end && beginsEntry(buffer, start, lineEnd)) return start;
    lineEnd = newline;
  }
  if (end <= longestLine) return 0;
  const newline = buffer.lastIndexOf(NEWLINE, end - 1);
  return newline === -1 ? end : newline + 1;
}

export function lineEndAfter(buffer: Buffer, start: number, end: number): number {
  const newline = indexOfNewline(buffer, start, end);
  return newline === -1 ? end : newline;
}

function indexOfNewline(buffer: Buffer, start: number, end: number): number {
  const newline = buffer.subarray(start, end).indexOf(NEWLINE);
  return newline === -1 ? -1 : start + newline;
}
