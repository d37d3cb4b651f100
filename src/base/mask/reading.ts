import { CERTAIN_SEQUENCES, ESCAPE_SEQUENCES, FILLERS } from "../clean.js";
import { LABELS, spellingsOf } from "./labels.js";

/** A text as somebody may read it, and of each of its UTF-16 units where it begins and ends in the text as written. */
export interface Reading {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * What a control character does: `seen` as a terminal shows it (an escape takes a letter with it), `struck` a backspace takes the
 * one before it as well, `bare` each stands there by itself.
 */
export const CONTROLS = ["seen", "struck", "bare"] as const;
export type Controls = (typeof CONTROLS)[number];

/** Colours whose escape character was itself escaped: by JSON (once or more), C, a shell, rsyslog, `cat -v`, a URL. */
const WRITTEN_SEQUENCE = String.raw`(?:\\{1,8}(?:u00[19][bB]|x[19][bB]|0?33|e)|\^\[|#033|%1[bB])(?:\[|%5[bB])[0-9;]{0,32}[A-Za-z]|\\{1,8}u001[bB]\][^"\\\n]{0,1024}\\{1,8}u00(?:07|1[bB]\\{1,8})`;
/** The short escapes of JSON for a backspace, a form feed, and a carriage return that ends no line. */
const WRITTEN_CONTROL = String.raw`\\{1,8}(?:[bf]|r(?=[\w"':= -]|\\{1,8}["']))`;
/** What is left of a colour when a byte of it was no text: U+FFFD stands for that. */
const BROKEN_SEQUENCE = String.raw`\u{FFFD}[0-9;]{1,32}m`;
const UNSEEN_IN_URL = "%C2%AD|%E2%80%(?:8[B-F]|A[89A-E])|%E2%81%A[0-9A-F]|%EF%BB%BF";
const UNSEEN_IN_HTML = "&(?:shy|zwj|zwnj|lrm|rlm|ZeroWidthSpace|NoBreak);";
const CODE = String.raw`\\{1,8}(?:u|x)(?<escape>(?<=u)[0-9A-Fa-f]{4}|(?<=x)[0-9A-Fa-f]{2})|%(?<percent>[0-9A-Fa-f]{2})|&#(?:x(?<hex>[0-9A-Fa-f]{1,6})|(?<decimal>\d{1,7}));`;
const COMPATIBLE = String.raw`[\u{2070}-\u{209C}\u{2100}-\u{214F}\u{2460}-\u{24FF}\u{FF01}-\u{FF5E}\u{FFE5}\u{1D400}-\u{1D7FF}\u{1F130}-\u{1F169}]`;
const SPACE = String.raw`(?! )\p{Zs}`;
/** Neither shown nor known: controls, format characters, marks over a letter, bytes that were no text, other line breaks. */
const NOTHING = String.raw`(?!\t)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{M}\u{FFFD}\u{2028}\u{2029}${FILLERS}]`;

const REST = [
  `(?<nothing>${WRITTEN_SEQUENCE}|${WRITTEN_CONTROL}|${BROKEN_SEQUENCE}|${UNSEEN_IN_URL}|${UNSEEN_IN_HTML})`,
  CODE,
  `(?<compatible>${COMPATIBLE})`,
  `(?<space>${SPACE})`,
  `(?<quote>[「」『』])`,
  String.raw`(?<back>\u{8})`,
  NOTHING,
].join("|");
const SEEN_TOKENS = new RegExp(`(?:${ESCAPE_SEQUENCES})|${REST}`, "gu");
const TOKENS: Readonly<Record<Controls, RegExp>> = {
  seen: SEEN_TOKENS,
  struck: SEEN_TOKENS,
  bare: new RegExp(`(?:${CERTAIN_SEQUENCES})|${REST}`, "gu"),
};

const NAMES = new Map<string, string>(
  LABELS.flatMap(([label, name]) => spellingsOf(label).map((spelling): [string, string] => [spelling, name])),
);
/** Every spelling of every label, as a regular expression. */
export const LABEL_WORDS = [...NAMES.keys()].join("|");
/** A label, what is said about it in brackets, and a particle or an arrow before what looks made by a machine. */
const LABEL = new RegExp(
  String.raw`(${LABEL_WORDS})(?:の値)?(?:\([^()\s]{1,16}\))?([ \t]*(?:[はがを]、?|[→⇒])[ \t]*(?="?(?=[!-~]*\d)[!-~]{6,}))?`,
  "gu",
);

/** Words of ordinary characters that may be read in another way, as a regular expression. */
export const AMBIGUOUS_WORDS = [
  WRITTEN_SEQUENCE,
  String.raw`\\{1,8}(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[bf]|r(?=[\w"':= -]|\\{1,8}["']))|&#x?[0-9A-Fa-f]{1,7};|${UNSEEN_IN_HTML}`,
  // Letters and digits need no encoding in a URL, and control characters have no place there.
  `%(?:[46][1-9A-Fa-f]|[57][0-9Aa]|3[0-9]|0[0-8BbCcEeFf]|1[0-9A-Fa-f])|${UNSEEN_IN_URL}`,
].join("|");

/** What makes a line worth reading in more ways than as it is seen. */
const AMBIGUOUS = new RegExp(
  [
    String.raw`[\x00-\x08\v\f\x0E-\x1F\x7F-\x9F\u{2028}\u{2029}\u{FFFD}「『]|\r(?!\n?$)`,
    String.raw`\p{M}|${SPACE}|${COMPATIBLE}`,
    AMBIGUOUS_WORDS,
    LABEL_WORDS,
  ].join("|"),
  "u",
);
const CERTAIN = new RegExp(CERTAIN_SEQUENCES, "gu");

export function isAmbiguous(line: string): boolean {
  return AMBIGUOUS.test(line.includes("\u{1B}") ? line.replace(CERTAIN, "") : line);
}

class Builder {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #units: string[] = [];

  add(text: string, start: number, end: number): void {
    for (let index = 0; index < text.length; index++) {
      this.#units.push(text[index] ?? "");
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Takes over what stands as it is. */
  copy(from: Reading, start: number, end: number): void {
    for (let index = start; index < end; index++) {
      this.#units.push(from.text[index] ?? "");
      this.#starts.push(from.starts[index] ?? 0);
      this.#ends.push(from.ends[index] ?? 0);
    }
  }

  drop(): void {
    this.#units.pop();
    this.#starts.pop();
    this.#ends.pop();
  }

  done(): Reading {
    return { text: this.#units.join(""), starts: this.#starts, ends: this.#ends };
  }
}

const SEEN = /^(?!\p{Cc}|\p{Cf}|\p{M}|\p{Zs})./u;

/** What an escape stands for; `undefined` where it has to stay: quotation marks, backslashes and line breaks mean something as they are. */
function decoded(groups: Readonly<Record<string, string | undefined>>): string | undefined {
  const { escape, percent, hex, decimal } = groups;
  const code = decimal === undefined ? Number.parseInt(escape ?? percent ?? hex ?? "", 16) : Number(decimal);
  if (Number.isNaN(code) || code > 0x10_ff_ff) return undefined;
  const character = String.fromCodePoint(code);
  if (/["'`\\\n\r\t ]/u.test(character)) return undefined;
  // Of an encoded URL only what needs no encoding; the rest has its own look.
  if (percent !== undefined && code >= 0x20 && !/[\w.-]/u.test(character)) return undefined;
  return SEEN.test(character) ? character.normalize("NFKC") : "";
}

/** What a token reads as; `undefined`: as it is written. */
function plain(groups: Readonly<Record<string, string | undefined>>): string | undefined {
  const { compatible, space, quote, escape, percent, hex, decimal } = groups;
  if (compatible !== undefined) return compatible.normalize("NFKC");
  if (space !== undefined) return " ";
  if (quote !== undefined) return '"';
  return (escape ?? percent ?? hex ?? decimal) === undefined ? "" : decoded(groups);
}

/** Reads a line as if nothing stood in it that is not seen, every letter were written plainly, and labels were names. */
export function readingOf(line: string, controls: Controls): Reading {
  const builder = new Builder();
  let from = 0;
  const copy = (end: number): void => {
    for (let index = from; index < end; index++) builder.add(line[index] ?? "", index, index + 1);
  };
  for (const match of line.matchAll(TOKENS[controls])) {
    copy(match.index);
    from = match.index;
    const end = from + match[0].length;
    const text = plain(match.groups ?? {});
    if (text === undefined) copy(end);
    else builder.add(text, from, end);
    if (match.groups?.["back"] !== undefined && controls === "struck") builder.drop();
    from = end;
  }
  copy(line.length);
  return withNames(builder.done());
}

function isQuoted(text: string, at: number): boolean {
  return /^"[!-~]{4,}"/u.test(text.slice(at, at + 128));
}

function withNames(reading: Reading): Reading {
  const builder = new Builder();
  let from = 0;
  for (const match of reading.text.matchAll(LABEL)) {
    const [whole, label = "", joint] = match;
    builder.copy(reading, from, match.index);
    from = match.index + whole.length;
    const name = (NAMES.get(label) ?? label) + (joint === undefined && !isQuoted(reading.text, from) ? "" : "=");
    builder.add(name, reading.starts[match.index] ?? 0, reading.ends[from - 1] ?? 0);
  }
  if (from === 0) return reading;
  builder.copy(reading, from, reading.text.length);
  return builder.done();
}
