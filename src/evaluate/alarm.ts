import type { Clock, Timer } from "../base/clock.js";

/** How soon something is looked at again that is due but cannot be done yet: a repeat while the last word still waits. */
const BLOCKED_RETRY_MS = 60_000;

/** One timer for whatever is due next. Until it is started it only remembers. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #at: number | undefined;
  #started = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Milliseconds until it rings; undefined: nothing is due. */
  get wait(): number | undefined {
    return this.#at === undefined ? undefined : Math.max(0, this.#at - this.#clock.now());
  }

  /** Sets it anew for the earliest of these moments. What is over already has just been tried, and waits a while. */
  reset(dues: readonly number[]): void {
    this.#cancel();
    const next = dues.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const now = this.#clock.now();
    if (Number.isFinite(next)) this.#set(next > now ? next : now + BLOCKED_RETRY_MS);
  }

  /** Something more is due. */
  add(at: number): void {
    if (this.#at !== undefined && this.#at <= at) return;
    this.#cancel();
    this.#set(at);
  }

  start(): void {
    this.#started = true;
    const at = this.#at;
    this.#cancel();
    if (at !== undefined) this.#set(at);
  }

  stop(): void {
    this.#started = false;
    this.#cancel();
  }

  #set(at: number): void {
    this.#at = at;
    // Never twice in one millisecond.
    if (this.#started) this.#timer = this.#clock.setTimeout(this.#ring, Math.max(1, at - this.#clock.now()));
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = undefined;
  }
}
