import type { Buffer } from "node:buffer";

import { withoutEscapeSequences } from "../../base/clean.js";
import type { LineLevel } from "../../model/log.js";
import type { LevelTexts } from "./level.js";
import { levelOf } from "./level.js";
import { HOLE, NUL, textStart } from "./nul.js";
import type { StampContext } from "./stamp.js";
import { stampHabits, stampOf } from "./stamp.js";

/** How the entries of one file begin. */
export interface Format extends StampContext {
  /** Entries begin with a stamp: a line without one belongs to the entry before. */
  readonly stamped: boolean;
  readonly levelTexts?: LevelTexts;
}

/** What of a line is read to find its stamp and its level; a JSON object may have them behind a long message. */
const HEAD_BYTES = 512;
const JSON_HEAD_BYTES = 1024 * 1024;
const SAMPLE_LINES = 200;
const ESCAPE = 0x1b;
const BRACE = 0x7b;

/** What an entry says in its first line holds for all its lines. */
export interface EntryFacts {
  readonly at?: number;
  readonly level?: LineLevel;
}

/** A line within a buffer, without its newline and without the hole that may be before it. */
export interface BufferLine {
  readonly start: number;
  readonly end: number;
  readonly entry: EntryFacts;
}

/** The beginning of a line as its stamp and level are looked for in it: without a hole before it and without escape sequences. */
export function headOf(buffer: Buffer, start: number, end: number): string {
  const first = buffer[start];
  const from = first === NUL ? textStart(buffer, start, end) : start;
  const bytes = buffer[from] === BRACE ? JSON_HEAD_BYTES : HEAD_BYTES;
  const head = buffer.toString("latin1", from, Math.min(end, from + bytes));
  return first === ESCAPE || head.includes("\x1B") ? withoutEscapeSequences(head) : head;
}

/** How the lines of a file begin, judged by some of them. */
export function formatOf(sample: Buffer, context: StampContext, levelTexts?: LevelTexts): Format {
  const lines = sample
    .toString("latin1")
    .split("\n")
    .slice(-SAMPLE_LINES)
    .map((line) => withoutEscapeSequences(line.replace(/^\0+/, "")));
  const habits = { ...context, ...(context.stampFormat === undefined ? stampHabits(lines, context) : {}) };
  const stamped = lines.some((line) => stampOf(line, habits) !== undefined);
  return { ...habits, stamped, ...(levelTexts === undefined ? {} : { levelTexts }) };
}

/**
 * Lines that go on with what the one before began, though they are not indented: the functions of a Go routine's stack, the end of an object that
 * Node shows, an empty line within a chain of causes.
 */
const CONTINUATION =
  /^(?:\r?$|\.\.\. \d+ |[}\])]+[;,]?\r?$|created by |--- End of |\[(?:cause|signal |errors)\b|stack backtrace:|note: |[\w./*()[\]{}-]{1,200}\.[\w.*()[\]]{1,100}\((?:0x|\.\.\.|\{|\)|$))/;

/** Whether a line goes on with the one before it, as far as it shows by itself. */
export function continuesEntry(line: string): boolean {
  return line.startsWith("\t") || line.startsWith(" ") || CONTINUATION.test(line) || CHAIN.test(line);
}

/** What an error came from. In a file such a line is an error by its own words. */
const CHAIN =
  /^(?:Caused by|Suppressed):|^(?:During handling of the above exception|The above exception was the direct cause)|^goroutine \d+ \[/;

export function beginsEntry(buffer: Buffer, start: number, end: number, format: Format): boolean {
  const first = buffer[start];
  // A tab or a space: the rest of a stack, or of a value written over several lines.
  if (first === 0x09 || first === 0x20) return false;
  const head = headOf(buffer, start, end);
  return format.stamped ? stampOf(head, format) !== undefined : !CONTINUATION.test(head);
}

/**
 * The lines of `buffer[first, end)`, in order. `before` is the entry that a first line without a beginning belongs to. A hole ends a line and is
 * none itself; `onHole` hears of it.
 */
export function linesOf(
  buffer: Buffer,
  first: number,
  end: number,
  format: Format,
  onHole?: () => void,
  before: EntryFacts = {},
): readonly BufferLine[] {
  const lines: BufferLine[] = [];
  let entry = before;
  let hole = holeFrom(buffer, first, end);
  for (let start = first; start < end;) {
    const newline = buffer.indexOf(0x0a, start);
    const lineEnd = Math.min(newline === -1 || newline >= end ? end : newline, hole);
    if (lineEnd > start || lineEnd < hole) {
      if (beginsEntry(buffer, start, lineEnd, format)) entry = factsOf(headOf(buffer, start, lineEnd), format);
      lines.push({ start, end: lineEnd, entry });
    }
    start = lineEnd + 1;
    if (lineEnd < hole || hole === end) continue;
    onHole?.();
    start = textStart(buffer, hole, end);
    // The newline right behind a hole ends no line.
    if (buffer[start] === 0x0a) start += 1;
    hole = holeFrom(buffer, start, end);
  }
  return lines;
}

function holeFrom(buffer: Buffer, start: number, end: number): number {
  const found = buffer.indexOf(HOLE, start);
  return found === -1 || found >= end ? end : found;
}

export function factsOf(head: string, format: Format): EntryFacts {
  const at = format.stamped ? stampOf(head, format)?.at : undefined;
  const level = levelOf(head, format.levelTexts)?.level;
  return { ...(at === undefined ? {} : { at }), ...(level === undefined ? {} : { level }) };
}
