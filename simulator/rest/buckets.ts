import type { SimulatedClock } from "../clock.js";
import { limits } from "../limits.js";
import { hashText, hexToken, seededRandom } from "../random.js";
import type { Switches } from "../switches.js";

/** What a bucket lets through: `limit` requests in `windowMs`. */
export interface BucketSize {
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Sizes people have seen (they are not documented and must not be hard coded by anyone). The seeded setting varies
 * them from run to run.
 */
const OBSERVED_SIZES: Readonly<Record<string, BucketSize>> = {
  "message-create": { limit: 5, windowMs: 5000 },
  "message-edit": { limit: 5, windowMs: 5000 },
  "message-delete": { limit: 5, windowMs: 1000 },
  "message-delete-old": { limit: 3, windowMs: 5000 },
  "message-read": { limit: 5, windowMs: 1000 },
  "bulk-delete": { limit: 1, windowMs: 1000 },
  reaction: { limit: 1, windowMs: 250 },
  pin: { limit: 5, windowMs: 5000 },
  "thread-create": { limit: 10, windowMs: 10_000 },
  channel: { limit: 5, windowMs: 15_000 },
  "webhook-execute": { limit: limits.webhookExecutes, windowMs: limits.webhookExecuteWindowMs },
  "webhook-message": { limit: limits.webhookExecutes, windowMs: limits.webhookExecuteWindowMs },
  command: { limit: 5, windowMs: 20_000 },
  gateway: { limit: 2, windowMs: 5000 },
};
const DEFAULT_SIZE: BucketSize = { limit: 10, windowMs: 10_000 };

/** Documented by Discord's staff, so they do not vary. */
const FIXED: ReadonlySet<string> = new Set(["webhook-execute", "webhook-message", "reaction", "bulk-delete"]);

interface Window {
  used: number;
  resetAt: number;
}

/** A bucket's state after one request. */
export interface BucketState extends BucketSize {
  readonly id: string;
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetAt: number;
}

const WINDOWS_KEPT = 20_000;

/** The route buckets: one fixed window per group of routes and top-level resource, opened by its first request. */
export class Buckets {
  readonly #clock: SimulatedClock;
  readonly #seed: number;
  readonly #sizes = new Map<string, BucketSize>();
  readonly #windows = new Map<string, Window>();

  constructor(clock: SimulatedClock, seed: number) {
    this.#clock = clock;
    this.#seed = seed;
  }

  size(group: string, setting: Switches["bucketSizes"]): BucketSize {
    const key = `${setting}/${group}`;
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const observed = OBSERVED_SIZES[group] ?? DEFAULT_SIZE;
    let size = observed;
    if (setting === "seeded" && !FIXED.has(group)) {
      const random = seededRandom(hashText(group, this.#seed));
      const limit = Math.max(2, Math.round(observed.limit * (0.6 + 0.8 * random())));
      size = { limit, windowMs: Math.round(observed.windowMs * (0.7 + 0.6 * random())) };
    }
    this.#sizes.set(key, size);
    return size;
  }

  take(group: string, major: string, setting: Switches["bucketSizes"]): BucketState {
    const size = this.size(group, setting);
    const key = `${group}/${major}`;
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (window === undefined || now >= window.resetAt) {
      window = { used: 0, resetAt: now + size.windowMs };
      this.#windows.delete(key);
      this.#windows.set(key, window);
      this.#forget(now);
    }
    const allowed = window.used < size.limit;
    if (allowed) window.used += 1;
    const id = hexToken(seededRandom(hashText(group, this.#seed ^ 0x5eed)), 32);
    return { ...size, id, allowed, remaining: size.limit - window.used, resetAt: window.resetAt };
  }

  #forget(now: number): void {
    if (this.#windows.size <= WINDOWS_KEPT) return;
    for (const [key, window] of this.#windows) if (now >= window.resetAt) this.#windows.delete(key);
  }
}

/** Counts events in a sliding window, remembering no more of them than `limit`. */
export class SlidingWindow {
  readonly #clock: SimulatedClock;
  readonly #limit: number;
  readonly #windowMs: number;
  #times: number[] = [];

  constructor(clock: SimulatedClock, limit: number, windowMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  get count(): number {
    this.#expire();
    return this.#times.length;
  }

  /** Counts one event. Returns 0, or the milliseconds until there is room again; a refused event is not counted. */
  take(): number {
    this.#expire();
    const oldest = this.#times[0];
    if (this.#times.length >= this.#limit && oldest !== undefined) {
      return Math.max(1, oldest + this.#windowMs - this.#clock.now());
    }
    this.#times.push(this.#clock.now());
    return 0;
  }

  clear(): void {
    this.#times = [];
  }

  #expire(): void {
    const oldest = this.#clock.now() - this.#windowMs;
    let expired = 0;
    while (expired < this.#times.length && (this.#times[expired] ?? 0) <= oldest) expired += 1;
    if (expired > 0) this.#times.splice(0, expired);
  }
}
