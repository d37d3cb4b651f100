import type { SimulatedClock } from "../clock.js";
import { limits } from "../limits.js";

const DAY_MS = 86_400_000;

/** The daily number of identifies and their spacing. It outlives every process of the bot, as Discord's does. */
export class IdentifyBudget {
  readonly #clock: SimulatedClock;
  #total: number = limits.identifiesPerDay;
  #used = 0;
  #resetAt: number;
  #lastIdentifyAt = -Infinity;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
    this.#resetAt = clock.now() + DAY_MS;
  }

  get state(): { total: number; remaining: number; reset_after: number; max_concurrency: number } {
    this.#roll();
    return {
      total: this.#total,
      remaining: Math.max(0, this.#total - this.#used),
      reset_after: Math.max(0, Math.ceil(this.#resetAt - this.#clock.now())),
      max_concurrency: limits.identifyConcurrency,
    };
  }

  set(remaining: number, total?: number, resetAfterMs?: number): void {
    this.#total = total ?? this.#total;
    this.#used = Math.max(0, this.#total - remaining);
    if (resetAfterMs !== undefined) this.#resetAt = this.#clock.now() + resetAfterMs;
  }

  /** Takes one identify: `too-soon` within 5 s of the last one, `exhausted` beyond the day's number. */
  take(): "ok" | "too-soon" | "exhausted" {
    this.#roll();
    const now = this.#clock.now();
    if (now - this.#lastIdentifyAt < limits.identifyWindowMs) return "too-soon";
    this.#lastIdentifyAt = now;
    if (this.#used >= this.#total) return "exhausted";
    this.#used += 1;
    return "ok";
  }

  #roll(): void {
    if (this.#clock.now() < this.#resetAt) return;
    this.#used = 0;
    this.#resetAt = this.#clock.now() + DAY_MS;
  }
}
