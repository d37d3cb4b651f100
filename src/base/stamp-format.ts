/** What a token of a format stands for. */
type Part =
  | "year"
  | "shortYear"
  | "month"
  | "monthName"
  | "day"
  | "hour"
  | "hour12"
  | "minute"
  | "second"
  | "fraction"
  | "half"
  | "zone"
  | "seconds"
  | "milliseconds";

interface Token {
  /** Of a regular expression, without a choice that could be tried in two ways: matching takes linear time. */
  readonly pattern: string;
  readonly part?: Part;
}

const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun";
const TWO = String.raw`\d\d`;
const PADDED = String.raw` ?\d{1,2}`;

/** The tokens of strftime (POSIX.1-2024) that a log's time needs, and `%f`, `%Q` as others have them. */
const TOKENS: Readonly<Record<string, Token>> = {
  Y: { pattern: String.raw`\d{4}`, part: "year" },
  y: { pattern: TWO, part: "shortYear" },
  m: { pattern: String.raw`\d{1,2}`, part: "month" },
  b: { pattern: `(?:${MONTHS})[a-z]{0,6}`, part: "monthName" },
  d: { pattern: PADDED, part: "day" },
  e: { pattern: PADDED, part: "day" },
  H: { pattern: PADDED, part: "hour" },
  I: { pattern: PADDED, part: "hour12" },
  M: { pattern: TWO, part: "minute" },
  S: { pattern: TWO, part: "second" },
  f: { pattern: String.raw`\d{1,9}`, part: "fraction" },
  p: { pattern: String.raw`[AaPp]\.?[Mm]\.?`, part: "half" },
  z: { pattern: String.raw`[+-]\d\d(?::?\d\d)?|Z|[A-Z]{3,5}`, part: "zone" },
  a: { pattern: `(?:${DAYS})[a-z]{0,6}` },
  s: { pattern: String.raw`(?<!\d)\d{9,10}(?!\d)`, part: "seconds" },
  Q: { pattern: String.raw`(?<!\d)\d{12,13}(?!\d)`, part: "milliseconds" },
  "%": { pattern: "%" },
};
const SHORT: Readonly<Record<string, string>> = {
  T: "%H:%M:%S",
  R: "%H:%M",
  F: "%Y-%m-%d",
  D: "%m/%d/%y",
  B: "%b",
  h: "%b",
  A: "%a",
  Z: "%z",
  k: "%H",
  l: "%I",
  L: "%f",
};
export const LONGEST_FORMAT = 100;

/** How the time of a line is written, in the words of {@link parseStampFormat}. */
export interface StampFormat {
  readonly pattern: RegExp;
  /** What each group of the pattern is. */
  readonly parts: readonly Part[];
}

export type StampFormatResult =
  | { readonly ok: true; readonly format: StampFormat }
  /** What would be right instead, as the second half of a sentence. */
  | { readonly ok: false; readonly expected: string };

const EXAMPLE = "such as “%d.%m.%Y %H:%M:%S”";

/**
 * A format of tokens as strftime has them, and of other characters that mean themselves; a blank means one or more. The pattern made of it holds
 * no repetition without a bound, so that no format can make a search slow.
 */
export function parseStampFormat(text: string): StampFormatResult {
  if (text.length > LONGEST_FORMAT) return wrong(`a format of at most ${LONGEST_FORMAT} characters, ${EXAMPLE}`);
  const parts: Part[] = [];
  let pattern = "";
  const spelled = text.replaceAll(/%([A-Za-z])/g, (whole, letter: string) => SHORT[letter] ?? whole);
  for (const [piece] of spelled.replace(/^ +| +$/g, "").matchAll(/%.?| +|[^% ]+/gsu)) {
    if (piece.startsWith(" ")) pattern += " {1,8}";
    else if (!piece.startsWith("%")) pattern += piece.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
    else {
      const token = TOKENS[piece.slice(1)];
      if (token === undefined) return wrong(`a format ${EXAMPLE}; ${piece} is none of ${known().join(" ")}`);
      if (token.part !== undefined && parts.includes(token.part))
        return wrong(`a format with each token once; ${piece} stands there twice`);
      if (token.part === undefined) pattern += token.pattern;
      else {
        parts.push(token.part);
        pattern += `(${token.pattern})`;
      }
    }
  }
  const missing = missingOf(parts);
  if (missing !== undefined) return wrong(`a format ${EXAMPLE}; ${missing}`);
  return { ok: true, format: { pattern: new RegExp(pattern), parts } };
}

function known(): readonly string[] {
  return [...Object.keys(TOKENS), ...Object.keys(SHORT)].toSorted().map((letter) => `%${letter}`);
}

/** A moment needs a day and a time of day, or the seconds since 1970. */
function missingOf(parts: readonly Part[]): string | undefined {
  const has = (...any: readonly Part[]): boolean => any.some((part) => parts.includes(part));
  if (has("seconds", "milliseconds")) {
    return parts.length > (has("fraction") ? 2 : 1) ? "%s and %Q say all by themselves" : undefined;
  }
  if (!has("month", "monthName")) return "a month (%m or %b) is missing";
  if (!has("day")) return "a day (%d) is missing";
  if (!has("hour", "hour12")) return "an hour (%H, or %I with %p) is missing";
  if (!has("minute")) return "minutes (%M) are missing";
  if (has("hour12") !== has("half")) return "%I and %p need each other";
  if (has("hour") && has("hour12")) return "%H and %I say the same";
  return undefined;
}

function wrong(expected: string): StampFormatResult {
  return { ok: false, expected };
}
