/** What a secret hides behind: sequences and characters that are not seen, by name. */
export const UNSEEN: Readonly<Record<string, string>> = {
  "a colour": "\u{1B}[1;31m",
  "the end of a colour": "\u{1B}[0m",
  "a colour without a number": "\u{1B}[m",
  "a colour in one byte": "\u{9B}32m",
  "a hyperlink": "\u{1B}]8;;https://a.example.test\u{1B}\\",
  "a title": "\u{1B}]0;title\u{7}",
  "an escape alone": "\u{1B}",
  "a soft hyphen": "\u{AD}",
  "a space of no width": "\u{200B}",
  "a joiner": "\u{200D}",
  "a word joiner": "\u{2060}",
  "a byte order mark": "\u{FEFF}",
  "a mark of direction": "\u{202E}",
  "an isolate": "\u{2066}",
  "a variation selector": "\u{FE0F}",
  "a far variation selector": "\u{E0100}",
  "a combining mark": "\u{301}",
  "a grapheme joiner": "\u{34F}",
  "a tag": "\u{E0041}",
  "a filler": "\u{3164}",
  "a blank of braille": "\u{2800}",
  "a private character": "\u{E000}",
  NUL: "\0",
  BEL: "\u{7}",
  DEL: "\u{7F}",
  "a backspace": "\u{8}",
  "a vertical tab": "\v",
  "a form feed": "\f",
  "a carriage return": "\r",
  NEL: "\u{85}",
  "a C1 control": "\u{90}",
  "a line separator": "\u{2028}",
  "a byte that was no text": "\u{FFFD}",
  "an escaped colour": String.raw`\u001b[31m`,
  "an escaped soft hyphen": String.raw`\u00ad`,
  "a colour as cat -v shows it": "^[[31m",
  "a colour as rsyslog shows it": "#033[31m",
};

const SEQUENCE = new RegExp(
  String.raw`(?:\u{1B}\[|\u{9B})[0-?]*[ -/]*[@-~]|\u{1B}\][^\u{7}\u{1B}]*(?:\u{7}|\u{1B}\\)`,
  "gu",
);

/** What a reader could find in a text by taking out all that is not seen. */
export function seenIn(text: string): string {
  return text
    .replaceAll(SEQUENCE, "")
    .replaceAll(/\\u001b\[31m|\\u00ad|\^\[\[31m|#033\[31m/gu, "")
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{M}\u{FFFD}\u{2028}\u{2029}\u{3164}\u{2800}]/gu, "");
}
