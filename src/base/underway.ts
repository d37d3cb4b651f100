import type { Clock } from "./clock.js";

/**
 * What a loop has begun and not ended. A loop that turns while a piece of its work hangs for ever makes no progress: whoever
 * watches it must see the age of the oldest piece, not only the last turn.
 */
export class Underway {
  readonly #clock: Clock;
  /** Monotonic moments of the beginnings, oldest first. */
  readonly #begun = new Set<{ readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something begins now. Returns how to say that it has ended, however it ended. */
  begin(): () => void {
    const piece = { at: this.#clock.monotonic() };
    this.#begun.add(piece);
    return () => void this.#begun.delete(piece);
  }

  /** The moment up to which everything is done: `turnedAt`, or the beginning of the oldest piece that still goes on. */
  progressAt(turnedAt: number): number {
    // A set keeps the order of insertion.
    for (const { at } of this.#begun) return Math.min(at, turnedAt);
    return turnedAt;
  }
}
