import type { Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { units } from "./units.js";

type Details = Readonly<Record<string, string>>;

const lines = (count: number): string => `${units.count(count)} ${count === 1 ? "line" : "lines"}`;

/** Why a log cannot be read and what to do. `detail`: a path or what was said; `group`: who would be allowed to. */
export function unreadable(details: Details): Text {
  const group = details["group"];
  const path = details["detail"] ? text` ${{ code: details["detail"] }}` : text``;
  const needs = group
    ? text`Toban needs the group ${{ code: group }}: add its user to it, and restart Toban.`
    : text`Let Toban's user read it.`;
  switch (details["failure"]) {
    case "not_permitted":
      return text`Toban is not permitted to read it. ${needs}`;
    case "not_found":
      return text`There is no such file${path}. Check the path in the configuration, or whether anything has been written yet.`;
    case "outside":
      return text`The link${path} leads out of the configured directory, so it was not followed. Configure the file itself.`;
    case "not_regular":
      return text`What stands there${path} is no regular file, so it was not opened. Configure a file.`;
    case "hard_linked":
      return text`The file${path} has a second name elsewhere (a hard link), so it may be anything and was not read. Remove the other name.`;
    case "no_journal":
      return text`There is no journal to be read on this machine. Is systemd's journal running here?`;
    case "deadline":
      return text`The journal did not answer in time. Ask for less, or for a shorter time.`;
    case "busy":
      return text`Several logs are being searched already. Ask again in a few seconds.`;
    default:
      return text`It could not be read${details["detail"] ? text` (${{ code: details["detail"] }})` : ""}. Toban's own log says more.`;
  }
}

export const logs = {
  journal: "journal",
  /** One letter for each level, before the text of a line. */
  letters: { error: "E", warning: "W", info: "I", debug: "D" },
  levelChoices: {
    error: "errors",
    warning: "warnings and worse",
    info: "information and worse",
    debug: "everything",
  },
  /** `shop-bot · journal · last 20 of 02:10–02:14 · 3 secrets masked`. */
  header: (source: string, from: string, span: Text, masked: Text): Text =>
    text`${{ code: source }} · ${from} · ${span}${masked}`,
  last: (count: number): Text => text`last ${units.count(count)}`,
  page: (count: number): Text => text`${lines(count)}`,
  of: (what: Text, from: string, to: string): Text =>
    from === to ? text`${what} of ${from}` : text`${what} of ${from}–${to}`,
  masked: (count: number): Text =>
    count === 0 ? text`` : text` · ${units.count(count)} ${count === 1 ? "secret" : "secrets"} masked`,
  nothing: text`nothing found`,
  nothingSoFar: text`nothing found so far`,
  nothingNewer: text`nothing newer yet`,
  contains: (needle: string): Text => text`with ${{ quote: needle }}`,
  level: {
    error: text`errors only`,
    warning: text`warnings and worse`,
    info: text`information and worse`,
    debug: text``,
  },
  since: (moment: string): Text => text`since ${moment}`,
  until: (moment: string): Text => text`until ${moment}`,
  /** What was looked for where, and what to do now. */
  lookedFor: (filter: Text | undefined, where: string, bytes: number): Text =>
    filter === undefined
      ? text`There is no line in ${{ code: where }} yet.`
      : text`Looked for lines ${filter} in ${{ code: where }}${bytes > 0 ? ` (${units.bytes(bytes)})` : ""}.`,
  /** What a file has in which nothing was found, so that one sees whether it is the right one. */
  extent: (bytes: number, span: { readonly first: string; readonly last: string } | undefined, written: string): Text =>
    span === undefined
      ? text`The file has ${units.bytes(bytes)} and was last written ${written}.`
      : text`The file has ${units.bytes(bytes)}, from ${span.first} to ${span.last}.`,
  extentEmpty: (written: string): Text =>
    text`The file is empty, and was last written ${written}: there is nothing to be found until its program writes into it.`,
  allOlder: text`All its lines are older: ask for an earlier ${{ quote: "since" }}, or see whether its program still writes into it.`,
  allNewer: text`All its lines are newer: ask for a later ${{ quote: "until" }}.`,
  /** What was asked for and might be asked for otherwise. */
  findMore: (asked: {
    readonly contains: boolean;
    readonly since: boolean;
    readonly until: boolean;
    readonly level: boolean;
  }): Text => {
    const ways = [
      ...(asked.contains ? [text`with a shorter text`] : []),
      ...(asked.since ? [text`with an earlier ${{ quote: "since" }}`] : []),
      ...(asked.until ? [text`with a later ${{ quote: "until" }}`] : []),
      ...(asked.level ? [text`for all levels`] : []),
    ];
    return ways.length === 0 ? text`` : text`To find more, ask ${join(ways, ", or ")}.`;
  },
  events: {
    rotated: text`The file has been rotated: this goes over into the one next to it.`,
    truncated: text`The file was emptied or replaced since: these are its newest lines.`,
    restricted: text`Only a part of the journal: for all of it, Toban needs the group ${{ code: "systemd-journal" }}.`,
    unstamped: text`Its lines do not say when they were written, so the times asked for could not be kept to. If they do, tell how with ${{ code: "stamp:" }} in the configuration.`,
    stepped_back: text`Its times go back: a clock was set back, or it is the hour that there is twice in autumn. Lines stand in the order in which they were written.`,
    hole: text`Zeros between its lines were left out: a hole that is left when a file is emptied under a program that goes on writing where it was.`,
  },
  stopped: (at: string | undefined, bytes: number): Text =>
    text`Stopped looking${at === undefined ? "" : ` at ${at}`}${bytes > 0 ? ` after ${units.bytes(bytes)}` : ""}: there may be more. The buttons go on from there.`,
  stoppedBare: (at: string | undefined): Text =>
    text`Stopped looking${at === undefined ? "" : ` at ${at}`}: there may be more.`,
  attached: (shown: number, all: number): Text =>
    text`Here the newest ${lines(shown)}; all ${units.count(all)} are in the attached file.`,
  older: "Older",
  newer: "Newer",
  errorsOnly: "Errors only",
  allLevels: "All levels",
  asFile: "As file",
  fileName: (source: string): string => `${source.replaceAll("/", "-")}.log.txt`,
  moment: "a time such as 10m, 14:00 or 2026-01-05 14:00",
  order: "a time before “until”",
  cli: {
    summary: "lines of a log: a unit's journal, or a configured file",
    takes: "<source>",
    options: {
      lines: { takes: "<count>", help: "how many at most (20)" },
      since: { takes: "<time>", help: "not before: 10m, 14:00, “2026-01-05 14:00”" },
      until: { takes: "<time>", help: "not after" },
      contains: { takes: "<text>", help: "only lines with this text; upper and lower case are the same" },
      level: { takes: "<level>", help: "error, warning, info or debug: lines this bad or worse" },
    },
    sources: (names: readonly string[]): string =>
      names.length === 0
        ? "No log is configured: a target of kind “unit” has its journal, “logs:” under any target names files."
        : `There is: ${names.join(", ")}.`,
  },
} as const;
