import type { Simulator } from "../../../simulator/index.js";
import { TIMELINE_VARIABLE, timeOn } from "./timeline.js";
import type { Timeline } from "./timeline.js";

/** How often the simulator is brought up to date for its own timers; requests bring it up to date themselves. Real milliseconds. */
const SYNC_MS = 10;

/** Keeps a simulator on a fast timeline, and tells it to the processes that are started. */
export class SharedTime implements Disposable {
  readonly #discord: Simulator;
  readonly #stopLooking: () => void;
  readonly #timer: NodeJS.Timeout;
  #timeline: Timeline;

  constructor(discord: Simulator, factor: number) {
    this.#discord = discord;
    this.#timeline = { realOrigin: Date.now(), origin: discord.clock.now(), factor, skipped: 0 };
    this.#stopLooking = discord.onRequest(() => this.sync());
    this.#timer = setInterval(() => this.sync(), SYNC_MS);
  }

  /** For the environment of a process that imports `fast-time`. */
  get variable(): Readonly<Record<string, string>> {
    return { [TIMELINE_VARIABLE]: JSON.stringify(this.#timeline) };
  }

  now(): number {
    return timeOn(this.#timeline, Date.now());
  }

  /** Real milliseconds that `ms` of the timeline take. */
  real(ms: number): number {
    return ms / this.#timeline.factor;
  }

  /** Skips time here and in the simulator; a running process has to be told. */
  skip(ms: number): void {
    this.#timeline = { ...this.#timeline, skipped: this.#timeline.skipped + ms };
    this.sync();
  }

  sync(): void {
    const { clock } = this.#discord;
    if (clock.frozen) return;
    const behind = this.now() - clock.now();
    if (behind > 0) clock.advance(behind);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#stopLooking();
  }
}
