import type { Zone } from "../../base/zoned-time.js";

/** Where a line says when it was written. */
export interface Stamp {
  /** UTC milliseconds. */
  readonly at: number;
  /** The characters of the line that say so. */
  readonly from: number;
  readonly to: number;
}

/** What is needed to read a stamp that leaves something out. */
export interface StampContext {
  /** For stamps without an offset. */
  readonly zone: Zone;
  /** A moment not long after the last line: for stamps without a year. */
  readonly reference: number;
}

const DAY_MS = 86_400_000;
/** Further in, a date is what the line talks about. */
const LATEST_START = 48;
/** Access logs name the client, the user and sometimes the host first. */
const LATEST_ACCESS_START = 160;

const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const ISO =
  /(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d:?\d\d)(?![\d:]))?/;
const SYSLOG = new RegExp(`^(?:<\\d{1,3}>)?(${MONTHS}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?`);
const ACCESS = new RegExp(`\\[(\\d\\d)/(${MONTHS})/(\\d{4}):(\\d\\d):(\\d\\d):(\\d\\d) ([+-]\\d{4})\\]`);
/** Seconds with or without a fraction, or milliseconds, at the beginning; between 2001 and 2128. */
const EPOCH = /^\[?(?:([1-4]\d{9})(?:[.,](\d{1,9}))?|([1-4]\d{12}))(?![\w.-])\]?/;
const JSON_TIME =
  /"(?:time|timestamp|ts|@timestamp)" ?: ?(?:([1-4]\d{9})(?:\.(\d{1,9}))?(?!\d)|([1-4]\d{12})(?!\d)|"(\d{4}-[^"]{10,40})")/;

/** When a line was written: ISO 8601, syslog, access logs, seconds or milliseconds since 1970, and the time of JSON lines. */
export function stampOf(line: string, context: StampContext): Stamp | undefined {
  const head = line.slice(0, 512);
  if (head.startsWith("{")) return jsonStamp(head, context);
  return isoStamp(head, context) ?? syslogStamp(head, context) ?? accessStamp(head) ?? epochStamp(head);
}

function jsonStamp(head: string, context: StampContext): Stamp | undefined {
  const found = JSON_TIME.exec(head);
  if (found === null) return undefined;
  const [all, seconds, fraction, milliseconds, iso] = found;
  const at =
    iso === undefined
      ? seconds === undefined
        ? Number(milliseconds)
        : Number(seconds) * 1_000 + millisecondsOf(fraction)
      : isoStamp(iso, context)?.at;
  return at === undefined ? undefined : { at, from: found.index, to: found.index + all.length };
}

function isoStamp(head: string, { zone }: StampContext): Stamp | undefined {
  const found = ISO.exec(head);
  if (found === null || found.index > LATEST_START) return undefined;
  const [all, year, month, day, hour, minute, second, fraction, offset] = found;
  const local = localTime(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (local === undefined) return undefined;
  const exact = local + millisecondsOf(fraction);
  const at = offset === undefined ? zone.toUtc(exact) : exact - offsetMs(offset);
  return { at, from: found.index, to: found.index + all.length };
}

/** Without a year: the latest one that does not make it lie in the future. */
function syslogStamp(head: string, { zone, reference }: StampContext): Stamp | undefined {
  const found = SYSLOG.exec(head);
  if (found === null) return undefined;
  const [all, month, day, hour, minute, second, fraction] = found;
  const year = new Date(zone.toLocal(reference)).getUTCFullYear();
  for (const candidate of [year + 1, year, year - 1]) {
    const local = localTime(candidate, monthOf(month), Number(day), Number(hour), Number(minute), Number(second));
    if (local === undefined) continue;
    const at = zone.toUtc(local + millisecondsOf(fraction));
    if (at <= reference + DAY_MS) return { at, from: 0, to: all.length };
  }
  return undefined;
}

function accessStamp(head: string): Stamp | undefined {
  const found = ACCESS.exec(head);
  if (found === null || found.index > LATEST_ACCESS_START) return undefined;
  const [all, day, month, year, hour, minute, second, offset = "+0000"] = found;
  const local = localTime(Number(year), monthOf(month), Number(day), Number(hour), Number(minute), Number(second));
  if (local === undefined) return undefined;
  return { at: local - offsetMs(offset), from: found.index, to: found.index + all.length };
}

function epochStamp(head: string): Stamp | undefined {
  const found = EPOCH.exec(head);
  if (found === null) return undefined;
  const [all, seconds, fraction, milliseconds] = found;
  const at = seconds === undefined ? Number(milliseconds) : Number(seconds) * 1_000 + millisecondsOf(fraction);
  return { at, from: 0, to: all.length };
}

function monthOf(name: string | undefined): number {
  return MONTHS.split("|").indexOf(name ?? "") + 1;
}

function millisecondsOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"));
}

function offsetMs(offset: string): number {
  if (offset === "Z" || offset === "UTC") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith("-") ? -1 : 1) * minutes * 60_000;
}

/** As `Date.UTC`, but a day or an hour that does not exist is none. A second may be a leap one. */
function localTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000;
}
