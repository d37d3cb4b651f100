const SIZES = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Formatters are dear to make and cheap to use; there are a dozen at most. */
const relatives = new Map<string, Intl.RelativeTimeFormat>();
const absolutes = new Map<string, Intl.DateTimeFormat>();

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const known = relatives.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  relatives.set(locale, known);
  return known;
}

function absoluteFormat(locale: string, style: string): Intl.DateTimeFormat {
  const options = STYLES[style] ?? { dateStyle: "long", timeStyle: "short" };
  const known = absolutes.get(`${locale} ${style}`) ?? new Intl.DateTimeFormat(locale, options);
  absolutes.set(`${locale} ${style}`, known);
  return known;
}

/** "4 minutes ago", "in 5 hours", as Discord's client words it. */
export function relative(seconds: number, nowSeconds: number, locale: string): string {
  const away = Math.round(seconds - nowSeconds);
  const format = relativeFormat(locale);
  const size = SIZES.find(([, length]) => Math.abs(away) >= length);
  return size === undefined ? format.format(away, "second") : format.format(Math.round(away / size[1]), size[0]);
}

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

/** A moment in Discord's style letter; a moment beyond what a calendar holds is said to be one. */
export function moment(seconds: number, style: string, nowSeconds: number, locale: string): string {
  const date = new Date(seconds * 1_000);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  if (style === "R") return relative(seconds, nowSeconds, locale);
  return absoluteFormat(locale, style).format(date);
}

/** The time beside an author's name: short today, with its date otherwise. */
export function stamp(ms: number, nowMs: number, locale: string): string {
  const style = new Date(ms).toDateString() === new Date(nowMs).toDateString() ? "t" : "s";
  return moment(ms / 1_000, style, nowMs / 1_000, locale);
}
