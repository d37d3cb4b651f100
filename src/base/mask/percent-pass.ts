import { AHEAD, MARKER } from "./form.js";
import { LinePass } from "./line-pass.js";
import type { Pass } from "./pass.js";
import { PrivateKeyPass } from "./private-key-pass.js";

/** How many times something may be encoded for a URL before it is no longer looked for. */
const MAX_DEPTH = 2;
/** What is left by encoding everything that can be. */
const WHOLLY = /^[\w.!~*'()%+-]*$/u;
const ESCAPE = /%[0-9A-Fa-f]{2}/u;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A decoded text, and where each of its characters stood before; one place more than there are characters. */
interface Decoded {
  readonly text: string;
  readonly places: readonly number[];
}

function decode({ text, places }: Decoded): Decoded {
  let out = "";
  const from: number[] = [];
  for (let index = 0; index < text.length; index++) {
    from.push(places[index] ?? 0);
    const escape = text[index] === "%" ? ESCAPE.exec(text.slice(index, index + 3))?.[0] : undefined;
    out += escape === undefined ? text[index] : String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    if (escape !== undefined) index += 2;
  }
  from.push(places[text.length] ?? 0);
  return { text: out, places: from };
}

/** The places of the secrets in a word that is encoded for a URL as a whole, in order and apart. */
function secretsIn(word: string): readonly Span[] {
  const spans: Span[] = [];
  let decoded: Decoded = { text: word, places: Array.from({ length: word.length + 1 }, (_, index) => index) };
  for (let depth = 0; depth < MAX_DEPTH && ESCAPE.test(decoded.text); depth++) {
    const { text, places } = (decoded = decode(decoded));
    const keys = new PrivateKeyPass();
    keys.end(text);
    if (keys.count > 0) return [{ start: 0, end: word.length }];
    new LinePass((start, end) => spans.push({ start: places[start] ?? 0, end: places[end] ?? 0 })).end(text);
  }
  spans.sort((one, other) => one.start - other.start);
  return spans.filter(
    ({ start, end }, index) =>
      !word.slice(start, end).includes(MARKER) && start >= Math.max(0, ...spans.slice(0, index).map((one) => one.end)),
  );
}

/** Words that are encoded from end to end, or those of which a part is: a value within an address. */
export type EncodedWords = "wholly" | "partly";

/**
 * Masks what shows only when a word is decoded from a URL: quotation marks, spaces and separators that are `%22`, `%20` and `%3D`.
 * Words that are encoded wholly are looked at before lines are, which would take their marks for characters of a value; the others
 * after it, because their names and separators stand plainly. A longer word than is looked at is taken in parts.
 */
export class PercentPass implements Pass {
  readonly #words: EncodedWords;
  #text = "";
  #count = 0;

  constructor(words: EncodedWords) {
    this.#words = words;
  }

  get count(): number {
    return this.#count;
  }

  push(chunk: string): string {
    this.#text += chunk;
    return this.#advance(false);
  }

  end(chunk: string = ""): string {
    this.#text += chunk;
    return this.#advance(true);
  }

  #advance(final: boolean): string {
    const text = this.#text;
    let out = "";
    let from = 0;
    for (;;) {
      const percent = text.indexOf("%", from);
      if (percent === -1) break;
      const start = partOf(text, from, percent);
      const end = wordEnd(text, percent, start + AHEAD);
      if (end === text.length && end < start + AHEAD && !final) {
        this.#text = text.slice(start);
        return out + text.slice(from, start);
      }
      out += text.slice(from, start) + this.#word(text.slice(start, end));
      from = end;
    }
    const end = final ? text.length : partOf(text, from, text.length);
    this.#text = text.slice(end);
    return out + text.slice(from, end);
  }

  #word(word: string): string {
    if (WHOLLY.test(word) !== (this.#words === "wholly")) return word;
    let out = "";
    let given = 0;
    for (const { start, end } of secretsIn(word)) {
      out += word.slice(given, start) + MARKER;
      given = end;
      this.#count++;
    }
    return out + word.slice(given);
  }
}

function isSpace(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 0x20;
}

/** Where the part begins, of a word that begins at or after `from`, to which the place belongs. */
function partOf(text: string, from: number, at: number): number {
  let start = at;
  while (start > from && !isSpace(text, start - 1)) start--;
  return start + Math.floor((at - start) / AHEAD) * AHEAD;
}

function wordEnd(text: string, at: number, most: number): number {
  let end = at;
  while (end < text.length && end < most && !isSpace(text, end)) end++;
  return end;
}
