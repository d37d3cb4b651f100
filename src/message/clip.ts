/** Cutting text where a person would: between graphemes, counted in display columns, with what was left out marked. */

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

export const ELLIPSIS = "…";

/** Graphemes of a text; for a text of plain ASCII its characters. */
export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), (part) => part.segment);
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
  return WIDE.test(part) ? 2 : 1;
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
    if (used + columns(part) > width && columns(part) <= width - 2 && current.trim() !== "") flush();
    for (const piece of graphemes(part)) {
      const size = columnsOfGrapheme(piece);
      if (used + size > width) flush();
      if (out.length > 0 && current.trim() === "" && piece.trim() === "") continue;
      current += piece;
      used += size;
    }
  }
  if (current.trim() !== "") flush();
  return out;
}
