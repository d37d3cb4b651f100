/**
 * Durations, sizes, shares and rates as people write them. Parsing returns `undefined` for anything that is not wholly
 * understood (`"5 m"`, `"12abc"`, `"1.5.2s"`): a near miss is a mistake to be reported, never a guess.
 */

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `"90s"`, `"5m"`, `"1h30m"` → milliseconds. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(part[1]) * (DURATION_UNITS[part[2] ?? ""] ?? Number.NaN);
  }
  return Number.isFinite(total) ? total : undefined;
}

/** Milliseconds → the shortest exact form that {@link parseDuration} reads back (`90000` → `"1m30s"`). */
export function durationText(ms: number): string {
  if (ms === 0) return "0s";
  let left = ms;
  let out = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const size = DURATION_UNITS[unit] ?? 1;
    const count = unit === "ms" ? left : Math.floor(left / size);
    if (count > 0) out += `${count}${unit}`;
    left -= count * size;
  }
  return out;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  // People write MB and mean MiB; the whole product counts in powers of 1024.
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

/** `"500MiB"` → bytes. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(B|[KMGT]i?B)$/.exec(text);
  const unit = SIZE_UNITS[match?.[2] ?? ""];
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined;
}

/** Bytes → the shortest exact form that {@link parseSize} reads back (`1536` → `"1536B"`, `65536` → `"64KiB"`). */
export function sizeText(bytes: number): string {
  const unit = (["GiB", "MiB", "KiB"] as const).find((name) => bytes > 0 && bytes % (SIZE_UNITS[name] ?? 1) === 0);
  return unit === undefined ? `${bytes}B` : `${bytes / (SIZE_UNITS[unit] ?? 1)}${unit}`;
}

/** `"80%"` → 0.8. */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?%$/.exec(text);
  return match ? Number(match[1]) / 100 : undefined;
}

/** `"5/10m"` → 5 in a window of 600,000 ms. */
export function parseRate(text: string): { count: number; windowMs: number } | undefined {
  const match = /^(\d+)\/(.+)$/.exec(text);
  const windowMs = parseDuration(match?.[2] ?? "");
  return match && windowMs !== undefined && windowMs > 0 ? { count: Number(match[1]), windowMs } : undefined;
}
