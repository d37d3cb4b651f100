/**
 * The only place that reads a clock or sets a timer. Everything else takes a {@link Clock}, so that a test can own time.
 */

export interface Timer {
  cancel(): void;
  /** Lets the process end although the timer is still set. */
  unref(): Timer;
}

/** An abort signal that fires at a deadline. Dispose it when the work is over, or the timer outlives the work. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** True only if the deadline itself has passed, not when a parent signal aborted. */
  readonly expired: boolean;
}

export interface Clock {
  /** UTC, milliseconds since the epoch. May jump. For what is stored or shown. */
  now(): number;
  /** Milliseconds from an arbitrary origin. Never jumps. For spans within the process. */
  monotonic(): number;
  setTimeout(callback: () => void, ms: number): Timer;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  deadline(ms: number, parent?: AbortSignal): Deadline;
  /** Resolves on the next turn of the event loop: what cuts long work into slices awaits this between them. */
  nextTurn(): Promise<void>;
}

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly ms: number;
  constructor(ms: number) {
    super(`not done within ${ms} ms`);
    this.ms = ms;
  }
}

type TimerSource = Pick<Clock, "setTimeout">;

/** `sleep` in terms of `setTimeout`, shared by every clock. */
export function sleepOn(source: TimerSource, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = source.setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** `deadline` in terms of `setTimeout`, shared by every clock. */
export function deadlineOn(source: TimerSource, ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = source.setTimeout(() => {
    expired = true;
    controller.abort(new DeadlineError(ms));
  }, ms);
  const onParentAbort = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) onParentAbort();
  else parent?.addEventListener("abort", onParentAbort, { once: true });
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    [Symbol.dispose]() {
      timer.cancel();
      parent?.removeEventListener("abort", onParentAbort);
    },
  };
}

/** Node's longest timer; a longer one would fire at once, so it is taken in steps. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function setLongTimeout(callback: () => void, ms: number): Timer {
  let handle: NodeJS.Timeout;
  let unrefed = false;
  const arm = (left: number): void => {
    const step = Math.min(left, LONGEST_TIMEOUT_MS);
    handle = setTimeout(() => (left > step ? arm(left - step) : callback()), Math.max(0, step));
    if (unrefed) handle.unref();
  };
  arm(ms);
  const timer: Timer = {
    cancel: () => clearTimeout(handle),
    unref: () => {
      unrefed = true;
      handle.unref();
      return timer;
    },
  };
  return timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: setLongTimeout,
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
  deadline: (ms, parent) => deadlineOn(systemClock, ms, parent),
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
};
