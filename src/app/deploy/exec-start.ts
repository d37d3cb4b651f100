/** The character that a C string cannot hold. */
const NUL = "\0";

/**
 * Whether a text can be an argument of a program at all, and stand in a unit file: systemd ignores lines that are not UTF-8,
 * and counts the 66 code points that Unicode keeps free of characters (U+FDD0 to U+FDEF, the last two of each plane) as not.
 */
export function isArgument(text: string): boolean {
  return !text.includes(NUL) && !/[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(text);
}

/** Whether systemd would start a program of this name: it refuses quotes, backslashes and control characters in one, however escaped. */
export function isProgram(path: string): boolean {
  return path.startsWith("/") && !path.endsWith("/") && isArgument(path) && !/["'\\\p{Cc}]/u.test(path);
}

/**
 * An `ExecStart=` that starts exactly this argument vector (systemd.service(5) "Command lines", systemd.syntax(7) "Quoting").
 * Every word is quoted, `%` is doubled because specifiers are resolved within quotes too, and the `:` before the program
 * switches the replacing of `$NAME` off for the whole line (from systemd 244 on).
 *
 * @param run program and its arguments, which pass {@link isProgram} and {@link isArgument}.
 */
export function execStart(run: readonly string[]): string {
  const [program = "", ...rest] = run;
  return `ExecStart=${[`:${program}`, ...rest].map(quoted).join(" ")}`;
}

function quoted(text: string): string {
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    // Line breaks would end the setting; the others would be taken for white space or be lost.
    .replaceAll(/\p{Cc}/gu, (character) => escapeOf(character));
  return `"${body}"`;
}

/** `\x85` is the byte 0x85, which is not the character U+0085: beyond ASCII the code point is named. */
function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
