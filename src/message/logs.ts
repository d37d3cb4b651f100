import type { Text } from "../base/text.js";
import { join } from "../base/text.js";
import { zoneOf } from "../base/zoned-time.js";
import type { Zone } from "../base/zoned-time.js";
import type { Catalogue } from "../locale/index.js";
import type { LogLine, LogView } from "../model/log.js";
import type { Message, MessageAction, MessageFile } from "../model/message.js";
import { CODE_COLUMNS } from "./block.js";
import { wrap } from "./clip.js";
import { disarmBlock } from "./markdown.js";
import { oneLine } from "./sanitize.js";

/** What a block may take of a message beside its other lines, as the strictest receiver counts. */
const BLOCK_LENGTH = 3_300;
/** So many rows of a phone are two screens with what stands around them; beyond, the newest are shown and all attached. */
const BLOCK_ROWS = 60;
const ROWS_BESIDE_FILE = 30;

/** Ids of the buttons; absent ones are not shown. */
export interface LogActions {
  readonly older?: string;
  readonly newer?: string;
  /** Errors only, or every level again. */
  readonly errors?: string;
  readonly file?: string;
}

/** A page of a log: time, letter of the level, text. */
export function renderLogs(view: LogView, actions: LogActions, catalogue: Catalogue): Message {
  const words = catalogue.logs;
  const zone = zoneOf(view.timezone);
  const { page } = view;
  const isInTerminal = Object.keys(actions).length === 0;
  const isWhole = isInTerminal || fits(blockRows(page.lines, zone, catalogue), BLOCK_ROWS);
  const shown = isWhole ? page.lines : newest(page.lines, zone, catalogue);
  const rows = blockRows(shown, zone, catalogue);
  const attached = isWhole ? [] : [words.attached(shown.length, page.lines.length)];
  const lines = [...noteLines(view, zone, isInTerminal, catalogue), ...attached];
  return {
    locale: catalogue.locale,
    tone: "info",
    summary: header(view, zone, catalogue),
    mentions: [],
    lines,
    ...(rows.length === 0 ? {} : { block: rows.join("\n") }),
    actions: buttons(view, actions, catalogue),
    files: isWhole ? [] : [logFile(view, catalogue)],
  };
}

/** The lines as they were written, but for their secrets. */
export function logFile(view: LogView, catalogue: Catalogue): MessageFile {
  const zone = zoneOf(view.timezone);
  const isJournal = view.from.kind === "journal";
  const rows = view.page.lines.map((line) => {
    const raw = oneLine(line.raw);
    return isJournal && line.at !== undefined ? `${day(line.at, zone)} ${clock(line.at, zone)} ${raw}` : raw;
  });
  return { name: catalogue.logs.fileName(view.source), content: `${rows.join("\n")}\n` };
}

/** An answer that is a file: the same header, and the lines attached. */
export function renderLogFile(view: LogView, catalogue: Catalogue): Message {
  const zone = zoneOf(view.timezone);
  return {
    locale: catalogue.locale,
    tone: "info",
    summary: header(view, zone, catalogue),
    mentions: [],
    lines: noteLines(view, zone, true, catalogue),
    actions: [],
    files: view.page.lines.length === 0 ? [] : [logFile(view, catalogue)],
  };
}

function header(view: LogView, zone: Zone, catalogue: Catalogue): Text {
  const words = catalogue.logs;
  const from = view.from.kind === "journal" ? words.journal : fileName(view.from.path);
  const { lines, secrets } = view.page;
  if (lines.length === 0) {
    const isNewest = view.turned && view.page.newer !== undefined && filterWords(view, zone, catalogue) === undefined;
    const nothing = view.page.stopped === undefined ? words.nothing : words.nothingSoFar;
    return words.header(view.source, from, isNewest ? words.nothingNewer : nothing, []);
  }
  const count = view.turned ? words.page(lines.length) : words.last(lines.length);
  const times = lines.flatMap((line) => line.at ?? []);
  const [first, last] = [times[0], times.at(-1)];
  const span =
    first === undefined || last === undefined
      ? count
      : words.of(count, minute(first, zone, last), minute(last, zone, first));
  return words.header(view.source, from, span, words.masked(secrets));
}

function noteLines(view: LogView, zone: Zone, isBare: boolean, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.logs;
  const { page, query } = view;
  const filter = filterWords(view, zone, catalogue);
  const where = view.from.kind === "journal" ? view.from.unit : view.from.path;
  const stoppedAt =
    page.stopped?.at === undefined ? undefined : `${day(page.stopped.at, zone)} ${clock(page.stopped.at, zone)}`;
  const isEmpty = page.lines.length === 0;
  const isNarrow =
    query.contains !== undefined || query.level !== undefined || query.since !== undefined || query.until !== undefined;
  return [
    ...(isEmpty && !view.turned
      ? [words.lookedFor(filter, where, page.searchedBytes)]
      : filter === undefined
        ? []
        : [filter]),
    ...(isEmpty && isNarrow && page.stopped === undefined ? whatElse(view, zone, catalogue) : []),
    ...page.events.map((event) => words.events[event]),
    ...(page.stopped === undefined
      ? []
      : [isBare ? words.stoppedBare(stoppedAt) : words.stopped(stoppedAt, page.searchedBytes)]),
  ];
}

/** Nothing was found: what there is instead, and what would find more. */
function whatElse({ page: { extent }, query }: LogView, zone: Zone, { logs: words }: Catalogue): readonly Text[] {
  const moment = (at: number): string => `${day(at, zone)} ${clock(at, zone)}`;
  const { size, modifiedAt = 0, first, last } = extent ?? {};
  if (size === 0) return [words.extentEmpty(moment(modifiedAt))];
  const span = first === undefined || last === undefined ? undefined : { first: moment(first), last: moment(last) };
  const there = size === undefined ? [] : [words.extent(size, span, moment(modifiedAt))];
  if (last !== undefined && query.since !== undefined && last < query.since) return [...there, words.allOlder];
  if (first !== undefined && query.until !== undefined && first > query.until) return [...there, words.allNewer];
  const more = words.findMore({
    contains: query.contains !== undefined,
    // What lies before the first line and after the last one cannot have more.
    since: query.since !== undefined && query.since > (first ?? -Infinity),
    until: query.until !== undefined && query.until < (last ?? Infinity),
    level: query.level !== undefined && query.level !== "debug",
  });
  return more.length === 0 ? there : [...there, more];
}

function filterWords({ query }: LogView, zone: Zone, { logs: words }: Catalogue): Text | undefined {
  const moment = (at: number): string => `${day(at, zone)} ${clock(at, zone)}`;
  const parts = [
    query.contains === undefined ? [] : words.contains(query.contains),
    query.level === undefined ? [] : words.level[query.level],
    query.since === undefined ? [] : words.since(moment(query.since)),
    query.until === undefined ? [] : words.until(moment(query.until)),
  ].filter((part) => part.length > 0);
  return parts.length === 0 ? undefined : join(parts, ", ");
}

/** `02:10:33 E text`; a row of its own where a new day begins. A line without a time stands under the text of the one before. */
function blockRows(lines: readonly LogLine[], zone: Zone, catalogue: Catalogue): readonly string[] {
  const rows: string[] = [];
  let shownDay: string | undefined;
  const days = new Set(lines.flatMap((line) => (line.at === undefined ? [] : [day(line.at, zone)])));
  for (const line of lines) {
    const today = line.at === undefined ? undefined : day(line.at, zone);
    if (days.size > 1 && today !== undefined && today !== shownDay) rows.push(`— ${today} —`);
    shownDay = today ?? shownDay;
    rows.push(rowOf(line, zone, catalogue));
  }
  return rows;
}

function rowOf(line: LogLine, zone: Zone, catalogue: Catalogue): string {
  const said = oneLine(line.text).trimEnd();
  const letter = line.level === undefined ? "" : `${catalogue.logs.letters[line.level]} `;
  return line.at === undefined ? `${letter || "  "}${said}` : `${clock(line.at, zone)} ${letter}${said}`;
}

/** Whether these rows, wrapped for a phone, are few and short enough for a message. */
function fits(rows: readonly string[], most: number): boolean {
  const wrapped = rows.flatMap((row) => wrap(row, CODE_COLUMNS));
  return wrapped.length <= most && wrapped.reduce((sum, row) => sum + disarmBlock(row).length + 1, 0) <= BLOCK_LENGTH;
}

/** The newest lines that stand beside the file with all of them; the last one always, however long it is. */
function newest(lines: readonly LogLine[], zone: Zone, catalogue: Catalogue): readonly LogLine[] {
  let from = lines.length - 1;
  while (from > 0 && fits(blockRows(lines.slice(from - 1), zone, catalogue), ROWS_BESIDE_FILE)) from -= 1;
  return lines.slice(from);
}

function buttons(view: LogView, actions: LogActions, { logs: words }: Catalogue): readonly MessageAction[] {
  const errorsLabel = view.query.level === "error" ? words.allLevels : words.errorsOnly;
  // Of nothing there are no errors to pick out, and no file to make; but what was left out can be asked for.
  const isEmpty = view.page.lines.length === 0 && !view.turned;
  const wanted: readonly (readonly [string | undefined, string])[] = [
    [actions.older, words.older],
    [actions.newer, words.newer],
    [isEmpty && view.query.level !== "error" ? undefined : actions.errors, errorsLabel],
    [isEmpty ? undefined : actions.file, words.asFile],
  ];
  return wanted.flatMap(([id, label]) => (id === undefined ? [] : [{ id, label, style: "secondary" } as const]));
}

function fileName(path: string): string {
  return oneLine(path.slice(path.lastIndexOf("/") + 1));
}

/** `2026-01-05`. */
function day(at: number, zone: Zone): string {
  return iso(at, zone).slice(0, 10);
}

/** `02:10:33`. */
function clock(at: number, zone: Zone): string {
  return iso(at, zone).slice(11, 19);
}

/** `02:10`, with the day when the other end of the span is on another one. */
function minute(at: number, zone: Zone, other: number): string {
  const time = iso(at, zone).slice(11, 16);
  return day(at, zone) === day(other, zone) ? time : `${day(at, zone)} ${time}`;
}

function iso(at: number, zone: Zone): string {
  const local = new Date(Math.trunc(zone.toLocal(at)));
  return Number.isNaN(local.getTime()) ? "????-??-?? ??:??:??" : local.toISOString();
}
