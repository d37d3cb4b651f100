/** A run of characters of one look. Classes are those of the style sheet: `ansi-31`, `ansi-bold`. */
export interface AnsiRun {
  readonly text: string;
  readonly classes: readonly string[];
}

const SEQUENCE = new RegExp(`${String.fromCodePoint(27)}\\[([0-9;]*)m`, "g");

/** Colours of a code block marked `ansi`: 30–37 text, 40–47 background, 1 bold, 4 underlined, 0 or nothing resets. */
export function parseAnsi(source: string): readonly AnsiRun[] {
  const runs: AnsiRun[] = [];
  let look = { text: "", ground: "", bold: false, underline: false };
  let at = 0;
  const push = (text: string): void => {
    if (text === "") return;
    const classes = [
      look.text,
      look.ground,
      look.bold ? "ansi-bold" : "",
      look.underline ? "ansi-underline" : "",
    ].filter((name) => name !== "");
    runs.push({ text, classes });
  };
  for (const match of source.matchAll(SEQUENCE)) {
    push(source.slice(at, match.index));
    at = match.index + match[0].length;
    for (const code of (match[1] ?? "").split(";").map(Number)) {
      if (code === 0) look = { text: "", ground: "", bold: false, underline: false };
      else if (code === 1) look = { ...look, bold: true };
      else if (code === 4) look = { ...look, underline: true };
      else if (code >= 30 && code <= 37) look = { ...look, text: `ansi-${code}` };
      else if (code >= 40 && code <= 47) look = { ...look, ground: `ansi-${code}` };
    }
  }
  push(source.slice(at));
  return runs;
}
