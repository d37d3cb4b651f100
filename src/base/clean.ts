/**
 * Cleaning of words from outside: no escape sequences, nothing that is invisible or turns the writing direction round. What a
 * person cannot see, no message carries, and no secret hides behind. The one place that says what is taken out: messages are
 * cleaned with it, and texts before they are masked.
 */

const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
const ST = String.raw`(?:${ESC}\\|${String.fromCodePoint(0x9c)})`;
const CSI = `(?:${ESC}\\[|${String.fromCodePoint(0x9b)})`;
const OSC = `(?:${ESC}\\]|${String.fromCodePoint(0x9d)})`;
/** Device control, start of string, privacy message, application command; and the title as screen takes it. */
const STRING = String.raw`(?:${ESC}[PX^_k]|[\x90\x98\x9E\x9F])`;

/** Sequences of ECMA-48 whose extent is beyond doubt: those with parameters, and strings with an end (hyperlinks, titles). */
export const CERTAIN_SEQUENCES = [
  String.raw`${CSI}[0-?]{1,64}[ -/]{0,4}[@-~]`,
  String.raw`${OSC}[^${BEL}${ESC}\x9C\n]*(?:${BEL}|${ST})`,
  String.raw`${STRING}[^${ESC}\x9C\n]*${ST}`,
].join("|");

/** With those that a single control character in front of a word would look like, too. */
export const ESCAPE_SEQUENCES = [CERTAIN_SEQUENCES, `${CSI}[ -/]{0,4}[@-~]`, `${ESC}[ -/]{0,4}[0-~]`].join("|");
const ESCAPE_SEQUENCE = new RegExp(ESCAPE_SEQUENCES, "gu");
/** One of them begins with this. */
const ESCAPE_MARK = new RegExp(String.raw`[\x1B\x90-\x9F]`, "u");

const EMOJI = String.raw`(?!\p{Cn})\p{Extended_Pictographic}`;
/** Fillers, which have a width and show nothing. */
export const FILLERS = String.raw`\u{115F}\u{1160}\u{17B4}\u{17B5}\u{180B}\u{180C}\u{180D}\u{180F}\u{2800}\u{3164}\u{FFA0}`;
/**
 * Characters that show nothing or reorder what stands beside them: format characters (zero width, bidirectional
 * marks, tags, byte order mark), fillers, private use, unassigned. The joiner inside an emoji is kept.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`(?<!${EMOJI}\u{FE0F}?)\u{200D}`,
    String.raw`\u{200D}(?!${EMOJI})`,
    String.raw`(?!\u{200D})[\p{Cf}\p{Co}\p{Cn}]`,
    `[${FILLERS}]`,
  ].join("|"),
  "gu",
);

const LONE_SURROGATE = /\p{Cs}/gu;
/** More combining marks on one letter than any script needs paint over the lines around it. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
/** A character struck over itself is bold on paper, one over a low line underlined. */
const OVERSTRUCK = new RegExp(String.raw`(\P{Cc})\u{8}(?=\1)|_\u{8}(?=\P{Cc})|\u{8}_`, "gu");

/** The text without colours and whatever else is meant for a terminal. Linear in its length. */
export function withoutEscapeSequences(text: string): string {
  return ESCAPE_MARK.test(text) ? text.replace(ESCAPE_SEQUENCE, "") : text;
}

/** The text as it is seen. Control characters other than those of escape sequences stay. */
export function visible(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCE, "")
    .replace(OVERSTRUCK, "")
    .replace(LONE_SURROGATE, "\u{FFFD}")
    .replace(INVISIBLE, "")
    .replace(STACKED_MARKS, "$1");
}
