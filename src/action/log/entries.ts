import type { Buffer } from "node:buffer";

import type { LineLevel } from "../../model/log.js";
import { levelOf } from "./level.js";
import type { StampContext } from "./stamp.js";
import { stampOf } from "./stamp.js";

/** How the entries of one file begin. */
export interface Format extends StampContext {
  /** Entries begin with a stamp: a line without one belongs to the entry before. */
  readonly stamped: boolean;
}

/** What of a line is read to find its stamp and its level. */
const HEAD_BYTES = 512;
const SAMPLE_LINES = 200;

/** What an entry says in its first line holds for all its lines. */
export interface EntryFacts {
  readonly at?: number;
  readonly level?: LineLevel;
}

/** A line within a buffer, without its newline. */
export interface BufferLine {
  readonly start: number;
  readonly end: number;
  readonly entry: EntryFacts;
}

export function headOf(buffer: Buffer, start: number, end: number): string {
  return buffer.toString("latin1", start, Math.min(end, start + HEAD_BYTES));
}

/** Whether lines have stamps, judged by some of them. */
export function isStamped(sample: Buffer, context: StampContext): boolean {
  const lines = sample.toString("latin1").split("\n").slice(-SAMPLE_LINES);
  return lines.some((line) => stampOf(line, context) !== undefined);
}

export function beginsEntry(buffer: Buffer, start: number, end: number, format: Format): boolean {
  const first = buffer[start];
  // A tab or a space: the rest of a stack, or of a value written over several lines.
  if (first === 0x09 || first === 0x20) return false;
  return !format.stamped || stampOf(headOf(buffer, start, end), format) !== undefined;
}

/** The lines of `buffer[first, end)`, in order. `before` is the entry that a first line without a beginning belongs to. */
export function linesOf(
  buffer: Buffer,
  first: number,
  end: number,
  format: Format,
  before: EntryFacts = {},
): readonly BufferLine[] {
  const lines: BufferLine[] = [];
  let entry = before;
  let start = first;
  while (start < end) {
    const newline = buffer.indexOf(0x0a, start);
    const lineEnd = newline === -1 || newline >= end ? end : newline;
    if (beginsEntry(buffer, start, lineEnd, format)) entry = factsOf(headOf(buffer, start, lineEnd), format);
    lines.push({ start, end: lineEnd, entry });
    start = lineEnd + 1;
  }
  return lines;
}

export function factsOf(head: string, format: Format): EntryFacts {
  const at = format.stamped ? stampOf(head, format)?.at : undefined;
  const level = levelOf(head)?.level;
  return { ...(at === undefined ? {} : { at }), ...(level === undefined ? {} : { level }) };
}
