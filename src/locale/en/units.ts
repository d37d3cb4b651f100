import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Two or three significant digits: `0.4`, `3.4`, `12`, `412`. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.1) return value.toPrecision(1);
  return size < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

function bytes(value: number): string {
  let left = value;
  let unit = 0;
  while (Math.abs(left) >= 1023.5 && unit < SIZES.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${short(left)} ${SIZES[unit] ?? "B"}`;
}

/** The largest unit that fits, as people say it: `14 ms`, `3.2 s`, `12 min`, `5 h`, `12 d`. */
function seconds(value: number): string {
  const size = Math.abs(value);
  if (size < 0.9995) return `${short(value * 1_000)} ms`;
  if (size < 59.5) return `${short(value)} s`;
  if (size < 3_570) return `${Math.round(value / 60)} min`;
  if (size < 84_600) return `${Math.round(value / 3_600)} h`;
  return `${Math.round(value / 86_400)} d`;
}

/** A share as per cent. Rounded away from a lie: 99.6 % is not shown as 100 %. */
function ratio(value: number): string {
  const percent = value * 100;
  const rounded = percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent);
  return `${rounded === 100 && percent < 100 ? Math.floor(percent * 10) / 10 : rounded} %`;
}

/** A difference of shares, in percentage points: `1.2 points`. */
function points(value: number): string {
  const rounded = short(value * 100);
  return `${rounded} ${rounded === "1" ? "point" : "points"}`;
}

export const units = {
  bytes,
  seconds,
  ratio,
  points,
  count: (value: number): string => (Number.isInteger(value) ? value.toLocaleString("en-US") : short(value)),
  ago: (value: number): Text => text`${seconds(value)} ago`,
} as const;
