import type { SimulatedClock } from "../clock.js";
import type { Cancel } from "../clock.js";

/** Remembers which message an author made with which nonce, for the window in which `enforce_nonce` finds it again. */
export class NonceWindow {
  readonly #clock: SimulatedClock;
  readonly #entries = new Map<string, { readonly messageId: string; readonly at: number }>();
  #sweep: Cancel | undefined;

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
    this.#entries.set(this.#key(authorId, nonce), { messageId, at: this.#clock.now() });
    this.#sweep ??= this.#clock.after(windowMs + 1000, () => this.#forgetOlder(windowMs));
  }

  #forgetOlder(windowMs: number): void {
    const oldest = this.#clock.now() - windowMs;
    for (const [key, entry] of this.#entries) if (entry.at < oldest) this.#entries.delete(key);
    this.#sweep =
      this.#entries.size === 0 ? undefined : this.#clock.after(windowMs + 1000, () => this.#forgetOlder(windowMs));
  }
}
