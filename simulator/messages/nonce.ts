import type { SimulatedClock } from "../clock.js";

/** Remembers which message an author made with which nonce, for the window in which `enforce_nonce` finds it again. */
export class NonceWindow {
  readonly #clock: SimulatedClock;
  readonly #entries = new Map<string, { readonly messageId: string; readonly at: number }>();

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  #key(authorId: string, nonce: string | number): string {
    return `${authorId}/${nonce}`;
  }

  find(authorId: string, nonce: string | number, windowMs: number): string | undefined {
    const entry = this.#entries.get(this.#key(authorId, nonce));
    return entry === undefined || this.#clock.now() - entry.at > windowMs ? undefined : entry.messageId;
  }

  remember(authorId: string, nonce: string | number, messageId: string, windowMs: number): void {
    const now = this.#clock.now();
    // Entries stand in the order of their making, so those that are out of the window stand first.
    for (const [key, entry] of this.#entries) {
      if (now - entry.at <= windowMs) break;
      this.#entries.delete(key);
    }
    const key = this.#key(authorId, nonce);
    this.#entries.delete(key);
    this.#entries.set(key, { messageId, at: now });
  }
}
