import { parseDuration } from "./quantity.js";

/** Calendar and clock as they are read off a wall somewhere. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timezone: string): Intl.DateTimeFormat {
  const found = formats.get(timezone);
  if (found) return found;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(timezone, made);
  return made;
}

function wallTime(at: number, timezone: string): WallTime {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

function asUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The calendar day there: `2026-01-05`. */
export function localDay(at: number, timezone: string): string {
  const { year, month, day } = wallTime(at, timezone);
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
}

/**
 * The first instant at which a clock there shows that time. A time that is left out when clocks go forward is the instant they do.
 */
function instantOf(wanted: WallTime, timezone: string): number {
  const guess = asUtc(wanted);
  const offsetAt = (at: number): number => asUtc(wallTime(at, timezone)) - at;
  // The zone's offsets around that day: before and after a change, if there is one.
  const offsets = [...new Set([offsetAt(guess - DAY_MS), offsetAt(guess + DAY_MS)])];
  const fitting = offsets.map((offset) => guess - offset).filter((at) => asUtc(wallTime(at, timezone)) === guess);
  if (fitting.length > 0) return Math.min(...fitting);
  return firstAfter(guess - Math.max(...offsets), guess - Math.min(...offsets), (at) => at + offsetAt(at) > guess);
}

/** The first millisecond in (low, high] where a condition holds that then goes on holding. */
function firstAfter(low: number, high: number, holds: (at: number) => boolean): number {
  let [no, yes] = [low, high];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

const DAY_MS = 86_400_000;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z)?$/;

/**
 * A moment in the past as people say it: `2h` (ago), `14:00` (the last time a clock there showed it), `2026-01-05`,
 * `2026-01-05 14:00`, the same with `T` and `Z` (UTC). UTC milliseconds; undefined for anything else.
 */
export function parseMoment(text: string, now: number, timezone: string): number | undefined {
  const words = text.trim();
  const ago = parseDuration(words);
  if (ago !== undefined) return now - ago;
  const clock = CLOCK.exec(words);
  if (clock) {
    const [hour = 0, minute = 0, second = 0] = clock.slice(1).map((part) => Number(part ?? 0));
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const on = (at: number): number => instantOf({ ...wallTime(at, timezone), hour, minute, second }, timezone);
    const today = on(now);
    return today <= now ? today : on(now - DAY_MS);
  }
  const date = DATE.exec(words);
  if (!date) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = date
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wanted = { year, month, day, hour, minute, second };
  const utc = asUtc(wanted);
  // Date.UTC makes the 31st of February the 3rd of March; what was meant is not known.
  const back = new Date(utc);
  const exists =
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    back.getUTCHours() === hour &&
    minute < 60 &&
    second < 60;
  if (!exists) return undefined;
  return date[7] === "Z" ? utc : instantOf(wanted, timezone);
}
