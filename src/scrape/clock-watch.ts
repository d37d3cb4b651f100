import { uptime } from "node:os";

import type { Clock } from "../base/clock.js";

/** A larger difference is a step: NTP slews by half a millisecond a second, reading the clocks takes microseconds. */
export const CLOCK_STEP_MS = 2_000;

/** As long as wall clock and monotonic clock agree within this, nobody set the one and no sleep stopped the other. */
const AGREE_MS = 20;

/** How long a step is shown, so that a rule sees it in several scrapes. */
const SHOWN_MS = 5 * 60_000;

interface Step {
  readonly at: number;
  /** Without its sign. */
  readonly ms: number;
}

/** What three clocks say at one moment, milliseconds. */
interface Clocks {
  readonly wall: number;
  /** Stands still while the machine sleeps. */
  readonly monotonic: number;
  readonly boot: number;
}

/**
 * Watches the wall clock against one that cannot be set. Two things look alike and are told apart: somebody set the clock
 * (a step), and the machine slept (no step: wall clock and time since boot both went on, the monotonic clock did not).
 */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #sinceBootMs: () => number;
  #last: Clocks;
  /** Oldest and largest first: a step is dropped once a later one was as large, so that few are kept. */
  readonly #steps: Step[] = [];
  /** When the clock was last set, or the machine last slept. */
  #trippedAt = Number.NEGATIVE_INFINITY;

  /** `sinceBootMs`: time since boot, sleep included. */
  constructor(clock: Clock, sinceBootMs: () => number = () => uptime() * 1_000) {
    this.#clock = clock;
    this.#sinceBootMs = sinceBootMs;
    this.#last = this.#read();
  }

  /** Compares the clocks with the last time it was asked. Call it often: a step is dated to the call that found it. */
  observe(): void {
    const now = this.#readSince(this.#last);
    const boot = now.boot - this.#last.boot;
    const stepMs = now.wall - this.#last.wall - boot;
    const suspendedMs = boot - (now.monotonic - this.#last.monotonic);
    this.#last = now;
    const ms = Math.abs(stepMs);
    if (ms > CLOCK_STEP_MS || suspendedMs > CLOCK_STEP_MS) this.#trippedAt = now.monotonic;
    const steps = this.#steps;
    while ((steps.at(-1)?.ms ?? Number.POSITIVE_INFINITY) <= ms) steps.pop();
    steps.push({ at: now.monotonic, ms });
    while ((steps[0]?.at ?? now.monotonic) < now.monotonic - SHOWN_MS) steps.shift();
  }

  /** Whether the clock was set or the machine slept since this monotonic moment. */
  trippedSince(monotonic: number): boolean {
    return this.#trippedAt >= monotonic;
  }

  /** The size of the largest step of the last five minutes, in seconds. */
  stepSeconds(): number {
    return (this.#steps[0]?.ms ?? 0) / 1_000;
  }

  /** The time since boot is the dear one (it is read from a file): asked only when the other two differ about how much time has passed. */
  #readSince(last: Clocks): Clocks {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const passed = monotonic - last.monotonic;
    if (Math.abs(wall - last.wall - passed) > AGREE_MS) return this.#read();
    return { wall, monotonic, boot: last.boot + passed };
  }

  #read(): Clocks {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic(), boot: this.#sinceBootMs() };
  }
}
