import type { Clock } from "../../base/clock.js";
import { Ring, quantile } from "../../base/statistics.js";

/** How many handlings make the percentiles. */
const KEPT = 100;
const MINUTE_MS = 60_000;

export interface HandlingNumbers {
  /** From the frame to the request that carries the answer, in seconds, over the last 100. */
  readonly commandsP50Seconds?: number;
  readonly commandsP95Seconds?: number;
  /** Commands and presses within the last minute. */
  readonly commandsPerMinute: number;
}

/** How long commands took, and how many there were. */
export class Handling {
  readonly #clock: Clock;
  readonly #tookMs = new Ring<number>(KEPT);
  #recent: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  received(): void {
    this.#forget();
    this.#recent.push(this.#clock.monotonic());
  }

  took(ms: number): void {
    this.#tookMs.push(ms);
  }

  numbers(): HandlingNumbers {
    this.#forget();
    const values = this.#tookMs.unordered();
    const p50 = quantile(values, 0.5);
    const p95 = quantile(values, 0.95);
    return {
      commandsPerMinute: this.#recent.length,
      ...(p50 === undefined ? {} : { commandsP50Seconds: p50 / 1_000 }),
      ...(p95 === undefined ? {} : { commandsP95Seconds: p95 / 1_000 }),
    };
  }

  #forget(): void {
    const since = this.#clock.monotonic() - MINUTE_MS;
    if ((this.#recent[0] ?? since) < since) this.#recent = this.#recent.filter((at) => at >= since);
  }
}
