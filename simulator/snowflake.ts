import type { SimulatedClock } from "./clock.js";

/** The first millisecond of 2015, from which Discord counts. */
export const DISCORD_EPOCH_MS = 1_420_070_400_000;
const INCREMENTS_PER_MS = 4096;
const WORKER = 1n;

/** Unix milliseconds in which a snowflake was made. */
export function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS;
}

/** Orders two snowflakes by age without the rounding that numbers of 19 digits suffer. */
export function compareSnowflakes(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Makes ids that grow strictly, also within one millisecond and when the clock stands still. */
export class SnowflakeFactory {
  readonly #clock: SimulatedClock;
  #lastMs = 0;
  #increment = 0;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  next(): string {
    const now = this.#clock.now();
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#increment = 0;
    } else {
      this.#increment += 1;
      if (this.#increment === INCREMENTS_PER_MS) {
        this.#lastMs += 1;
        this.#increment = 0;
      }
    }
    return (
      (BigInt(Math.trunc(this.#lastMs) - DISCORD_EPOCH_MS) << 22n) |
      (WORKER << 17n) |
      BigInt(this.#increment)
    ).toString();
  }
}
