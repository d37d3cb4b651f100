import { parseDuration } from "./quantity.js";
import { zoneOf } from "./zoned-time.js";

/** The calendar day there: `2026-01-05`. */
export function localDay(at: number, timezone: string): string {
  return new Date(zoneOf(timezone).toLocal(at)).toISOString().slice(0, 10);
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
    const zone = zoneOf(timezone);
    const midnight = Math.floor(zone.toLocal(now) / DAY_MS) * DAY_MS;
    const local = midnight + Date.UTC(1970, 0, 1, hour, minute, second);
    const today = zone.toUtc(local);
    return today <= now ? today : zone.toUtc(local - DAY_MS);
  }
  const date = DATE.exec(words);
  if (!date) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = date
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC makes the 31st of February the 3rd of March, and the year 99 1999; what was meant is not known.
  const back = new Date(utc);
  const exists =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    back.getUTCHours() === hour &&
    minute < 60 &&
    second < 60;
  if (!exists) return undefined;
  return date[7] === "Z" ? utc : zoneOf(timezone).toUtc(utc);
}
