import type { Clock } from "./clock.js";
import { messageOf } from "./errors.js";

export interface StopFailure {
  readonly step: string;
  readonly message: string;
}

interface Step {
  readonly name: string;
  readonly run: () => void | Promise<void>;
  readonly timeoutMs: number;
}

/** How long one clean-up step may take unless it says otherwise. */
const STEP_TIMEOUT_MS = 5_000;

/**
 * Named clean-ups, run last in first out. A step is registered the moment its resource exists, so that a start that
 * fails half-way can be rolled back. `stop` is idempotent, gives every step its own time limit (one that hangs cannot keep
 * the others from running), runs all of them whatever fails, and returns what failed.
 */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #steps: Step[] = [];
  #stopping: Promise<readonly StopFailure[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onStop(name: string, run: () => void | Promise<void>, options: { timeoutMs?: number } = {}): void {
    if (this.#stopping) throw new Error(`cannot register the clean-up "${name}": already stopping`);
    this.#steps.push({ name, run, timeoutMs: options.timeoutMs ?? STEP_TIMEOUT_MS });
  }

  stop(): Promise<readonly StopFailure[]> {
    this.#stopping ??= this.#runAll();
    return this.#stopping;
  }

  async #runAll(): Promise<readonly StopFailure[]> {
    const failures: StopFailure[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const failure = await this.#runStep(step);
      if (failure) failures.push(failure);
    }
    return failures;
  }

  async #runStep(step: Step): Promise<StopFailure | undefined> {
    using deadline = this.#clock.deadline(step.timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      deadline.signal.addEventListener("abort", () => reject(deadline.signal.reason as Error), { once: true });
    });
    try {
      await Promise.race([Promise.resolve().then(step.run), expired]);
      return undefined;
    } catch (thrown) {
      return { step: step.name, message: messageOf(thrown) };
    }
  }
}
