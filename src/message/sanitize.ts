/**
 * Words from outside, made harmless before anything else looks at them: no escape sequences, no control characters,
 * nothing that is invisible or turns the writing direction round. What a person cannot see, a message does not carry.
 */

const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
const C1_CSI = String.fromCodePoint(0x9b);

/** ECMA-48 control sequences: CSI, OSC (hyperlinks, titles), device control strings, two-character escapes. */
const ESCAPE_SEQUENCES = new RegExp(
  [
    String.raw`(?:${ESC}\[|${C1_CSI})[0-?]*[ -/]*[@-~]`,
    String.raw`${ESC}\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\)?`,
    String.raw`${ESC}[PX^_][^${ESC}]*(?:${ESC}\\)?`,
    String.raw`${ESC}[ -/]*[0-~]`,
  ].join("|"),
  "gu",
);

/**
 * Characters that show nothing or reorder what stands beside them: format characters (zero width, bidirectional
 * marks, tags, byte order mark), fillers, private use, unassigned. The joiner inside an emoji is kept.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`(?<!\p{Extended_Pictographic}\u{FE0F}?)\u{200D}`,
    String.raw`\u{200D}(?!\p{Extended_Pictographic})`,
    String.raw`(?!\u{200D})[\p{Cf}\p{Co}\p{Cn}]`,
    String.raw`\u{115F}|\u{1160}|\u{17B4}|\u{17B5}|\u{180B}|\u{180C}|\u{180D}|\u{180F}|\u{2800}|\u{3164}|\u{FFA0}`,
  ].join("|"),
  "gu",
);

const LONE_SURROGATE = /\p{Cs}/gu;
const LINE_BREAK = /\r\n|[\r\n\u{85}\u{2028}\u{2029}\v\f]/gu;
/** More combining marks on one letter than any script needs paint over the lines around it. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

function visible(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCES, "")
    .replace(LONE_SURROGATE, "\u{FFFD}")
    .replace(INVISIBLE, "")
    .replace(STACKED_MARKS, "$1");
}

/** Letters, digits and signs of everyday text, in which nothing hides: the quick way out for nearly all of it. */
const HARMLESS = /^[\x20-\x7E\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2027\u2030-\u205E\u3001-\u30FF\u4E00-\u9FFF]*$/u;

/** One line: line breaks, tabs and other control characters become single spaces. */
export function oneLine(text: string): string {
  if (HARMLESS.test(text)) return text;
  return visible(text.replace(LINE_BREAK, " ")).replace(/\p{Cc}+|[\p{Zs}\p{Zl}\p{Zp}]/gu, " ");
}

/** Several lines: line breaks stay, tabs become two spaces, other control characters go. */
export function manyLines(text: string): string {
  return visible(text.replace(LINE_BREAK, "\n"))
    .replaceAll("\t", "  ")
    .replace(/(?!\n)\p{Cc}/gu, "");
}
