/** Colours of a terminal by level. Source: ECMA-48, SGR. */
const COLOURS: Readonly<Record<string, string>> = { warn: "33", error: "31", fatal: "31;1", debug: "2", trace: "2" };
const ESC = String.fromCodePoint(0x1b);
/** What moves the cursor, turns the writing round or cannot be seen. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const STACK_FRAMES = 6;

export interface LogLineStyle {
  readonly colour: boolean;
}

/**
 * A line of the log as a person reads it: `14:02:11 WARN  discord   Discord's gateway is out of reach · detail ECONNREFUSED`, in the host's own
 * zone. What is no line of the log is left as it is.
 */
export function readableLine(json: string, { colour }: LogLineStyle): string {
  const entry = parsed(json);
  if (entry === undefined) return json;
  const { level, time, room, msg, err, ...fields } = entry;
  const word = wordOf(level).toUpperCase().padEnd(5);
  const code = COLOURS[wordOf(level)];
  const shownLevel = colour && code !== undefined ? `${ESC}[${code}m${word}${ESC}[0m` : word;
  const parts = [clean(wordOf(msg)), ...Object.entries(fields).map(([key, value]) => `${key} ${shown(value)}`)];
  const head = `${clock(wordOf(time))} ${shownLevel} ${wordOf(room).padEnd(8)}  ${parts.join(" · ")}`;
  return `${[head, ...errorLines(err)].join("\n")}\n`;
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** `14:02:11` of an ISO time, in the zone that this process lives in. */
function clock(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return clean(time);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function shown(value: unknown): string {
  return clean(typeof value === "string" ? value : JSON.stringify(value));
}

function clean(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** What pino made of an error: its words, and where it came from. */
function errorLines(err: unknown): readonly string[] {
  if (typeof err !== "object" || err === null) return err === undefined ? [] : [`  ${shown(err)}`];
  const { stack, message } = err as { readonly stack?: unknown; readonly message?: unknown };
  const text = typeof stack === "string" ? stack : shown(message ?? err);
  return text
    .split("\n")
    .slice(0, STACK_FRAMES)
    .map((line) => `  ${clean(line)}`);
}
