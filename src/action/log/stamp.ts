import type { StampFormat } from "../../base/stamp-format.js";
import type { Zone } from "../../base/zoned-time.js";
import { jsonFields, unescaped } from "./json-fields.js";
import { momentIn, ZONE_PATTERN } from "./line-zone.js";

/** Where a line says when it was written. */
export interface Stamp {
  /** UTC milliseconds. */
  readonly at: number;
  /** The characters of the line that say so. */
  readonly from: number;
  readonly to: number;
}

/** In which order the numbers of a date with slashes stand: only the lines of a file together can tell. */
const SLASH_ORDERS = ["ymd", "mdy", "dmy"] as const;
type SlashOrder = (typeof SLASH_ORDERS)[number];

/** What is needed to read a stamp that leaves something out. */
export interface StampContext {
  /** For stamps without an offset. */
  readonly zone: Zone;
  /** A moment not long after the last line: for stamps without a year. */
  readonly reference: number;
  /** How the times of this log are written, where its configuration says so: then nothing else is one. */
  readonly stampFormat?: StampFormat;
  readonly slashOrder?: SlashOrder;
  /** Forms that lines of this log have: tried first. */
  readonly likelyForms?: readonly StampForm[];
}

const DAY_MS = 86_400_000;
/** Further in, a date is what the line talks about. */
const LATEST_START = 48;
/** Access logs name the client, the user and sometimes the host first; so may lines whose format was configured. */
const LATEST_ACCESS_START = 160;
const LONGEST_STAMP = 64;

const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const TIME = String.raw`(?<hour>[ \d]?\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?(?: ?(?<half>[AaPp]\.?[Mm]\b\.?))?`;
const ZONE = String.raw`(?: ?(?<zone>${ZONE_PATTERN}))?`;
const DAY_NAME = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?";
const MONTH = String.raw`(?<monthName>${MONTHS})[a-z]{0,6}\.?`;

/** One way to write a time. */
export interface StampForm {
  readonly pattern: RegExp;
  readonly latestStart: number;
}

const form = (pattern: string, latestStart: number = LATEST_START): StampForm => ({
  pattern: new RegExp(pattern),
  latestStart,
});

const SLASHED = form(String.raw`(?<![\d/])(?<a>\d{1,4})[/-](?<b>\d{1,2})[/-](?<c>\d{4}|\d\d),? ${TIME}${ZONE}`);

/** How programs write a time, the surest first. A form without a year is looked for where such lines have it, not anywhere. */
const FORMS: readonly StampForm[] = [
  // Blue Gene's begins with the second of another clock, which would be taken for it.
  form(
    String.raw`^\S{1,24} [1-4]\d{9} \d{4}\.\d\d\.\d\d \S{1,40} (?<stamp>(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)-(?<hour>\d\d)\.(?<minute>\d\d)\.(?<second>\d\d)\.(?<fraction>\d{1,9}))`,
  ),
  // ISO 8601 and what is like it: MariaDB pads the hour with a blank.
  form(String.raw`(?<!\d)(?<year>\d{4})[-/.](?<month>\d\d)[-/.](?<day>\d\d)(?:T|,? ) ?${TIME}${ZONE}`),
  form(
    String.raw`(?<!\d)(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)-(?<hour>\d\d)\.(?<minute>\d\d)\.(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?`,
  ),
  form(
    String.raw`(?<![\w.-])(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)T(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?${ZONE}`,
  ),
  // HealthApp on Android does not pad at all; Google's logging library writes `I20260624 14:05:00.123`.
  form(
    String.raw`^[\[IWEF]?(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)[- ](?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:[:.,](?<fraction>\d{1,9}))?(?![\d:])`,
  ),
  // Apache's error log and asctime: the year comes last.
  form(
    String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \d]?\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?(?: (?<zone>${ZONE_PATTERN}))? (?<year>\d{4})(?!\d)`,
  ),
  // Redis, PHP, HTTP dates.
  form(
    String.raw`(?<!\w)${DAY_NAME}(?<day>\d{1,2})[- /]${MONTH}[- /,](?: ?)(?<year>\d{4})[ T:,] ?${TIME}${ZONE}`,
    LATEST_ACCESS_START,
  ),
  // `Jun 24, 2025 2:05:02 PM`, as Java's own logging writes it.
  form(String.raw`(?<!\w)${DAY_NAME}${MONTH} (?<day>[ \d]?\d),? (?<year>\d{4}),? ${TIME}${ZONE}`),
  form(
    String.raw`(?<![\d.])(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d\d),? (?<hour>[ \d]?\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?${ZONE}`,
  ),
  SLASHED,
  // Syslog, with the priority that relays put before it.
  form(
    String.raw`^(?:<\d{1,3}>)?${DAY_NAME}(?<stamp>${MONTH} +(?<day>\d{1,2}) (?:(?<year>\d{4}) )?(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?${ZONE})`,
  ),
  // Redis before version 3.
  form(
    String.raw`^\[\d{1,7}\] (?<stamp>(?<day>\d\d) ${MONTH} (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)`,
  ),
  // Android; Google's logging library; Proxifier.
  form(String.raw`^(?<month>\d\d)-(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\.(?<fraction>\d{1,9})`),
  form(
    String.raw`^[IWEF](?<month>\d\d)(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\.(?<fraction>\d{1,9})`,
  ),
  form(String.raw`^\[(?<month>\d\d)\.(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\]`),
  // The distributed file system of Hadoop, and old versions of MySQL.
  form(
    String.raw`^(?<shortYear>\d\d)(?<month>\d\d)(?<day>\d\d) (?<hour>[ \d]?\d):?(?<minute>\d\d):?(?<second>\d\d)(?=\s)`,
  ),
];
/** Seconds with or without a fraction, or smaller parts of one, at the beginning (behind one word of a mark, if the date follows). */
const EPOCH =
  /^(?:\S{1,24} (?=\d{10} \d{4}\.\d\d\.\d\d )|\[)?(?<stamp>([1-4]\d{9})(?:[.,](\d{1,9}))?|([1-4]\d{12}(?:\d{3}){0,2}))(?![\w.-])\]?/;
/** What every form has somewhere. Most lines of a stack have nothing of the kind. */
const TIME_LIKE = /\d[:.]\d\d?[:.]\d|\d{6}/;

const JSON_KEYS: ReadonlySet<string> = new Set([
  "time",
  "timestamp",
  "ts",
  "t",
  "date",
  "datetime",
  "asctime",
  "eventtime",
  "created",
  "instant.epochsecond",
  "t.$date",
  "t.$date.$numberlong",
]);

/** When a line was written, in any of the forms above or in the one that is configured. The line is without escape sequences. */
export function stampOf(line: string, context: StampContext): Stamp | undefined {
  if (context.stampFormat !== undefined) return configuredStamp(line, context, context.stampFormat);
  if (line.startsWith("{")) return jsonStamp(line, context);
  const head = line.slice(0, LATEST_ACCESS_START + LONGEST_STAMP);
  return TIME_LIKE.test(head) ? textStamp(head, context) : undefined;
}

function textStamp(head: string, context: StampContext): Stamp | undefined {
  for (const each of context.likelyForms ?? []) {
    const stamp = stampInForm(head, each, context);
    if (stamp !== undefined) return stamp;
  }
  for (const each of FORMS) {
    const stamp = stampInForm(head, each, context);
    if (stamp !== undefined) return stamp;
  }
  return epochStamp(head);
}

function stampInForm(head: string, { pattern, latestStart }: StampForm, context: StampContext): Stamp | undefined {
  const found = pattern.exec(latestStart === LATEST_START ? head.slice(0, LATEST_START + LONGEST_STAMP) : head);
  if (found?.groups === undefined || found.index > latestStart) return undefined;
  const at = momentOf(found.groups, context);
  return at === undefined ? undefined : { at, ...placeOf(found, found.groups["stamp"]) };
}

/** Where the stamp itself stands in what was found. */
function placeOf(found: RegExpExecArray, stamp: string | undefined): { readonly from: number; readonly to: number } {
  const from = found.index + (stamp === undefined ? 0 : found[0].indexOf(stamp));
  return { from, to: from + (stamp ?? found[0]).length };
}

function epochStamp(head: string): Stamp | undefined {
  const found = EPOCH.exec(head);
  if (found === null) return undefined;
  const [all, stamp = all, seconds, fraction, smaller] = found;
  const at = seconds === undefined ? epochMs(Number(smaller)) : Number(seconds) * 1_000 + millisecondsOf(fraction);
  return { at, ...(stamp === all ? { from: 0, to: all.length } : placeOf(found, all.startsWith("[") ? all : stamp)) };
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: of any moment of our days only one of them is meant. */
function epochMs(value: number): number {
  if (value < 1e11) return value * 1_000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1_000 : value / 1_000_000;
}

function jsonStamp(line: string, context: StampContext): Stamp | undefined {
  for (const { path, value } of jsonFields(line)) {
    const key = path.toLowerCase().replace(/^[@_]+/, "");
    if (!JSON_KEYS.has(key)) continue;
    const at = typeof value === "number" ? numberMoment(value) : writtenMoment(unescaped(value), context);
    if (at !== undefined) return { at, from: 0, to: 0 };
  }
  return undefined;
}

/** Between 2001 and 2128; other numbers are something else. */
function numberMoment(value: number): number | undefined {
  const at = epochMs(value);
  return value >= 1e9 && at < 5e12 ? Math.trunc(at) : undefined;
}

function writtenMoment(value: string, context: StampContext): number | undefined {
  return /^\d{10,19}(?:\.\d+)?$/.test(value) ? numberMoment(Number(value)) : textStamp(value.slice(0, 80), context)?.at;
}

function configuredStamp(line: string, context: StampContext, format: StampFormat): Stamp | undefined {
  const head = line.slice(0, LATEST_ACCESS_START + LONGEST_STAMP);
  const found = format.pattern.exec(head);
  if (found === null) return undefined;
  const fields: Record<string, string | undefined> = {};
  for (const [index, part] of format.parts.entries()) fields[part === "hour12" ? "hour" : part] = found[index + 1];
  const { seconds, milliseconds, fraction } = fields;
  const at =
    seconds === undefined && milliseconds === undefined
      ? momentOf(fields, context)
      : milliseconds === undefined
        ? Number(seconds) * 1_000 + millisecondsOf(fraction)
        : Number(milliseconds);
  return at === undefined ? undefined : { at, from: found.index, to: found.index + found[0].length };
}

/** What the named groups of a form hold. */
type Fields = Readonly<Record<string, string | undefined>>;

/** A day or an hour that does not exist is none. Without a year: the latest one that does not make it lie in the future. */
function momentOf(fields: Fields, context: StampContext): number | undefined {
  const { zone, reference } = context;
  const date = fields["a"] === undefined ? dateOf(fields) : slashDate(fields, context);
  const hour = hourOf(fields);
  if (date === undefined || hour === undefined) return undefined;
  const { year, month, day } = date;
  const [minute, second] = [Number(fields["minute"] ?? 0), Number(fields["second"] ?? 0)];
  const at = (ofYear: number): number | undefined => {
    const local = localTime(ofYear, month, day, hour, minute, second);
    return local === undefined ? undefined : momentIn(fields["zone"], local + millisecondsOf(fields["fraction"]), zone);
  };
  if (year !== undefined) return at(year);
  const latest = new Date(zone.toLocal(reference)).getUTCFullYear();
  // A leap day may be years ago.
  for (let candidate = latest + 1; candidate >= latest - 8; candidate -= 1) {
    const found = at(candidate);
    if (found !== undefined && found <= reference + DAY_MS) return found;
  }
  return undefined;
}

interface CalendarDay {
  readonly year: number | undefined;
  readonly month: number;
  readonly day: number;
}

function dateOf(fields: Fields): CalendarDay {
  const { year, shortYear, month, monthName, day } = fields;
  const written = year ?? shortYear;
  return {
    year: written === undefined ? undefined : fullYear(written),
    month: monthName === undefined ? Number(month) : MONTHS.split("|").indexOf(monthName.slice(0, 3)) + 1,
    day: Number(day),
  };
}

/** `17/06/09` and `06/24/2025`: in the order that the file's lines have, else in the first in which there is such a day that is not in the future. */
function slashDate(fields: Fields, { slashOrder, reference }: StampContext): CalendarDay | undefined {
  const preferred = slashOrder === undefined ? undefined : inOrder(fields, slashOrder);
  if (preferred !== undefined) return preferred;
  const dates = SLASH_ORDERS.flatMap((order) => inOrder(fields, order) ?? []);
  return dates.find((date) => (midnight(date) ?? Infinity) <= reference + DAY_MS) ?? dates[0];
}

/** The day, if there is such a one. */
function inOrder({ a = "", b = "", c = "" }: Fields, order: SlashOrder): CalendarDay | undefined {
  const [year, month, day] = order === "ymd" ? [a, b, c] : order === "mdy" ? [c, a, b] : [c, b, a];
  if (month.length > 2 || day.length > 2 || year.length % 2 === 1) return undefined;
  const date = { year: fullYear(year), month: Number(month), day: Number(day) };
  return midnight(date) === undefined ? undefined : date;
}

function midnight({ year = NaN, month, day }: CalendarDay): number | undefined {
  return localTime(year, month, day, 0, 0, 0);
}

/** Two digits are years from 1970 to 2069. */
function fullYear(written: string): number {
  const year = Number(written);
  if (written.length > 2) return year;
  return year < 70 ? 2_000 + year : 1_900 + year;
}

function hourOf({ hour, half }: Fields): number | undefined {
  const value = Number(hour);
  if (half === undefined) return value;
  if (value < 1 || value > 12) return undefined;
  return (value % 12) + (half.toLowerCase().startsWith("p") ? 12 : 0);
}

function millisecondsOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"));
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

/** What the lines of one log have in common, judged by some of them. */
export function stampHabits(lines: readonly string[], context: StampContext): Partial<StampContext> {
  const counted = FORMS.map((each) => ({ each, count: lines.filter((line) => isInForm(line, each, context)).length }));
  const likelyForms = counted
    .filter(({ count }) => count > lines.length / 4)
    .toSorted((one, other) => other.count - one.count)
    .map(({ each }) => each);
  const slashOrder = lines.some((line) => SLASHES.test(line)) ? slashOrderOf(lines, context) : undefined;
  return { likelyForms, ...(slashOrder === undefined ? {} : { slashOrder }) };
}

const SLASHES = /\d[/-]\d\d?[/-]\d/;

function isInForm(line: string, each: StampForm, context: StampContext): boolean {
  const head = line.slice(0, LATEST_ACCESS_START + LONGEST_STAMP);
  return !head.startsWith("{") && TIME_LIKE.test(head) && stampInForm(head, each, context) !== undefined;
}

/** The order of dates with slashes in which most lines have a day that is not in the future; of equals, the one whose last line is the newest. */
function slashOrderOf(lines: readonly string[], { reference }: StampContext): SlashOrder | undefined {
  const written = lines.flatMap((line): readonly Fields[] => {
    const fields = SLASHED.pattern.exec(line.slice(0, LATEST_START + LONGEST_STAMP))?.groups;
    return fields === undefined ? [] : [fields];
  });
  const counted = SLASH_ORDERS.map((order) => {
    const days = written.flatMap((fields) => inOrder(fields, order) ?? []).flatMap((date) => midnight(date) ?? []);
    const past = days.filter((at) => at <= reference + DAY_MS);
    return { order, count: past.length, last: past.at(-1) ?? -Infinity };
  });
  return counted.toSorted((one, other) => other.count - one.count || other.last - one.last)[0]?.order;
}
