import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import type { OwnNumbers } from "../model/contract/probe.js";
import type { Store } from "../store/contract.js";

/** How often the store's upkeep has its slices. */
const UPKEEP_MS = 10_000;
/** Slices in a row before others get a longer turn. */
const MOST_SLICES = 50;
/** How often the process notes that it lives, so that the next start knows how long nobody watched. */
const ALIVE_MS = 15_000;

const ALIVE_KEY = "alive_at";
const OWN_KEY = "own_numbers";

/** When the process before this one was last seen alive. UTC milliseconds. */
export function lastAliveAt(store: Store): number | undefined {
  return store.read((tables) => {
    const noted = tables.meta.get(ALIVE_KEY);
    if (typeof noted !== "number") return undefined;
    // Between two notes it went on measuring: an absence must not begin before what was still seen.
    return tables.runs.all().reduce((latest, run) => Math.max(latest, run.at), noted);
  });
}

/** What the running process last knew about itself, for a command line beside it. */
export function lastOwnNumbers(store: Pick<Store, "read">): OwnNumbers | undefined {
  // Written by this program alone, of the same schema version.
  return store.read((tables) => tables.meta.get(OWN_KEY)) as OwnNumbers | undefined;
}

interface HousekeepingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  readonly own: () => OwnNumbers;
  /** Whether the data directory is still this process's; looked at before each round. */
  readonly look?: () => void;
}

/** The loop that keeps the store small and notes that the process lives. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #aliveAt = 0;
  #lastProgressAt: number;

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
    this.#lastProgressAt = deps.clock.monotonic();
  }

  get lastProgressAt(): number {
    return this.#lastProgressAt;
  }

  start(): void {
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#noteAlive(true);
  }

  async runOnce(): Promise<void> {
    const { clock, log, store, look } = this.#deps;
    try {
      look?.();
      await this.#noteAlive(false);
      for (let slice = 0; slice < MOST_SLICES && !this.#stopped; slice += 1) {
        if (!(await store.upkeep())) break;
        await clock.nextTurn();
      }
    } catch (thrown) {
      log.error({ detail: messageOf(thrown) }, "the store's upkeep failed");
    }
    this.#lastProgressAt = clock.monotonic();
  }

  async #noteAlive(always: boolean): Promise<void> {
    const { clock, store, own } = this.#deps;
    const now = clock.monotonic();
    if (!always && this.#aliveAt !== 0 && now - this.#aliveAt < ALIVE_MS) return;
    this.#aliveAt = now;
    const numbers = own();
    await store.write("alive", (tables) => {
      tables.meta.set(ALIVE_KEY, clock.now());
      tables.meta.set(OWN_KEY, numbers);
    });
  }

  #arm(ms: number): void {
    if (this.#stopped) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#running = this.runOnce().finally(() => this.#arm(UPKEEP_MS));
    }, ms);
  }
}
