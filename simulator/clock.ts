/** Undoes one registration. Calling it again does nothing. */
export type Cancel = () => void;

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

/** The longest wait that Node's own timers take; a longer one fires at once. */
const LONGEST_REAL_WAIT_MS = 2 ** 31 - 1;

/**
 * The simulator's only source of time. It runs with the wall clock until it is frozen or advanced, so that a 15-minute
 * token or a 14-day-old message can be had in a test without waiting. What belongs to a connection rather than to
 * Discord's rules (heartbeats, closing hand-shakes) uses the real time, which cannot be frozen.
 */
export class SimulatedClock {
  #offset = 0;
  #frozenAt: number | undefined;
  #order = 0;
  #timers: Timer[] = [];
  #armed: NodeJS.Timeout | undefined;
  readonly #real = new Set<NodeJS.Timeout>();

  /** Unix time in milliseconds as Discord sees it. */
  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offset;
  }

  /** Milliseconds with fractions from an arbitrary start; never frozen, for measuring spans. */
  monotonic(): number {
    return performance.now();
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  freeze(): void {
    this.#frozenAt ??= this.now();
    this.#arm();
  }

  /** Lets time run on from where it stands. */
  release(): void {
    if (this.#frozenAt === undefined) return;
    this.#offset = this.#frozenAt - Date.now();
    this.#frozenAt = undefined;
    this.#arm();
  }

  /** Moves time forward by `ms`; timers that fall due run in their order, each seeing its own due time. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`advance: expected milliseconds >= 0, found ${ms}`);
    const wasFrozen = this.#frozenAt !== undefined;
    const target = this.now() + ms;
    this.#frozenAt = this.now();
    for (let next = this.#timers[0]; next !== undefined && next.due <= target; next = this.#timers[0]) {
      this.#timers.shift();
      this.#frozenAt = Math.max(this.#frozenAt, next.due);
      next.task();
    }
    this.#frozenAt = target;
    if (!wasFrozen) this.release();
  }

  /** Runs `task` once after `ms` of simulated time. */
  after(ms: number, task: () => void): Cancel {
    const timer: Timer = { due: this.now() + Math.max(0, ms), order: this.#order++, task };
    const at = this.#timers.findIndex((other) => other.due > timer.due);
    if (at === -1) this.#timers.push(timer);
    else this.#timers.splice(at, 0, timer);
    this.#arm();
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** Resolves after `ms` of simulated time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Runs `task` once after `ms` of real time, frozen or not. */
  afterReal(ms: number, task: () => void): Cancel {
    const timer = setTimeout(() => {
      this.#real.delete(timer);
      task();
    }, ms);
    timer.unref();
    this.#real.add(timer);
    return () => {
      clearTimeout(timer);
      this.#real.delete(timer);
    };
  }

  /** Drops every timer; nothing fires afterwards. */
  close(): void {
    this.#timers = [];
    clearTimeout(this.#armed);
    for (const timer of this.#real) clearTimeout(timer);
    this.#real.clear();
  }

  #arm(): void {
    clearTimeout(this.#armed);
    const next = this.#timers[0];
    if (next === undefined || this.#frozenAt !== undefined) return;
    const wait = Math.min(Math.max(0, next.due - this.now()), LONGEST_REAL_WAIT_MS);
    this.#armed = setTimeout(() => this.#fire(), wait);
    this.#armed.unref();
  }

  #fire(): void {
    for (let next = this.#timers[0]; next !== undefined && next.due <= this.now(); next = this.#timers[0]) {
      this.#timers.shift();
      next.task();
    }
    this.#arm();
  }
}
