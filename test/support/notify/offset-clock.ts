import { deadlineOn, sleepOn, systemClock } from "../../../src/base/clock.js";
import type { Clock, Deadline, Timer } from "../../../src/base/clock.js";

/** The real clock, that can be put forward: minutes pass at once, while sockets and timers run on in real time. */
export class OffsetClock implements Clock {
  #offset = 0;

  forward(ms: number): void {
    this.#offset += ms;
  }

  now(): number {
    return systemClock.now() + this.#offset;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#offset;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    return systemClock.setTimeout(callback, ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  deadline(ms: number, parent?: AbortSignal): Deadline {
    return deadlineOn(this, ms, parent);
  }

  nextTurn(): Promise<void> {
    return systemClock.nextTurn();
  }
}
