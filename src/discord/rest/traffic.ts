import type { Clock } from "../../base/clock.js";
import { Ring, median } from "../../base/statistics.js";

const MINUTE_MS = 60_000;
/** How many answer times make the median that is shown and judged. */
const LATENCIES = 5;

export interface TrafficNumbers {
  /** Requests answered within the last minute. */
  readonly requestsPerMinute: number;
  /** Answers 429 since the start. */
  readonly rateLimitedTotal: number;
  /** Answers 401, 403 and 429 since the start, but for 429s of a shared limit: what Discord counts towards its ban. */
  readonly invalidTotal: number;
  /** Median of the last five requests whose time was measured, in seconds. */
  readonly restMedianSeconds?: number;
}

/** Counts what Discord answered. One minute is kept in slots of a second, so that its size does not grow with traffic. */
export class Traffic {
  readonly #clock: Clock;
  readonly #slots = new Map<number, number>();
  readonly #latencies = new Ring<number>(LATENCIES);
  #rateLimited = 0;
  #invalid = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  answered(status: number, shared: boolean): void {
    const second = Math.floor(this.#clock.monotonic() / 1_000);
    this.#slots.set(second, (this.#slots.get(second) ?? 0) + 1);
    this.#forget(second);
    if (status === 429) this.#rateLimited += 1;
    if (status === 401 || status === 403 || (status === 429 && !shared)) this.#invalid += 1;
  }

  took(ms: number): void {
    this.#latencies.push(ms);
  }

  numbers(): TrafficNumbers {
    this.#forget(Math.floor(this.#clock.monotonic() / 1_000));
    let requestsPerMinute = 0;
    for (const count of this.#slots.values()) requestsPerMinute += count;
    const ms = median(this.#latencies.unordered());
    return {
      requestsPerMinute,
      rateLimitedTotal: this.#rateLimited,
      invalidTotal: this.#invalid,
      ...(ms === undefined ? {} : { restMedianSeconds: ms / 1_000 }),
    };
  }

  #forget(now: number): void {
    for (const second of this.#slots.keys()) {
      if (second > now - MINUTE_MS / 1_000) break;
      this.#slots.delete(second);
    }
  }
}
