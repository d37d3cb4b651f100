import { MARKER } from "./form.js";
import type { Pass } from "./pass.js";

const SPACE = String.raw`(?:[ +]|%20)`;
const WORD = "PRIVATE";
const BEGIN = new RegExp(
  `(?<=-{4,5}${SPACE}?BEGIN(?:${SPACE}[A-Z0-9]{1,12}){0,3}${SPACE})PRIVATE${SPACE}KEY(?:${SPACE}BLOCK)?${SPACE}?-{4,5}`,
  "y",
);
/** How far the line that begins a block reaches to either side of the word {@link WORD}. */
const REACH = 64;

const END = /-{4,5}(?:[ +]|%20)?END/y;
const BODY = /(?:[A-Za-z0-9+/=]|%2[BbFf]|%3[Dd])+/y;
/** Between the lines of a key: white space, or the escapes for it. */
const BETWEEN = /(?:\s|(?:\\|%5[cC]){1,7}[nrt]|%0[AaDd]|%20)+/y;
const ESCAPED = /%[0-9A-Fa-f]{2}/y;
/** What may follow the last, short line of a key. */
const LINE_END = /$|[\r\n"'`]|(?:\\|%5[cC]){1,7}(?:[nr"']|%22)|%0[AaDd]|%22|-{4}/y;

/** From this length on, what looks like a line of a key within a block is one. Lines of a key have 64, seldom 70 or 76. */
const LINE_LENGTH = 20;
/** What has to be known of the text to decide about one place within a block. */
const AHEAD = 32;
/** A block whose end was lost ends when so much was something else. */
const PATIENCE = 4_096;

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/**
 * Masks the bodies of private keys (PEM, OpenSSH, PGP) over all their lines: also if every line has a time or a name before it,
 * if line breaks are escaped, and if the end is missing. Line breaks stay, so that lines can still be counted. A key counts once.
 */
export class PrivateKeyPass implements Pass {
  #text = "";
  /** The place up to which the text is given out. */
  #given = 0;
  #count = 0;
  #inside = false;
  /** In the midst of a line of a key. */
  #running = false;
  /** Nothing but white space since the beginning of the block or its last line. */
  #chained = false;
  /** White space after a masked line, given out only if no further line follows on the same line of text. */
  #between: string | undefined;
  #counted = false;
  #patience = 0;

  get count(): number {
    return this.#count;
  }

  push(chunk: string): string {
    this.#text += chunk;
    const out = this.#advance(false);
    const behind = Math.max(0, this.#given - REACH);
    this.#text = this.#text.slice(behind);
    this.#given -= behind;
    return out;
  }

  end(chunk: string = ""): string {
    this.#text += chunk;
    const out = this.#advance(true) + (this.#between ?? "");
    this.#text = "";
    this.#given = 0;
    this.#inside = this.#running = false;
    this.#between = undefined;
    return out;
  }

  #advance(final: boolean): string {
    let out = "";
    for (;;) {
      if (!this.#inside) {
        out += this.#outside(final);
        if (!this.#inside) return out;
      }
      const length = this.#text.length;
      while (this.#inside && this.#given < length) {
        if (!final && !this.#running && length - this.#given < AHEAD) return out;
        if (!this.#running) out += this.#token();
        else if (!this.#run(final)) return out;
      }
      if (this.#inside) return out;
    }
  }

  #giveTo(end: number): string {
    if (end <= this.#given) return "";
    const given = this.#text.slice(this.#given, end);
    this.#given = end;
    return given;
  }

  /** Up to and with the line that begins a block, if there is one. */
  #outside(final: boolean): string {
    const text = this.#text;
    for (let from = this.#given; ;) {
      const at = text.indexOf(WORD, from);
      if (at === -1) return this.#giveTo(final ? text.length : text.length - WORD.length + 1);
      if (!final && text.length - at < REACH) return this.#giveTo(at);
      const base = Math.max(0, at - REACH);
      const end = matchAt(BEGIN, text.slice(base, at + REACH), at - base);
      if (end === -1) {
        from = at + WORD.length;
        continue;
      }
      this.#inside = this.#chained = true;
      this.#counted = false;
      this.#between = undefined;
      this.#patience = PATIENCE;
      return this.#giveTo(base + end);
    }
  }

  #flush(): string {
    const out = this.#between ?? "";
    this.#between = undefined;
    return out;
  }

  /** One token within a block. At least {@link AHEAD} characters are there, or all. */
  #token(): string {
    const at = this.#given;
    if (matchAt(END, this.#text, at) !== -1) {
      this.#inside = false;
      return this.#flush();
    }
    const between = matchAt(BETWEEN, this.#text, at);
    if (between !== -1) return this.#space(between);
    const body = matchAt(BODY, this.#text, at);
    if (body !== -1) {
      const last = this.#chained && body - at < LINE_LENGTH && matchAt(LINE_END, this.#text, body) !== -1;
      if (last || body - at >= LINE_LENGTH) return this.#line();
    }
    return this.#other(Math.max(body, matchAt(ESCAPED, this.#text, at), at + 1));
  }

  #space(end: number): string {
    const space = this.#giveTo(end);
    if (this.#between === undefined) return space;
    this.#between += space;
    return this.#between.includes("\n") || this.#between.length > AHEAD ? this.#flush() : "";
  }

  /** Begins to swallow a line of a key. */
  #line(): string {
    if (!this.#counted) this.#count++;
    this.#counted = this.#chained = this.#running = true;
    this.#patience = PATIENCE;
    if (this.#between !== undefined) {
      this.#between = "";
      return "";
    }
    this.#between = "";
    return MARKER;
  }

  #other(end: number): string {
    this.#chained = false;
    this.#patience -= end - this.#given;
    if (this.#patience <= 0) this.#inside = false;
    return this.#flush() + this.#giveTo(end);
  }

  /** Goes on swallowing; whether something is known about what follows. An escape that is cut off at the end of the text is waited for. */
  #run(final: boolean): boolean {
    const end = matchAt(BODY, this.#text, this.#given);
    if (end !== -1) this.#given = end;
    const left = this.#text.slice(this.#given, this.#given + 3);
    this.#running = !final && (left === "" || (left.startsWith("%") && left.length < 3));
    return !this.#running;
  }
}
