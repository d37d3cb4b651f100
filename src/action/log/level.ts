import { withoutEscapeSequences } from "../../base/clean.js";
import type { LineLevel } from "../../model/log.js";
import { LINE_LEVELS } from "../../model/log.js";
import { jsonFields, unescaped } from "./json-fields.js";
import type { JsonField } from "./json-fields.js";

/** Words that programs use in the place of a level, by what they mean here. */
const WORDS: Readonly<Record<LineLevel, readonly string[]>> = {
  error: [
    ..."emerg emergency alert crit critical fatal panic dpanic error err severe fail eror erro".split(" "),
    ..."fata pani ftl pnc".split(" "),
  ],
  warning: ["warn", "warning", "wrn"],
  info: ["notice", "note", "info", "information", "informational", "inf"],
  debug: "debug dbug dbg deb trace trce trc verbose verb vrb fine finer finest".split(" "),
};
const LEVEL_OF: ReadonlyMap<string, LineLevel> = new Map(
  LINE_LEVELS.flatMap((level) => WORDS[level].map((word) => [word, level] as const)),
);
const LETTERS: Readonly<Record<string, LineLevel>> = {
  A: "error",
  C: "error",
  E: "error",
  F: "error",
  W: "warning",
  N: "info",
  I: "info",
  D: "debug",
  V: "debug",
};

const ALL = [...LEVEL_OF.keys()].join("|");
/** Further in, such a word is what the line talks about. */
const LOOKED_AT = 240;
/** So much of a line of fields is looked through for the one that says the level. */
const LONGEST_FIELDS = 8_192;

/** A field of a line of `key=value`, or a quoted value to step over. */
const FIELD =
  /"(?:[^"\\]|\\.)*"|(?:^|[\s,{[])(?:level|lvl|severity|loglevel|log\.level|log_level|level_name)=(?:"(\w{1,15})"|'(\w{1,15})'|(\w{1,15}))(?![\w.])/gi;
/** `811:M 24 Jun 2025 14:05:00.123 # …`. */
const REDIS = /^(?:\d+:[XCSM]|\[\d+\]) \d\d? [A-Z][a-z]{2} (?:\d{4} )?\d\d:\d\d:\d\d\.\d{3} ([.\-*#]) (.*)/;
/** What Redis says at its start and end in the manner of a warning; and warnings that call themselves so. */
const REDIS_CALM =
  /^(?:oO0|Redis (?:version|is now ready to exit)|Configuration loaded|Server (?:initialized|started)|User requested shutdown|Received SIG)/;
const REDIS_WARNING = /^WARNING\b/i;
/** Google's logging library, Android in both of its forms, Telegraf: one letter. */
const LETTER =
  /^([IWEF])\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.|^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} +\d+ +\d+ ([VDIWEFA]) |^([VDIWEFA])\/[^(:]{1,60}\( *\d+\): |^\S{10,40} ([DIWE])! /;
/** An access log's line: what it asks for may be called anything. */
const ACCESS = /^\S{1,100} \S{1,100} .{1,100}?\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/;

/** Things that only happen when something is wrong, in lines without a field for it. */
const THROWN = new RegExp(
  [
    String.raw`^(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)(?:$|[:\s])`,
    String.raw`^Traceback \(most recent call last\)`,
    String.raw`^(?:Exception in thread |Unhandled |Uncaught )`,
    String.raw`^(?:panic|fatal error): `,
    String.raw`^goroutine \d+ \[`,
    String.raw`^thread '[^']{0,80}'(?: \(\d+\))? panicked at `,
    String.raw`^(?:Caused by|Suppressed):`,
    String.raw`^(?:During handling of the above exception|The above exception was the direct cause)`,
    String.raw`^=(?:ERROR|CRASH) REPORT=`,
  ].join("|"),
);
const KERNEL =
  /\b(?:(?:EXT[234]|F2FS)-fs|BTRFS|XFS|JBD2|I\/O)\b[^"]{0,40}? (error|warning)\b|\b(Kernel panic|BUG: |Oops: |Out of memory: Kill|Memory cgroup out of memory|segfault at |http: panic serving )|\bPHP (?:[A-Z][a-z]+ |Recoverable fatal )?(error|Warning|Notice|Deprecated): /i;

/** A single place that every line of the level or worse has, to look for in many lines at once. Such a line need not be one. */
const letterTrace = (letters: string): string =>
  String.raw` [${letters}][\] ]|[${letters}]/|[${letters}][\]!] |\[[${letters}][\] ]|(?:^|\n|m)[${letters}](?:\d{4}|\x1b)`;
const ERROR_TRACE = [
  "emerg|alert|crit|fata|pani|pnc|err|eror|severe|exception|traceback|fail|ftl|uncaught|unhandled|caused",
  "suppressed|goroutine|out of memory|segfault|oops|bug:| # ",
  String.raw`<\d{1,3}>|"@?l"|"s" ?:|level(?:no)?"? ?[:=]|severity|lvl|"_?priority"`,
  letterTrace("acef"),
].join("|");
export const TRACE_OF: Readonly<Partial<Record<LineLevel, RegExp>>> = {
  error: new RegExp(ERROR_TRACE, "i"),
  warning: new RegExp([ERROR_TRACE, "warn|wrn|deprecated", letterTrace("w")].join("|"), "i"),
};

/** Where a line says how bad it is. */
export interface FoundLevel {
  readonly level: LineLevel;
  /** The word, if it stands in the line as a word. */
  readonly word?: string;
}

/** Texts of a source's configuration that stand for a level, in lower case; a `*` in them is any text. */
export type LevelTexts = Readonly<Partial<Record<LineLevel, readonly string[]>>>;

/** How bad a line is by its own field, whatever words its text has; by a few words that nothing but an error has where there is no field. */
export function levelOf(line: string, texts?: LevelTexts): FoundLevel | undefined {
  const head = withoutEscapeSequences(line);
  const configured = texts && configuredLevel(head, texts);
  if (configured !== undefined) return { level: configured };
  if (head.startsWith("{")) return jsonLevel(head);
  const short = head.slice(0, LONGEST_FIELDS);
  return (
    fieldLevel(short) ??
    headLevel(short.slice(0, LOOKED_AT)) ??
    nestedLevel(head) ??
    kernelLevel(short.slice(0, LOOKED_AT))
  );
}

function configuredLevel(line: string, texts: LevelTexts): LineLevel | undefined {
  const lower = line.slice(0, LONGEST_FIELDS).toLowerCase();
  return LINE_LEVELS.find((level) => texts[level]?.some((text) => holds(lower, text)));
}

/** The parts of a text between its stars, one after the other: linear, however many stars it has. */
function holds(line: string, text: string): boolean {
  let at = 0;
  return text.split("*").every((part) => {
    const found = line.indexOf(part, at);
    at = found + part.length;
    return found !== -1;
  });
}

const JSON_LEVEL_KEYS: ReadonlySet<string> = new Set(
  "level severity levelname level_name lvl loglevel log_level log.level level.name severitytext severity_text l".split(
    " ",
  ),
);

/** The object's own field. Docker and others put the program's line into one: then its words count where no field says more. */
function jsonLevel(line: string): FoundLevel | undefined {
  let byNumber: LineLevel | undefined;
  let inner: string | undefined;
  for (const field of jsonFields(line)) {
    const key = field.path.toLowerCase().replace(/^[@_]+/, "");
    const level = ownLevel(key, field);
    // Monolog gives both; its numbers are its own.
    if (level !== undefined && typeof field.value === "string") return { level };
    byNumber ??= level;
    if ((key === "log" || key === "message" || key === "msg") && typeof field.value === "string") inner ??= field.value;
  }
  if (byNumber !== undefined) return { level: byNumber };
  if (inner === undefined) return undefined;
  const said = levelOf(unescaped(inner.slice(0, LONGEST_FIELDS)).trimStart());
  return said && { level: said.level };
}

function ownLevel(key: string, { value }: JsonField): LineLevel | undefined {
  if (key === "levelno" && typeof value === "number") return ofNumber(value + 10);
  // MongoDB's severities, and what Serilog leaves out is information.
  if (key === "s" && typeof value === "string")
    return /^(?:[FEWI]|D\d?)$/.test(value) ? LETTERS[value[0] ?? ""] : undefined;
  if (key === "priority" && (typeof value === "number" ? value <= 7 : /^[0-7]$/.test(value)))
    return ofPriority(Number(value));
  if (!JSON_LEVEL_KEYS.has(key)) return undefined;
  if (typeof value === "number") return ofNumber(value);
  return /^\d{1,3}$/.test(value) ? ofNumber(Number(value)) : ofWord(value);
}

/** JSON writes the escape character of a coloured level as an escape of its own. */
function ofWord(written: string): LineLevel | undefined {
  const word = written.includes("\\u001") ? withoutEscapeSequences(unescaped(written)) : written;
  return LEVEL_OF.get(word.toLowerCase()) ?? (word.length === 1 ? LETTERS[word.toUpperCase()] : undefined);
}

function fieldLevel(line: string): FoundLevel | undefined {
  if (!line.includes("=")) return undefined;
  for (const [, double, single, bare] of line.matchAll(FIELD)) {
    const word = double ?? single ?? bare;
    if (word === undefined) continue;
    // A single digit is how much a program says, or how full something is.
    const level = /^\d{2,3}$/.test(word) ? ofNumber(Number(word)) : ofWord(word);
    if (level !== undefined) return { level, word };
  }
  return undefined;
}

/** A JSON object behind what a container's engine or a relay has put before it. */
function nestedLevel(line: string): FoundLevel | undefined {
  const brace = line.slice(0, LOOKED_AT).indexOf('{"');
  return brace <= 0 ? undefined : jsonLevel(line.slice(brace));
}

function kernelLevel(head: string): FoundLevel | undefined {
  const found = KERNEL.exec(head);
  if (found === null) return undefined;
  const [, word, , php] = found;
  return { level: LEVEL_OF.get((word ?? php ?? "error").toLowerCase()) ?? (php === undefined ? "error" : "warning") };
}

function headLevel(head: string): FoundLevel | undefined {
  const letter = LETTER.exec(head)
    ?.slice(1)
    .find((each) => each !== undefined);
  if (letter !== undefined) return { level: LETTERS[letter] ?? "info" };
  const [, mark, said = ""] = REDIS.exec(head) ?? [];
  if (mark === "#") return { level: REDIS_CALM.test(said) ? "info" : REDIS_WARNING.test(said) ? "warning" : "error" };
  if (mark !== undefined) return { level: mark === "*" ? "info" : "debug" };
  const [pri, value] = /^<(\d{1,3})>/.exec(head) ?? [];
  const rest = pri === undefined ? head : head.slice(pri.length);
  const found = ACCESS.test(head) ? undefined : wordLevel(rest);
  return found ?? (value === undefined ? undefined : { level: ofPriority(Number(value) & 7) });
}

/** Brackets with what is in them, or what stands between two blanks. */
const PIECE = /[[(<][^[\](){}<>]{0,80}[\])>]|"|[^\s[(<"|]+|[[(<|]/g;
/** A day, a time, a number, a dash: says nothing about whether a sentence has begun. */
const NEUTRAL = /^[\d.,:;+\-/TZ#@=~|_*]+$|^(?:[A-Z][a-z]{2},?|UTC|GMT|CES?T)$|^[AP]M$/;
/** Words before the level: a host, a program, a logger. More of them are a sentence. */
const MOST_NAMES = 6;
const MOST_PLAIN_WORDS = 2;

/** The first level among the names and numbers that a line begins with. */
function wordLevel(head: string): FoundLevel | undefined {
  let names = 0;
  let plain = 0;
  /** Since the time, a bracket or a name with a colon. */
  let beside = 0;
  let isTagged = false;
  let isTimed = false;
  for (const { 0: piece, index } of head.matchAll(PIECE)) {
    if (piece === '"') return undefined;
    if (/^[[(<]./.test(piece)) {
      const level = bracketLevel(piece);
      if (level !== undefined) return level;
      beside = 0;
      continue;
    }
    if (NEUTRAL.test(piece)) {
      isTimed ||= /\d\d[:.]?\d\d/.test(piece);
      continue;
    }
    const level = pieceLevel(piece, beside <= 1, isTimed && names === 0, head[index + piece.length]);
    if (level !== undefined) return level;
    if (THROWN.test(head.slice(index))) return { level: "error" };
    if (isTagged || /[a-z][.,!?]$/.test(piece)) return undefined;
    names += 1;
    beside += 1;
    plain += /^[a-z]+$/.test(piece) ? 1 : 0;
    if (names > MOST_NAMES || plain > MOST_PLAIN_WORDS) return undefined;
    // What follows a name with a colon is the text, which may begin with the level.
    if (piece.endsWith(":")) {
      if (/[\w)\]]:$/.test(piece)) isTagged = true;
      beside = 0;
    }
  }
  return undefined;
}

/** `[error]`, `[core:error]`, `[14:05:00 ERR]`. */
function bracketLevel(piece: string): FoundLevel | undefined {
  const inner = piece.slice(1, -1).trim();
  const letter = /^([EWICDF])(?:$| \d)/.exec(inner)?.[1];
  if (letter !== undefined) return { level: LETTERS[letter] ?? "info" };
  const word = /^(?:[\w-]{1,30}:|[\d\s:.,T+Z-]{5,40}\s)?([A-Za-z]{3,13})\d?$/.exec(inner)?.[1];
  const level = word === undefined ? undefined : LEVEL_OF.get(word.toLowerCase());
  return level === undefined ? undefined : { level, word: inner };
}

const CAPITALS = new RegExp(`^(${ALL.toUpperCase()})\\d?(?=$|[:;,!])`);
const WORD = new RegExp(`^(${ALL})(?=[:,]?$|:)`, "i");
/** Those that may stand alone in small letters: others begin a sentence. */
const BARE = /^(?:error|fatal|critical|warn|warning|notice|info|debug|trace),?$/i;

/** In capitals it stands for itself; else it is the level before a colon, or right behind the time. */
function pieceLevel(
  piece: string,
  isBeside: boolean,
  isFirst: boolean,
  next: string | undefined,
): FoundLevel | undefined {
  // PostgreSQL's name for what is no error.
  if (piece === "LOG:") return { level: "info", word: "LOG" };
  const capital = CAPITALS.exec(piece)?.[1];
  if (capital !== undefined) return { level: LEVEL_OF.get(capital.toLowerCase()) ?? "info", word: capital };
  const word = WORD.exec(piece)?.[1];
  const level = word === undefined ? undefined : LEVEL_OF.get(word.toLowerCase());
  if (word === undefined || level === undefined) return undefined;
  const hasColon = piece[word.length] === ":";
  const isField = isFirst && (next === undefined || next === "|" || next === "[" || /^\s$/.test(next));
  return (hasColon && isBeside) || (isField && BARE.test(piece)) ? { level, word } : undefined;
}

/** Levels of pino and bunyan from 10 on, of Monolog from 100 on; below, those of syslog (RFC 5424). */
function ofNumber(value: number): LineLevel {
  if (value < 10) return ofPriority(value);
  if (value >= 100) return ofNumber(Math.min(59, value / 10 + 10));
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
