import { backoffMs } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";

/** A transaction that waits for its turn. `attempt` commits, or throws. */
export interface QueuedWrite {
  attempt(): void;
  /** The file was busy for too long, or failed: `attempt` will go elsewhere from now on. */
  fail(thrown: unknown): void;
}

export interface WriteQueueOptions {
  readonly clock: Clock;
  /** How long a lock of somebody else is waited for in all. */
  readonly patienceMs: number;
  readonly isBusy: (thrown: unknown) => boolean;
  /** Busy for longer than `patienceMs`: whether to try again (elsewhere, now) or let the write fail. */
  readonly onImpatient: (thrown: unknown) => "again" | "fail";
}

/** Between tries of a busy file. */
const RETRY = { baseMs: 4, capMs: 100 } as const;
/** So long may queued transactions run in one turn of the event loop. */
const TURN_MS = 5;

/** Transactions one after the other, in the order of the calls; one that finds the file locked is tried again from a timer. */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #waiting: QueuedWrite[] = [];
  readonly #idle: (() => void)[] = [];
  #active = false;
  #tries = 0;
  #busySince: number | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  add(write: QueuedWrite): void {
    this.#waiting.push(write);
    if (!this.#active) this.#drain();
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when nothing waits any more. */
  whenIdle(): Promise<void> {
    if (!this.#active && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #drain(): void {
    const { clock } = this.#options;
    this.#active = true;
    const turnEnds = clock.monotonic() + TURN_MS;
    for (let write = this.#waiting[0]; write; write = this.#waiting[0]) {
      if (!this.#attempt(write)) return;
      this.#waiting.shift();
      if (this.#waiting.length > 0 && clock.monotonic() >= turnEnds) {
        void clock.nextTurn().then(() => this.#drain());
        return;
      }
    }
    this.#active = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** False when it has to be tried again later, which is arranged for. */
  #attempt(write: QueuedWrite): boolean {
    const { clock, patienceMs, isBusy, onImpatient } = this.#options;
    try {
      write.attempt();
    } catch (thrown) {
      if (isBusy(thrown)) {
        this.#busySince ??= clock.monotonic();
        this.#tries += 1;
        if (clock.monotonic() - this.#busySince < patienceMs) {
          clock.setTimeout(() => this.#drain(), backoffMs(RETRY, this.#tries, 0.5));
          return false;
        }
        this.#settled();
        if (onImpatient(thrown) === "again") return this.#attempt(write);
      }
      write.fail(thrown);
    }
    this.#settled();
    return true;
  }

  #settled(): void {
    this.#tries = 0;
    this.#busySince = undefined;
  }
}
