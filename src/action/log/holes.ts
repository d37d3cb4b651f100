import { Buffer } from "node:buffer";

import { HOLE_BYTES, textStart } from "./nul.js";
import type { Source } from "./regions.js";

const PAGE = 4_096;
/** A file that lacks less than this on the disk is read as it is. */
const LEAST_MISSING = 1024 * 1024;
const PROBES = 64;
/** What a file system counts for itself (its own tree, the rest of a page). */
const SLACK = 64 * 1024;

/** A part of a file, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The parts of a file that were written. Node cannot ask for the file system's own map (`SEEK_DATA`), so holes are looked for: pages all over the
 * file are read, and the edges found by bisection. They are believed only if so much is missing on the disk (`allocated`, what stat counts): else there
 * may be text between two pages that were looked at, and the file is one part. About a hundred small reads, and none for a file that lacks nothing.
 */
export async function writtenSpans(source: Source, size: number, allocated: number): Promise<readonly Span[]> {
  const whole = [{ start: 0, end: size }];
  const missing = size - allocated;
  if (missing < LEAST_MISSING) return whole;
  const isZero = async (page: number): Promise<boolean> => {
    const buffer = Buffer.alloc(PAGE);
    const { bytesRead } = await source.read(buffer, 0, PAGE, page * PAGE);
    return textStart(buffer, 0, bytesRead) === bytesRead;
  };
  const pages = Math.ceil(size / PAGE);
  const holes: Span[] = [];
  let [before, wasZero] = [0, await isZero(0)];
  let from = 0;
  for (let probe = 1; probe <= PROBES; probe += 1) {
    const page = Math.min(pages - 1, Math.floor((pages * probe) / PROBES));
    const zero = await isZero(page);
    if (zero !== wasZero) {
      const edge = await edgeBetween(before, page, async (at) => (await isZero(at)) === wasZero);
      if (wasZero) holes.push({ start: from * PAGE, end: edge * PAGE });
      else from = edge;
    }
    [before, wasZero] = [page, zero];
  }
  if (wasZero) holes.push({ start: from * PAGE, end: size });
  const found = holes.reduce((sum, { start, end }) => sum + end - start, 0);
  return found === 0 || found > missing + SLACK ? whole : between(holes, size);
}

/** The first page after `low` that is not as `low` is; `high` is not. */
async function edgeBetween(low: number, high: number, isSame: (page: number) => Promise<boolean>): Promise<number> {
  let [same, other] = [low, high];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await isSame(middle)) same = middle;
    else other = middle;
  }
  return other;
}

/** What is not a hole. So much of each is kept that it can still be seen that there was one. */
function between(holes: readonly Span[], size: number): readonly Span[] {
  const edges = holes.map(({ start, end }) => ({ start, end: Math.max(start, end - HOLE_BYTES) }));
  const starts = [0, ...edges.map(({ end }) => end)];
  const ends = [...edges.map(({ start }) => start), size];
  return starts.map((start, index) => ({ start, end: ends[index] ?? size })).filter(({ start, end }) => start < end);
}

/** A file as if it had nothing but its written parts. */
export class WrittenSource implements Source {
  readonly size: number;
  readonly #source: Source;
  readonly #spans: readonly Span[];

  constructor(source: Source, spans: readonly Span[]) {
    this.#source = source;
    this.#spans = spans;
    this.size = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    let done = 0;
    let begin = 0;
    for (const { start, end } of this.#spans) {
      const inside = position + done - begin;
      const wanted = Math.min(length - done, end - start - inside);
      begin += end - start;
      if (wanted <= 0) continue;
      const { bytesRead } = await this.#source.read(buffer, offset + done, wanted, start + inside);
      done += bytesRead;
      if (bytesRead < wanted || done >= length) break;
    }
    return { bytesRead: done };
  }

  /** Where a place of this source stands in the file. */
  inFile(place: number): number {
    let begin = 0;
    for (const { start, end } of this.#spans) {
      if (place < begin + end - start) return start + place - begin;
      begin += end - start;
    }
    return (this.#spans.at(-1)?.end ?? 0) + place - begin;
  }

  /** Where a place of the file stands in this source; in a hole, where it ends. */
  fromFile(place: number): number {
    let begin = 0;
    for (const { start, end } of this.#spans) {
      if (place < end) return begin + Math.max(0, place - start);
      begin += end - start;
    }
    return begin + Math.max(0, place - (this.#spans.at(-1)?.end ?? 0));
  }

  /** Where holes were, in places of this source. */
  marks(): readonly number[] {
    let begin = 0;
    let last = 0;
    const marks: number[] = [];
    for (const { start, end } of this.#spans) {
      if (start > last) marks.push(begin);
      begin += end - start;
      last = end;
    }
    return marks;
  }
}
