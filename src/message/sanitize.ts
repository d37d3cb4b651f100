import { visible } from "../base/clean.js";

/** Words from outside, made harmless before anything else looks at them: {@link visible}, and no control characters. */

const LINE_BREAK = /\r\n|[\r\n\u{85}\u{2028}\u{2029}\v\f]/gu;

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
