const ESC = String.raw`\x1B`;
/** Control sequences of terminals (ECMA-48): CSI, strings up to their end (OSC, DCS, …), and the short ones. */
const SEQUENCE = new RegExp(
  [
    String.raw`${ESC}\[[0-?]*[ -/]*[@-~]`,
    String.raw`${ESC}\][^\x07\x1B]*(?:\x07|${ESC}\\)?`,
    String.raw`${ESC}[PX^_][^\x1B]*(?:${ESC}\\)?`,
    String.raw`${ESC}[ -/]*[0-Z\\\`-~]`,
  ].join("|"),
  "g",
);

/** The text without colours and whatever else is meant for a terminal. Linear in its length. */
export function withoutEscapeSequences(text: string): string {
  return text.includes("\u001B") ? text.replaceAll(SEQUENCE, "") : text;
}
