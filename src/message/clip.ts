/** Cutting text where a person would: between graphemes, counted in display columns, with what was left out marked. */

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

export const ELLIPSIS = "…";

/** Characters that may join a neighbour; a text without them has one grapheme a code point, which is far quicker to find. */
const JOINING =
  /[\p{M}\p{Cf}\p{Cc}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\u1100-\u11FF\uA960-\uA97F\uAC00-\uD7FF]/u;

/** What a reader takes for one character each. */
export function graphemes(text: string): readonly string[] {
  return JOINING.test(text) ? Array.from(segmenter.segment(text), (part) => part.segment) : Array.from(text);
}

/** At most `max` UTF-16 units, cut between graphemes; an ellipsis tells that something is missing. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < ELLIPSIS.length) return "";
  let out = "";
  // What lies beyond the limit cannot be kept, so it need not be looked at; a grapheme is never this long but by abuse.
  for (const part of graphemes(text.slice(0, max + 64))) {
    if (out.length + part.length + ELLIPSIS.length > max) break;
    out += part;
  }
  return `${out.trimEnd()}${ELLIPSIS}`;
}

const WIDE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u{3000}-\u{303F}\u{FF01}-\u{FF60}\u{FFE0}-\u{FFE6}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{FE0F}/u;

/** Columns of one grapheme in a fixed-width font: 2 for East Asian wide characters and emoji, else 1. */
function columnsOfGrapheme(part: string): number {
  // Everything narrow that is common lies below the first wide block.
  return part < "\u1100" || !WIDE.test(part) ? 1 : 2;
}

/** Display columns of one line. */
export function columns(line: string): number {
  if (/^[\x20-\x7e]*$/u.test(line)) return line.length;
  let sum = 0;
  for (const part of graphemes(line)) sum += columnsOfGrapheme(part);
  return sum;
}

/** Breaks one line into pieces of at most `width` columns, at a space where one is near; continuations are indented by two. */
export function wrap(line: string, width: number): readonly string[] {
  if (columns(line) <= width) return [line];
  const out: string[] = [];
  let current = "";
  let used = 0;
  const flush = (): void => {
    out.push(current.trimEnd());
    current = "  ";
    used = 2;
  };
  for (const part of line.match(/\s+|[^\s]+/gu) ?? []) {
    const size = columns(part);
    if (used + size > width && size <= width - 2 && current.trim() !== "") flush();
    for (const piece of graphemes(part)) {
      const step = columnsOfGrapheme(piece);
      if (used + step > width) flush();
      if (out.length > 0 && current.trim() === "" && piece.trim() === "") continue;
      current += piece;
      used += step;
    }
  }
  if (current.trim() !== "") flush();
  return out;
}
