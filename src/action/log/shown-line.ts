import type { LogLine } from "../../model/log.js";
import type { EntryFacts, Format } from "./entries.js";
import { levelOf } from "./level.js";
import { stampOf } from "./stamp.js";

/** Keys of JSON lines that stand beside the text, or that every line of a program has alike. */
const LEFT_OUT: readonly string[] = [
  "time",
  "timestamp",
  "ts",
  "@timestamp",
  "level",
  "severity",
  "levelname",
  "lvl",
  "pid",
  "hostname",
  "v",
  "msg",
  "message",
];
/** A line that is longer is shown with its beginning only. */
const LONGEST = 4_000;

/** A masked line as it is to be shown: stamp and level apart. A line that continues an entry has neither. */
export function shownLine(masked: string, format: Format): LogLine {
  const raw = cut(masked);
  const stamp = format.stamped ? stampOf(masked, format) : undefined;
  const found = levelOf(masked);
  const facts: EntryFacts = {
    ...(stamp === undefined ? {} : { at: stamp.at }),
    ...(found === undefined ? {} : { level: found.level }),
  };
  if (masked.startsWith("{")) return { ...facts, text: jsonText(raw) ?? raw, raw };
  const unstamped = stamp === undefined ? raw : without(raw, stamp.from, stamp.to);
  return { ...facts, text: stamp === undefined ? raw : withoutLevel(unstamped, found?.word), raw };
}

function cut(line: string): string {
  if (line.length <= LONGEST) return line;
  return `${line.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, "")}… (+${line.length - LONGEST})`;
}

/** Takes the stamp out, with the brackets around it and the space behind it. */
function without(line: string, from: number, to: number): string {
  const before = line.slice(0, from);
  const after = line.slice(to);
  const bracketed = /[[(]$/.test(before) && /^[\])]/.test(after);
  const rest = bracketed ? before.slice(0, -1) + after.slice(1) : before + after.replace(/^(?:Z| ?[+-]\d{4})/, "");
  return rest.replace(/^[\s:|-]+/, "").trimEnd();
}

function withoutLevel(line: string, word: string | undefined): string {
  if (word === undefined) return line;
  const start = /^[[<(]?\s*/.exec(line)?.[0].length ?? 0;
  if (line.slice(start, start + word.length) !== word) return line;
  const rest = line.slice(start + word.length);
  // `ErrorHandler` is a word of its own.
  return /^\w/.test(rest) ? line : rest.replace(/^\s*[\])>]?[\s:|-]*/, "");
}

/** The message, then what else the line says, as `key=value`. */
function jsonText(line: string): string | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    // Cut off, or only like JSON: shown as it is.
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const entries = Object.entries(fields);
  const message = entries.find(([key]) => key === "msg" || key === "message")?.[1];
  const rest = entries
    .filter(([key]) => !LEFT_OUT.includes(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [
    ...(message === undefined ? [] : [typeof message === "string" ? message : JSON.stringify(message)]),
    ...rest,
  ].join(" ");
}
