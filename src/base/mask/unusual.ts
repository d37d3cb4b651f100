import { bytesOf } from "./anchors.js";
import { AMBIGUOUS_WORDS, LABEL_WORDS } from "./reading.js";

/** Anything but ordinary text: letters, signs, arrows and frames, in which nothing hides. */
const UNUSUAL_CHARACTER =
  /[^\t\n\r\x20-\x7E\u00A1-\u00AC\u00AE-\u02FF\u0391-\u03A1\u03A3-\u03CE\u0400-\u0481\u2010-\u2027\u2030-\u205E\u2190-\u2426\u2500-\u27FF\u3001-\u300B\u300E-\u3029\u3030-\u3096\u309B-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3]/;
const LABEL = new RegExp(LABEL_WORDS);
const AMBIGUOUS_WORD = new RegExp(AMBIGUOUS_WORDS, "y");

/** What may follow the first character of a word of {@link AMBIGUOUS_WORDS}. */
const SECOND: Readonly<Record<string, string>> = {
  "\\": "\\ux03ebfr",
  "^": "[",
  "#": "0",
  "&": "#szlrZN",
  "%": "0123456789CEce",
};

/** The bytes at which a closer look is needed. */
const LOOK = new Uint8Array(256);
for (let code = 0; code < 0x20; code++) LOOK[code] = 1;
LOOK[0x7f] = 1;
LOOK[0x09] = LOOK[0x0a] = 0;
for (const first of Object.keys(SECOND)) LOOK[first.charCodeAt(0)] = 1;

/**
 * Whether a text has anything in it that is not seen or may be read in another way; nearly none has. A loop over its bytes, because
 * a regular expression takes from half to six times as long.
 */
export function isUnusual(text: string): boolean {
  if (Buffer.byteLength(text) !== text.length && (UNUSUAL_CHARACTER.test(text) || LABEL.test(text))) return true;
  const bytes = bytesOf(text);
  for (let index = 0; index < bytes.length; index++) {
    if (LOOK[bytes[index] ?? 0] === 1 && isUnusualAt(text, index)) return true;
  }
  return false;
}

function isUnusualAt(text: string, index: number): boolean {
  // The byte is the lower half of a character outside ASCII, which has been looked at.
  if (text.charCodeAt(index) > 0x7f) return false;
  const first = text[index] ?? "";
  if (first === "\r") return text[index + 1] !== "\n";
  const second = SECOND[first];
  if (second === undefined) return true;
  if (!second.includes(text[index + 1] ?? " ")) return false;
  AMBIGUOUS_WORD.lastIndex = index;
  return AMBIGUOUS_WORD.test(text);
}
