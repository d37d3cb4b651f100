const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Offsets change at quarters of an hour at the most. */
const STEP_MS = 15 * MINUTE_MS;
const KEPT = 4_096;

const zones = new Map<string, Zone>();

/** Making one costs more than asking it: those that are configured are kept. Throws a RangeError for a name that is no time zone. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const zone = new Zone(name);
  zones.set(name, zone);
  return zone;
}

/** A local time as a number: what `Date.UTC` gives for its fields. */
export type LocalTime = number;

/** One time zone: between moments and what its clocks show. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** Throws a RangeError for a name that is no time zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Milliseconds that local time is ahead of UTC at a moment. */
  offsetAt(at: number): number {
    const step = Math.floor(at / STEP_MS);
    const known = this.#offsets.get(step);
    if (known !== undefined) return known;
    const start = step * STEP_MS;
    const fields: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(start)) fields[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - start;
    if (this.#offsets.size >= KEPT) this.#offsets.clear();
    this.#offsets.set(step, offset);
    return offset;
  }

  toLocal(at: number): LocalTime {
    return at + this.offsetAt(at);
  }

  /** A local time that exists twice is its first moment; one that does not exist is the first moment after. */
  toUtc(local: LocalTime): number {
    const before = local - this.offsetAt(local - DAY_MS);
    const after = local - this.offsetAt(local + DAY_MS);
    const fitting = [before, after].filter((at) => this.toLocal(at) === local);
    if (fitting.length > 0) return Math.min(...fitting);
    let [low, high] = [Math.min(before, after), Math.max(before, after)];
    const offset = this.offsetAt(low);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }
}
