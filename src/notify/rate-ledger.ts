import type { RateHint } from "../model/contract/receiver.js";
import type { Operation } from "./verdict.js";

/** A bucket is taken for full again only this long after the moment that Discord gave: clocks and networks differ a little. */
const MARGIN_MS = 50;

interface Bucket {
  remaining: number;
  /** On the monotonic clock, milliseconds. */
  resetAt: number;
}

function keyOf(channel: string, operation: Operation): string {
  return `${channel} ${operation}`;
}

/**
 * What Discord has told about its buckets, per channel and operation. Kept here and not left to the library, which files a
 * bucket's first answer under another key than the one it then waits on. All times are monotonic milliseconds.
 */
export class RateLedger {
  readonly #buckets = new Map<string, Bucket>();
  #everywhereUntil = 0;

  /** The earliest moment for a request: `now` or later. */
  freeAt(channel: string, operation: Operation, now: number): number {
    const bucket = this.#buckets.get(keyOf(channel, operation));
    const own = bucket && bucket.remaining <= 0 ? bucket.resetAt : 0;
    return Math.max(now, own, this.#everywhereUntil);
  }

  /** Until when the bucket has only one request left; `undefined`: it has more, or nothing is known of it. */
  lastUntil(channel: string, operation: Operation, now: number): number | undefined {
    const bucket = this.#buckets.get(keyOf(channel, operation));
    return bucket?.remaining === 1 && bucket.resetAt > now ? bucket.resetAt : undefined;
  }

  /** A request was made. Answers sometimes come without headers, so what is left is counted down here as well. */
  spend(channel: string, operation: Operation, now: number): void {
    const bucket = this.#buckets.get(keyOf(channel, operation));
    if (!bucket) return;
    if (bucket.resetAt <= now) this.#buckets.delete(keyOf(channel, operation));
    else bucket.remaining -= 1;
  }

  learn(channel: string, operation: Operation, hint: RateHint, now: number): void {
    this.#buckets.set(keyOf(channel, operation), {
      remaining: hint.remaining,
      resetAt: now + Math.ceil(hint.resetAfterMs) + MARGIN_MS,
    });
  }

  /** A refusal said how long to wait. */
  hold(channel: string, operation: Operation, ms: number, now: number): void {
    const key = keyOf(channel, operation);
    const until = now + Math.ceil(ms) + MARGIN_MS;
    const known = this.#buckets.get(key);
    const resetAt = known && known.remaining <= 0 ? Math.max(known.resetAt, until) : until;
    this.#buckets.set(key, { remaining: 0, resetAt });
  }

  holdEverywhere(ms: number, now: number): void {
    this.#everywhereUntil = Math.max(this.#everywhereUntil, now + Math.ceil(ms) + MARGIN_MS);
  }

  /** Buckets that are used up and when they are full again: what a restart must not forget. */
  exhausted(now: number): readonly { readonly key: string; readonly forMs: number }[] {
    return [...this.#buckets]
      .filter(([, bucket]) => bucket.remaining <= 0 && bucket.resetAt > now)
      .map(([key, bucket]) => ({ key, forMs: bucket.resetAt - now }));
  }

  restore(key: string, forMs: number, now: number): void {
    this.#buckets.set(key, { remaining: 0, resetAt: now + forMs });
  }

  /** Forgets what is over. */
  sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.resetAt <= now) this.#buckets.delete(key);
  }

  get size(): number {
    return this.#buckets.size;
  }
}
