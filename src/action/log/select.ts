import { Buffer } from "node:buffer";

import { mask } from "../../base/mask/mask.js";
import type { LineLevel } from "../../model/log.js";
import { isAtLeast } from "../../model/log.js";
import type { BufferLine, EntryFacts, Format } from "./entries.js";
import { beginsEntry, linesOf } from "./entries.js";
import { TRACE_OF } from "./level.js";
import type { Region } from "./regions.js";

/** Which lines are wanted. */
export interface LineFilter {
  readonly since?: number;
  readonly until?: number;
  readonly contains?: string;
  readonly level?: LineLevel;
}

/** A line that is wanted, and where it stands in the file. */
export interface PickedLine {
  readonly start: number;
  /** Where the next line begins. */
  readonly next: number;
  /** As written, with its secrets. */
  readonly text: string;
  readonly entry: EntryFacts;
}

/** Text this long is looked through at once: longer strings cost more than they save. */
const SLICE_BYTES = 64 * 1024;
const MOST_CONTINUATIONS = 200;
/** How far before a line the beginning of a private key is looked for. */
export const KEY_CONTEXT_BYTES = 8 * 1024;
const KEY_WORD = "PRIVATE";
const NEWLINE = 0x0a;

interface Slice {
  readonly start: number;
  readonly end: number;
}

/** Finds the wanted lines in regions of one file. */
export class Selector {
  readonly #filter: LineFilter;
  readonly #format: Format;
  /** What every slice with a wanted line shows; so most slices need not be taken apart. */
  readonly #trace: RegExp | undefined;
  readonly #needle: string | undefined;
  readonly #isTimed: boolean;
  readonly #steppedBackAt: number;
  readonly #onHole: () => void;

  /** From `steppedBackAt` on, lines are late enough whatever they say. */
  constructor(
    filter: LineFilter,
    format: Format,
    { steppedBackAt = Infinity, onHole }: { readonly steppedBackAt?: number | undefined; readonly onHole: () => void },
  ) {
    this.#steppedBackAt = steppedBackAt;
    this.#onHole = onHole;
    this.#filter = filter;
    this.#format = format;
    this.#needle = filter.contains?.toLowerCase();
    this.#trace = traceOf(filter, format);
    this.#isTimed = format.stamped && (filter.since !== undefined || filter.until !== undefined);
  }

  /** At most `most` lines in the order of the file: the last ones of the region, or the first. */
  pick(region: Region, most: number, side: "last" | "first"): readonly PickedLine[] {
    const picked: PickedLine[] = [];
    let edge = side === "last" ? region.end : region.first;
    for (const slice of slicesOf(region, side)) {
      if (picked.length >= most) break;
      if (this.#trace?.test(region.buffer.toString("latin1", slice.start, slice.end)) === false) continue;
      const start = this.#entryStart(region, slice.start);
      const end = this.#entryEnd(region, slice.end);
      const room = most - picked.length;
      const stop = side === "last" ? Math.min(end, edge) : end;
      const lines = linesOf(region.buffer, start, stop, this.#format, this.#onHole)
        .filter((line) => side === "last" || line.start >= edge)
        .filter((line) => this.#fitsFacts(line, region.offset + line.start));
      edge = side === "last" ? start : end;
      const fitting = this.#firstFitting(region, side === "last" ? lines.toReversed() : lines, room);
      if (side === "last") picked.unshift(...fitting.toReversed());
      else picked.push(...fitting);
    }
    return picked;
  }

  #firstFitting(region: Region, lines: readonly BufferLine[], most: number): readonly PickedLine[] {
    const picked: PickedLine[] = [];
    for (const line of lines) {
      if (picked.length >= most) break;
      const text = textOf(region.buffer, line);
      if (!this.#contains(region, line, text)) continue;
      const next = Math.min(line.end + 1, region.end);
      picked.push({ start: region.offset + line.start, next: region.offset + next, text, entry: line.entry });
    }
    return picked;
  }

  #fitsFacts({ entry }: BufferLine, place: number): boolean {
    const { since = -Infinity, until = Infinity, level } = this.#filter;
    if (this.#isTimed && !(entry.at !== undefined && entry.at <= until)) return false;
    if (this.#isTimed && (entry.at ?? 0) < since && place < this.#steppedBackAt) return false;
    return level === undefined || isAtLeast(entry.level, level);
  }

  /** What is looked for must also be there when the secrets are not: else one could guess them letter by letter. */
  #contains(region: Region, line: BufferLine, text: string): boolean {
    const needle = this.#needle;
    if (needle === undefined) return true;
    if (!text.toLowerCase().includes(needle)) return false;
    const masked = mask(keyContext(region.buffer, line.start) + text).text;
    return lastLine(masked).toLowerCase().includes(needle);
  }

  /** Where the entry begins that a place lies in. */
  #entryStart(region: Region, place: number): number {
    let start = place;
    for (let count = 0; count < MOST_CONTINUATIONS && start > region.first; count += 1) {
      if (beginsEntry(region.buffer, start, lineEnd(region, start), this.#format)) return start;
      start = region.buffer.lastIndexOf(NEWLINE, start - 2) + 1;
      if (start <= region.first) return region.first;
    }
    return start;
  }

  #entryEnd(region: Region, place: number): number {
    let end = place;
    for (let count = 0; count < MOST_CONTINUATIONS && end < region.end; count += 1) {
      const stop = lineEnd(region, end);
      if (beginsEntry(region.buffer, end, stop, this.#format)) return end;
      end = Math.min(stop + 1, region.end);
    }
    return end;
  }
}

function traceOf({ contains, level }: LineFilter, { levelTexts }: Format): RegExp | undefined {
  // Texts of the configuration may be anything.
  if (contains === undefined) return level === undefined || levelTexts !== undefined ? undefined : TRACE_OF[level];
  // Byte by byte, as the slices are; letters beyond ASCII are found as they are written.
  const bytes = Buffer.from(contains).toString("latin1");
  return new RegExp(bytes.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), "i");
}

/** Whole lines, {@link SLICE_BYTES} or one line at a time. */
function* slicesOf({ buffer, first, end }: Region, side: "last" | "first"): Generator<Slice> {
  if (side === "first") {
    for (let start = first; start < end;) {
      const newline = start + SLICE_BYTES >= end ? -1 : buffer.indexOf(NEWLINE, start + SLICE_BYTES);
      const stop = newline === -1 || newline >= end ? end : newline + 1;
      yield { start, end: stop };
      start = stop;
    }
    return;
  }
  for (let stop = end; stop > first;) {
    const from = stop - SLICE_BYTES;
    const start = from <= first ? first : Math.max(first, buffer.lastIndexOf(NEWLINE, from - 1) + 1);
    yield { start, end: stop };
    stop = start;
  }
}

function lineEnd({ buffer, end }: Region, start: number): number {
  const newline = buffer.indexOf(NEWLINE, start);
  return newline === -1 || newline > end ? end : newline;
}

/** What stands before a line, from where a private key might begin; nearly always nothing. */
function keyContext(buffer: Buffer, start: number): string {
  const from = Math.max(0, start - KEY_CONTEXT_BYTES);
  return start > from && buffer.subarray(from, start).includes(KEY_WORD) ? buffer.toString("utf8", from, start) : "";
}

function textOf(buffer: Buffer, { start, end }: BufferLine): string {
  const stop = end > start && buffer[end - 1] === 0x0d ? end - 1 : end;
  return buffer.toString("utf8", start, stop);
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}
