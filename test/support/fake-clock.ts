import { deadlineOn, sleepOn } from "../../src/base/clock.js";
import type { Clock, Deadline, Timer } from "../../src/base/clock.js";

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told. `advance` fires the timers on the way, in order, letting promises settle between them. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic: number;
  #order = 0;
  readonly #timers = new Set<Entry>();

  constructor(now: number = Date.UTC(2026, 0, 5, 12, 0, 0), monotonic: number = 0) {
    this.#now = now;
    this.#monotonic = monotonic;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const entry: Entry = { at: this.#monotonic + Math.max(0, ms), order: this.#order++, callback };
    this.#timers.add(entry);
    const timer: Timer = { cancel: () => void this.#timers.delete(entry), unref: () => timer };
    return timer;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  deadline(ms: number, parent?: AbortSignal): Deadline {
    return deadlineOn(this, ms, parent);
  }

  nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Timers that are set and not yet fired or cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** A step of the wall clock alone, as NTP or a person makes it. */
  jump(ms: number): void {
    this.#now += ms;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await this.settle();
    for (;;) {
      const next = [...this.#timers]
        .filter((entry) => entry.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#move(next.at);
      next.callback();
      await this.settle();
    }
    this.#move(end);
  }

  /** Lets whatever is ready to run, run: a few turns of the real event loop, without moving time. */
  async settle(turns: number = 3): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  #move(to: number): void {
    this.#now += to - this.#monotonic;
    this.#monotonic = to;
  }
}
