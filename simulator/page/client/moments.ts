const SIZES = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "4 minutes ago", "in 5 hours", as Discord's client words it. */
export function relative(seconds: number, nowSeconds: number, locale: string): string {
  const away = Math.round(seconds - nowSeconds);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
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
  return new Intl.DateTimeFormat(locale, STYLES[style] ?? { dateStyle: "long", timeStyle: "short" }).format(date);
}

/** The time beside an author's name: short today, with its date otherwise. */
export function stamp(ms: number, nowMs: number, locale: string): string {
  const style = new Date(ms).toDateString() === new Date(nowMs).toDateString() ? "t" : "s";
  return moment(ms / 1_000, style, nowMs / 1_000, locale);
}
