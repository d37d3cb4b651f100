import type { Clock } from "../base/clock.js";

interface Item<T> {
  readonly value: T;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Task {
  readonly work: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

type Job<T> = { readonly kind: "item"; readonly item: Item<T> } | { readonly kind: "task"; readonly task: Task };

/**
 * Work in the order it was handed in, one at a time. Items that wait next to each other are worked on together, up to `slice` of
 * them, and the event loop gets a turn in between.
 */
export class SerialQueue<T> {
  readonly #clock: Clock;
  readonly #slice: number;
  readonly #together: (values: readonly T[]) => Promise<void>;
  #jobs: Job<T>[] = [];
  #draining: Promise<void> | undefined;
  #lastProgressAt: number;

  constructor(clock: Clock, slice: number, together: (values: readonly T[]) => Promise<void>) {
    this.#clock = clock;
    this.#slice = slice;
    this.#together = together;
    this.#lastProgressAt = clock.monotonic();
  }

  /** Monotonic. With nothing to do it is now. */
  get lastProgressAt(): number {
    return this.#draining ? this.#lastProgressAt : this.#clock.monotonic();
  }

  add(value: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#push({ kind: "item", item: { value, resolve, reject } });
    });
  }

  task(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#push({ kind: "task", task: { work, resolve, reject } });
    });
  }

  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  #push(job: Job<T>): void {
    this.#jobs.push(job);
    if (this.#draining) return;
    this.#lastProgressAt = this.#clock.monotonic();
    this.#draining = this.#drain();
  }

  async #drain(): Promise<void> {
    // A turn first: what is handed in at the same moment is worked on together.
    await this.#clock.nextTurn();
    while (this.#jobs.length > 0) {
      await this.#next();
      this.#lastProgressAt = this.#clock.monotonic();
      if (this.#jobs.length > 0) await this.#clock.nextTurn();
    }
    this.#draining = undefined;
  }

  async #next(): Promise<void> {
    const first = this.#jobs[0];
    if (first?.kind === "task") {
      this.#jobs.shift();
      await settle([first.task], first.task.work);
      return;
    }
    const items: Item<T>[] = [];
    for (const job of this.#jobs) {
      if (job.kind !== "item" || items.length === this.#slice) break;
      items.push(job.item);
    }
    this.#jobs = this.#jobs.slice(items.length);
    await settle(items, () => this.#together(items.map((item) => item.value)));
  }
}

async function settle(
  waiting: readonly { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    for (const each of waiting) each.resolve();
  } catch (thrown) {
    for (const each of waiting) each.reject(thrown);
  }
}
