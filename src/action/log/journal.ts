import { Buffer } from "node:buffer";

import { z } from "zod";

import { runChild } from "../../base/child.js";
import type { ChildOutcome } from "../../base/child.js";
import type { Clock } from "../../base/clock.js";
import { mask } from "../../base/mask/mask.js";
import type { LineLevel, LogEvent, LogLine, LogOutcome, LogPage, LogPlace, LogQuery } from "../../model/log.js";
import { isAtLeast } from "../../model/log.js";
import { continuesEntry } from "./entries.js";
import { levelOf, ofPriority } from "./level.js";
import { maskLines } from "./mask-lines.js";

export interface JournalOptions {
  readonly clock: Clock;
  /** Another journal than this machine's: a directory with journal files. */
  readonly directory?: string;
  /** Longest time of a search. */
  readonly searchMs: number;
}

/** Nothing of our own environment is for journalctl to see; its words are wanted as they are documented. */
const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C.UTF-8", SYSTEMD_COLORS: "0" } as const;
const FIELDS = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,UNIT";
/** The characters that systemd allows in the name of a unit. */
const UNIT = /^[A-Za-z0-9:_.\\@-]+$/;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Entries asked for at once in a search; doubled each time up to the second. */
const FIRST_ENTRIES = 200;
const MOST_ENTRIES = 4_000;
const LONGEST_LINE = 4_000;
/** Lines of one entry. */
const MOST_LINES = 400;

const entrySchema = z.object({
  __CURSOR: z.string(),
  __REALTIME_TIMESTAMP: z.coerce.number(),
  MESSAGE: z.unknown().optional(),
  PRIORITY: z.coerce.number().int().min(0).max(7).optional().catch(undefined),
});

interface Entry {
  readonly cursor: string;
  readonly at: number;
  readonly level: LineLevel | undefined;
  /** It has a level of its own that is no program's standard output. */
  readonly isAlone: boolean;
  readonly lines: readonly string[];
}

type Batch =
  | { readonly ok: true; readonly entries: readonly Entry[]; readonly isLast: boolean; readonly restricted: boolean }
  | { readonly ok: false; readonly outcome: Extract<LogOutcome, { status: "failed" }> };

/** A page of a unit's journal. Text and level are looked for here: not every journalctl can, and programs write their level into the line. */
export async function readJournal(
  unit: string,
  query: LogQuery,
  signal: AbortSignal,
  options: JournalOptions,
): Promise<LogOutcome> {
  // journalctl would take other names for patterns.
  if (!UNIT.test(unit)) return failed("io", `${JSON.stringify(unit)} is no name of a unit`);
  const towards = query.from?.towards ?? "older";
  const until = options.clock.monotonic() + options.searchMs;
  const isSearch = query.contains !== undefined || query.level !== undefined;
  const kept: Entry[] = [];
  let cursor = query.from?.place.kind === "journal" ? query.from.place.cursor : undefined;
  let lines = 0;
  let size = isSearch ? Math.max(FIRST_ENTRIES, query.lines) : query.lines;
  let restricted = false;
  let stopped: LogPage["stopped"];
  let edge: string | undefined;
  for (;;) {
    const left = Math.max(100, until - options.clock.monotonic());
    const batch = await entriesOf(unit, { query, towards, cursor, count: size + 1 }, left, signal, options);
    if (!batch.ok) return batch.outcome;
    restricted ||= batch.restricted;
    // One more than wanted tells whether there is more.
    const looked = batch.entries.slice(0, size);
    let full = false;
    for (const entry of looked) {
      edge = entry.cursor;
      const fitting = await fittingLines(entry, query, options.clock);
      if (fitting.length === 0) continue;
      kept.push({ ...entry, lines: fitting });
      lines += fitting.length;
      full = lines >= query.lines;
      if (full) break;
    }
    const isEnd = batch.isLast && (!full || edge === batch.entries.at(-1)?.cursor);
    if (full || isEnd) {
      if (isEnd && towards === "older") edge = undefined;
      break;
    }
    if (options.clock.monotonic() >= until) {
      const at = looked.at(-1)?.at;
      stopped = { why: "time", ...(at === undefined ? {} : { at }) };
      break;
    }
    cursor = looked.at(-1)?.cursor ?? cursor;
    size = Math.min(MOST_ENTRIES, size * 2);
  }
  const ordered = towards === "older" ? kept.toReversed() : kept;
  const { shown, secrets } = await shownLines(ordered, options.clock);
  if (restricted && shown.length === 0) return notPermitted();
  return {
    status: "ok",
    page: {
      lines: shown,
      secrets,
      ...placesOf(ordered, towards, edge, query),
      events: restricted ? (["restricted"] satisfies LogEvent[]) : [],
      ...(stopped === undefined ? {} : { stopped }),
      searchedBytes: 0,
    },
  };
}

function placesOf(
  kept: readonly Entry[],
  towards: "older" | "newer",
  edge: string | undefined,
  query: LogQuery,
): { readonly older?: LogPlace; readonly newer?: LogPlace } {
  const place = (cursor: string | undefined): LogPlace | undefined =>
    cursor === undefined ? undefined : { kind: "journal", cursor };
  const asked = query.from?.place;
  const older = towards === "older" ? place(edge) : (place(kept[0]?.cursor) ?? asked);
  const newer = towards === "newer" ? (place(edge) ?? asked) : (place(kept.at(-1)?.cursor) ?? asked);
  return { ...(older === undefined ? {} : { older }), ...(newer === undefined ? {} : { newer }) };
}

interface Question {
  readonly query: LogQuery;
  readonly towards: "older" | "newer";
  readonly cursor: string | undefined;
  readonly count: number;
}

/** The arguments as one vector; every value is bound to its option, so that none can be taken for one. */
function argumentsOf(
  unit: string,
  { query, towards, cursor, count }: Question,
  directory: string | undefined,
): string[] {
  // journald counts microseconds: rounded outwards, so that nothing at the very edge is lost.
  const seconds = (microseconds: number): string => `@${(microseconds / 1_000_000).toFixed(6)}`;
  return [
    `--unit=${unit}`,
    "--output=json",
    `--output-fields=${FIELDS}`,
    "--all",
    "--no-pager",
    `--lines=${count}`,
    ...(towards === "older" ? ["--reverse"] : []),
    ...(cursor === undefined ? [] : [`--after-cursor=${cursor}`]),
    // journalctl takes no cursor together with a beginning in the same direction.
    ...(query.since === undefined || cursor !== undefined
      ? []
      : [`--since=${seconds(Math.floor(query.since * 1_000))}`]),
    ...(query.until === undefined || (cursor !== undefined && towards === "older")
      ? []
      : [`--until=${seconds(Math.ceil(query.until * 1_000))}`]),
    ...(directory === undefined ? [] : [`--directory=${directory}`]),
  ];
}

async function entriesOf(
  unit: string,
  question: Question,
  deadlineMs: number,
  signal: AbortSignal,
  options: JournalOptions,
): Promise<Batch> {
  const outcome = await runChild(options.clock, {
    file: "journalctl",
    args: argumentsOf(unit, question, options.directory),
    env: ENVIRONMENT,
    deadlineMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal,
  });
  signal.throwIfAborted();
  const failure = failureOf(outcome);
  if (failure !== undefined) return { ok: false, outcome: failure };
  if (outcome.status !== "exited") return { ok: false, outcome: failed("io", outcome.status) };
  const { since = -Infinity, until = Infinity } = question.query;
  const parsed = withChains(outcome.stdout.split("\n").flatMap(parseEntry), question.towards);
  const inside = parsed.filter((entry) => entry.at >= since && entry.at <= until);
  const isLast = !outcome.truncated && (parsed.length < question.count || inside.length < parsed.length);
  return { ok: true, entries: inside, isLast, restricted: RESTRICTED.test(outcome.stderr) };
}

const RESTRICTED = /insufficient permissions|not seeing messages from other users/i;
const NO_JOURNAL = /No journal files were (?:found|opened)|No such file or directory/i;

function failureOf(outcome: ChildOutcome): Extract<LogOutcome, { status: "failed" }> | undefined {
  switch (outcome.status) {
    case "exited":
      if (outcome.code === 0) return undefined;
      if (RESTRICTED.test(outcome.stderr)) return notPermitted();
      if (NO_JOURNAL.test(outcome.stderr)) return failed("no_journal", outcome.stderr.trim());
      return failed("io", outcome.stderr.trim().slice(0, 300));
    case "killed":
      return failed("io", outcome.signal);
    case "deadline":
    case "aborted":
      return failed("deadline", "");
    case "not_started":
      return failed("no_journal", outcome.message);
    default:
      return outcome satisfies never;
  }
}

function failed(
  failure: Extract<LogOutcome, { status: "failed" }>["failure"],
  detail: string,
): Extract<LogOutcome, { status: "failed" }> {
  return { status: "failed", failure, detail: mask(detail).text };
}

function notPermitted(): Extract<LogOutcome, { status: "failed" }> {
  return { status: "failed", failure: "not_permitted", detail: "journal", needsGroup: "systemd-journal" };
}

/**
 * A stack that is written to the standard output comes line by line, each an entry of its own: what goes on with an entry is as bad as that one. Of a
 * stack that two batches share, the later lines keep what they say themselves.
 */
function withChains(entries: readonly Entry[], towards: "older" | "newer"): readonly Entry[] {
  let level: LineLevel | undefined;
  const inOrder = (towards === "older" ? entries.toReversed() : entries).map((entry) => {
    if (level === undefined || entry.isAlone || !continuesEntry(entry.lines[0] ?? "")) {
      level = entry.level;
      return entry;
    }
    return { ...entry, level };
  });
  return towards === "older" ? inOrder.toReversed() : inOrder;
}

/** A line of output that makes no sense (cut off at the limit) is none. */
function parseEntry(line: string): readonly Entry[] {
  if (line === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [];
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return [];
  const { __CURSOR: cursor, __REALTIME_TIMESTAMP: microseconds, MESSAGE, PRIORITY } = parsed.data;
  const text = messageText(MESSAGE);
  const isAlone = PRIORITY !== undefined && ofPriority(PRIORITY) !== "info";
  return [{ cursor, at: microseconds / 1_000, level: levelFor(PRIORITY, text), isAlone, lines: linesOf(text) }];
}

function linesOf(text: string): readonly string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `… (+${lines.length - MOST_LINES})`];
}

/** journald gives text, bytes where it is no text, a list where a field was given twice, and null where it was too long. */
function messageText(message: unknown): string {
  if (typeof message === "string") return message;
  if (!Array.isArray(message)) return "";
  if (message.every((part) => typeof part === "number")) return Buffer.from(message).toString("utf8");
  return message.map(messageText).join("\n");
}

/** What a program writes to its standard output is “info” to journald, whatever it says: then the words count. */
function levelFor(priority: number | undefined, text: string): LineLevel | undefined {
  const given = priority === undefined ? undefined : ofPriority(priority);
  if (given !== undefined && given !== "info") return given;
  return levelOf(text)?.level ?? given;
}

async function fittingLines(entry: Entry, { contains, level }: LogQuery, clock: Clock): Promise<readonly string[]> {
  if (level !== undefined && !isAtLeast(entry.level, level)) return [];
  if (contains === undefined) return entry.lines;
  const needle = contains.toLowerCase();
  const fits = (line: string | undefined): boolean => line?.toLowerCase().includes(needle) === true;
  if (!entry.lines.some(fits)) return [];
  const masked = await maskLines(clock, entry.lines);
  return entry.lines.filter((line, index) => fits(line) && fits(masked.lines[index]));
}

/** Entries are shown whole: what is left out of one in the middle could not be turned to. */
async function shownLines(
  entries: readonly Entry[],
  clock: Clock,
): Promise<{ readonly shown: readonly LogLine[]; readonly secrets: number }> {
  const chosen = entries.flatMap((entry) => entry.lines.map((text, index) => ({ entry, text, isFirst: index === 0 })));
  if (chosen.length === 0) return { shown: [], secrets: 0 };
  const masked = await maskLines(
    clock,
    chosen.map(({ text }) => text),
  );
  const shown = chosen.map(({ entry, isFirst }, index): LogLine => {
    const raw = cut(masked.lines[index] ?? "");
    if (!isFirst) return { text: raw, raw };
    return { at: entry.at, ...(entry.level === undefined ? {} : { level: entry.level }), text: raw, raw };
  });
  return { shown, secrets: masked.count };
}

function cut(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE).replace(/[\uD800-\uDBFF]$/, "")}… (+${line.length - LONGEST_LINE})`;
}
