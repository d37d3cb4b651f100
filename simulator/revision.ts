import type { SimulatedClock } from "./clock.js";

/** A number that grows with every change anywhere, so that observers can wait for the next one instead of polling. */
export class Revision {
  readonly #clock: SimulatedClock;
  readonly #waiting = new Set<() => void>();
  #value = 0;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  get value(): number {
    return this.#value;
  }

  bump(): void {
    this.#value += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves with the present value once it exceeds `since`, or after `timeoutMs` of real time. */
  async after(since: number, timeoutMs: number): Promise<number> {
    if (this.#value > since) return this.#value;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.afterReal(timeoutMs, () => {
        this.#waiting.delete(wake);
        resolve();
      });
      const wake = (): void => {
        cancel();
        resolve();
      };
      this.#waiting.add(wake);
    });
    return this.#value;
  }

  /** Lets every waiter go, for the end of the simulator. */
  close(): void {
    this.bump();
  }
}
