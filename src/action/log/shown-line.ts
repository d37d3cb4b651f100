import { withoutEscapeSequences } from "../../base/clean.js";
import type { LogLine } from "../../model/log.js";
import type { EntryFacts, Format } from "./entries.js";
import { levelOf } from "./level.js";
import { stampOf } from "./stamp.js";

/** Keys of JSON lines that stand beside the text, or that every line of a program has alike. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  "time timestamp ts t @timestamp @t date datetime level severity levelname level_name log.level lvl @l s pid hostname v msg message".split(
    " ",
  ),
);
/** A line that is longer is shown with its beginning only. */
const LONGEST = 4_000;

/** A masked line as it is to be shown: stamp and level apart. A line that continues an entry has neither. */
export function shownLine(masked: string, format: Format): LogLine {
  const raw = cut(masked);
  const line = withoutEscapeSequences(masked);
  const stamp = format.stamped ? stampOf(line, format) : undefined;
  const found = levelOf(line, format.levelTexts);
  const facts: EntryFacts = {
    ...(stamp === undefined ? {} : { at: stamp.at }),
    ...(found === undefined ? {} : { level: found.level }),
  };
  if (line.startsWith("{")) return { ...facts, text: jsonText(line) ?? raw, raw };
  if (stamp === undefined) return { ...facts, text: raw, raw };
  return { ...facts, text: withoutLevel(without(cut(line), stamp.from, stamp.to), found?.word), raw };
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
  const rest = bracketed ? before.slice(0, -1) + after.slice(1) : before + after;
  return rest.replace(/^[\s:|,-]+/, "").trimEnd();
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
  const message = entries.find(([key]) => /^(?:msg|message)$/i.test(key))?.[1];
  const rest = entries
    .filter(([key]) => !LEFT_OUT.has(key.toLowerCase()))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return cut(
    [...(message === undefined ? [] : [typeof message === "string" ? message : JSON.stringify(message)]), ...rest].join(
      " ",
    ),
  );
}
