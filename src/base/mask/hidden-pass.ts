import { visible } from "../clean.js";
import { MARKER } from "./form.js";
import { LinePass } from "./line-pass.js";
import type { Pass } from "./pass.js";
import { CONTROLS, isAmbiguous, readingOf } from "./reading.js";
import { isUnusual } from "./unusual.js";

/** A line that is longer is taken in parts of at most so many UTF-16 units. */
const LONGEST = 8_192;
/** A part ends before one of these if it can, so that it cuts no name, value or escape. */
const CUT_WITHIN = 1_024;
const MOST_TIMES = 4;
/** Other control characters than white space. */
const CONTROL_CHARACTERS = new RegExp(String.raw`(?![\t-\r\x85])\p{Cc}`, "gu");

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where secrets stand in a line, whichever way it is read. */
function secretsIn(line: string): readonly Span[] {
  if (!isAmbiguous(line)) return [];
  const spans: Span[] = [];
  for (const controls of CONTROLS) {
    const { text, starts, ends } = readingOf(line, controls);
    new LinePass((start, end) => spans.push({ start: starts[start] ?? 0, end: ends[end - 1] ?? line.length })).end(
      text,
    );
  }
  return spans.toSorted((one, other) => one.start - other.start || other.end - one.end);
}

function cleaned(text: string): string {
  return visible(text).replace(CONTROL_CHARACTERS, "");
}

/**
 * Makes a text clean before anything else looks at it: takes out escape sequences and what is invisible ({@link visible}), so
 * that nothing in or beside a name hides what it names. What is seen stays as written; where it may be read in more ways (wide letters,
 * escapes of JSON or of a URL, a backspace, a label in Japanese), secrets are masked that any of the readings shows.
 */
export class HiddenPass implements Pass {
  #text = "";
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(chunk: string): string {
    return this.#advance(this.#text + chunk, false);
  }

  end(chunk: string = ""): string {
    return this.#advance(this.#text + chunk, true);
  }

  /** Whole lines, and parts of those that are too long; what is left of the last one waits. */
  #advance(text: string, final: boolean): string {
    if (!isUnusual(text)) {
      const end = final ? text.length : this.#usualEnd(text);
      this.#text = text.slice(end);
      return end === text.length ? text : text.slice(0, end);
    }
    let out = "";
    let from = 0;
    for (;;) {
      const newline = text.indexOf("\n", from);
      const isWhole = newline !== -1 && newline - from <= LONGEST;
      if (!isWhole && text.length - from <= LONGEST && !final) break;
      if (from === text.length) break;
      const end = isWhole ? newline + 1 : text.length - from <= LONGEST ? text.length : cutOf(text, from);
      out += this.#part(text.slice(from, end));
      from = end;
    }
    this.#text = text.slice(from);
    return out;
  }

  #usualEnd(text: string): number {
    let end = text.lastIndexOf("\n") + 1;
    while (text.length - end > LONGEST) end = cutOf(text, end);
    return end;
  }

  /** Again where what was taken out has brought two others together. */
  #part(part: string): string {
    let clean = part;
    for (let times = 0; times < MOST_TIMES && isUnusual(clean); times++) {
      const before = clean;
      clean = this.#once(before);
      if (clean === before) break;
    }
    return clean;
  }

  #once(part: string): string {
    let out = "";
    let given = 0;
    for (const { start, end } of secretsIn(part)) {
      if (end <= given) continue;
      // What overlaps the one before belongs to it.
      if (start >= given) {
        out += cleaned(part.slice(given, start)) + MARKER;
        this.#count++;
      }
      given = end;
    }
    return out + cleaned(part.slice(given));
  }
}

/** Where a part of a long line ends: behind the last separator, if one is near. */
function cutOf(text: string, from: number): number {
  const most = from + LONGEST;
  for (let end = most; end > most - CUT_WITHIN; end--) {
    if (" \t,;&".includes(text[end - 1] ?? "")) return end;
  }
  return /[\uD800-\uDBFF]/.test(text[most - 1] ?? "") ? most - 1 : most;
}
