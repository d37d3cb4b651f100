import type { LineLevel } from "../../model/log.js";

/** Words that programs use, by what they mean here. */
const WORDS: Readonly<Record<LineLevel, readonly string[]>> = {
  error: ["emerg", "emergency", "alert", "crit", "critical", "fatal", "panic", "error", "err", "severe"],
  warning: ["warn", "warning"],
  info: ["notice", "info", "information"],
  debug: ["debug", "trace", "verbose", "fine"],
};
const LEVEL_OF: ReadonlyMap<string, LineLevel> = new Map(
  (Object.keys(WORDS) as LineLevel[]).flatMap((level) => WORDS[level].map((word) => [word, level] as const)),
);

const ALL = [...LEVEL_OF.keys()].join("|");
/** Further in, such a word is what the line talks about. */
const LOOKED_AT = 160;

const IN_JSON = /"(?:level|severity|levelname|lvl)" ?: ?(?:(\d{1,2})(?!\d)|"([A-Za-z]{1,12})")/;
/** As a field (`level=warn`), in brackets, before a colon, or in capitals: not as a word of a sentence. */
const IN_TEXT = new RegExp(
  [
    String.raw`\b(?:level|severity|lvl)=["']?(${ALL})\b`,
    String.raw`[[<(](${ALL})[\])>]`,
    String.raw`(?:^|[\s\]])(${ALL})(?=:)`,
  ].join("|"),
  "i",
);
const CAPITALS = new RegExp(String.raw`\b(${ALL.toUpperCase()})\b`);
/** `ValueError: …`, `java.io.IOException: …`, and the line before a Python stack. */
const THROWN = /^(?:[\w.$]+\.)?[A-Z]\w*(?:Error|Exception)\b|^Traceback \(most recent call last\)|^panic: /;

/** A single place that every line of the level or worse has, to look for in many lines at once. Such a line need not be one. */
export const TRACE_OF: Readonly<Partial<Record<LineLevel, RegExp>>> = {
  error:
    /emerg|alert|crit|fatal|panic|err|severe|exception|traceback|"l(?:eve)?v?l(?:name)?" ?: ?"?[56acefps]|"severity"/i,
  warning:
    /warn|emerg|alert|crit|fatal|panic|err|severe|exception|traceback|"l(?:eve)?v?l(?:name)?" ?: ?"?[4-6acefpsw]|"severity"/i,
};

/** Where a line says how bad it is. */
export interface FoundLevel {
  readonly level: LineLevel;
  /** The word, if it stands in the line as a word. */
  readonly word?: string;
}

export function levelOf(line: string): FoundLevel | undefined {
  const head = line.slice(0, 512);
  if (head.startsWith("{")) {
    const found = IN_JSON.exec(head);
    if (found === null) return undefined;
    const level = found[1] === undefined ? LEVEL_OF.get((found[2] ?? "").toLowerCase()) : ofNumber(Number(found[1]));
    return level === undefined ? undefined : { level };
  }
  const start = head.slice(0, LOOKED_AT);
  const found = CAPITALS.exec(start) ?? IN_TEXT.exec(start);
  const word = found?.slice(1).find((part) => part !== undefined);
  const level = LEVEL_OF.get((word ?? "").toLowerCase());
  if (level !== undefined && word !== undefined) return { level, word };
  return THROWN.test(start) ? { level: "error" } : undefined;
}

/** Levels of pino and bunyan from 10 on; below, those of syslog (RFC 5424). */
function ofNumber(value: number): LineLevel {
  if (value < 10) return ofPriority(value);
  if (value >= 50) return "error";
  if (value >= 40) return "warning";
  return value >= 30 ? "info" : "debug";
}

/** Severities of syslog: 0 emergency to 7 debug. */
export function ofPriority(priority: number): LineLevel {
  if (priority <= 3) return "error";
  if (priority === 4) return "warning";
  return priority <= 6 ? "info" : "debug";
}
