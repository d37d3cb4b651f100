import { existsSync, renameSync } from "node:fs";

import { backoffMs } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import { Merge, carryIntoMemory, noteChanges, noteEverything } from "./carry.js";
import type { Losses } from "./carry.js";
import type { StoreStatus, StoreTrouble } from "./contract.js";
import { Engine } from "./engine.js";
import { boundMemory } from "./memory-bounds.js";
import { NewerSchemaError } from "./migrate.js";
import { rescueAudit } from "./rescue-audit.js";
import { faultOf } from "./trouble.js";

/** When the file is tried again. */
const RETRY = { baseMs: 1_000, capMs: 60_000 } as const;
/** A return that lasts shorter than this does not begin the back-off anew. */
const STEADY_MS = 60_000;

export interface RefugeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly file: string;
  readonly open: () => Promise<Engine>;
  readonly status?: StoreStatus;
}

/** Where a damaged file is kept: nothing is thrown away. */
export function asidePath(file: string, now: number): string {
  return `${file}.corrupt-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
}

/** Moves the file and what belongs to it out of the way; returns where it is now. */
export function setAside(file: string, now: number): string {
  const target = asidePath(file, now);
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      renameSync(`${file}${suffix}`, `${target}${suffix}`);
    } catch (thrown) {
      // Not every file has a WAL beside it.
      if (suffix === "" || faultOf(thrown, file)?.kind !== "trouble") throw thrown;
    }
  }
  return target;
}

/**
 * The way into memory when the file cannot be used, and back. In memory there is the same schema and the same code; what changes
 * there is noted, and brought into the file, in slices, when that can be written again.
 */
export class Refuge {
  readonly #options: RefugeOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<(status: StoreStatus) => void>();
  #file: Engine | undefined;
  #memory: Engine | undefined;
  #fileId: string | undefined;
  #status: StoreStatus;
  /** The newest run in memory that came from the file. */
  #runsCarried = 0;
  #attempts = 0;
  #retryAt = 0;
  #returnedAt = Number.NEGATIVE_INFINITY;
  #returning: Promise<void> | undefined;

  constructor(options: RefugeOptions, file: Engine | undefined) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#file = file;
    this.#fileId = file?.id;
    this.#status = options.status ?? { mode: "file" };
  }

  get taken(): boolean {
    return this.#memory !== undefined;
  }

  engine(): Engine {
    const engine = this.#memory ?? this.#file;
    if (!engine) throw new Error("the store has neither file nor memory");
    return engine;
  }

  status(): StoreStatus {
    return this.#status;
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Goes on in memory from what the failing connection can still read. */
  take(trouble: StoreTrouble, detail: string): void {
    if (this.#memory) return;
    const memory = Engine.inMemory();
    const losses = this.#file ? carryIntoMemory(this.#file.db, memory) : [];
    this.#file?.close();
    this.#settleIn(memory, trouble, detail, losses);
  }

  /** Begins in memory, because the file could not be opened; `old` is what could be read of it. */
  begin(memory: Engine, fileId: string | undefined, trouble: StoreTrouble, detail: string, losses: Losses): void {
    this.#fileId = fileId;
    this.#settleIn(memory, trouble, detail, losses);
  }

  /** Tries the file again if it is time for it. Never throws. */
  tryToReturn(): Promise<void> {
    if (this.#memory) boundMemory(this.#memory);
    if (!this.#memory || this.#clock.monotonic() < this.#retryAt) return Promise.resolve();
    return this.returnNow();
  }

  returnNow(): Promise<void> {
    this.#returning ??= this.#return().finally(() => {
      this.#returning = undefined;
    });
    return this.#returning;
  }

  /** A last try before the end. */
  async leave(): Promise<void> {
    if (this.#memory) await this.returnNow();
    this.#listeners.clear();
  }

  #settleIn(memory: Engine, trouble: StoreTrouble, detail: string, losses: Losses): void {
    noteChanges(memory);
    this.#runsCarried = memory.tables.samples.lastSeq();
    this.#memory = memory;
    this.#file = undefined;
    if (this.#clock.monotonic() - this.#returnedAt > STEADY_MS) this.#attempts = 0;
    this.#planRetry(trouble === "corrupt" && this.#attempts === 0);
    this.#setStatus({ mode: "memory", trouble, since: this.#clock.now(), detail });
    const fields = { trouble, detail, file: this.#options.file, losses };
    this.#log.error(fields, "the store cannot use its file and goes on in memory");
  }

  #planRetry(atOnce: boolean): void {
    this.#attempts += 1;
    this.#retryAt = this.#clock.monotonic() + (atOnce ? 0 : backoffMs(RETRY, this.#attempts, 0.5));
  }

  async #return(): Promise<void> {
    const memory = this.#memory;
    if (!memory) return;
    let file: Engine | undefined;
    try {
      const aside = this.#status.trouble === "corrupt" ? this.#setAside() : undefined;
      file = await this.#options.open();
      if (aside !== undefined) {
        const rescue = await rescueAudit(aside, file, this.#clock);
        this.#log.warn({ ...rescue, aside }, "the log of actions was taken over from the damaged file");
      }
      const merge = this.#mergeInto(memory, file);
      // From the last slice to the switch nothing may run in between, or what is written there would stay in memory.
      while (merge.slice()) await this.#clock.nextTurn();
      this.#finish(memory, file, merge);
    } catch (thrown) {
      file?.close();
      this.#stay(thrown);
    }
  }

  #mergeInto(memory: Engine, file: Engine): Merge {
    const isSame = file.id === this.#fileId;
    if (!isSame) noteEverything(memory);
    return new Merge(memory, file, { runsDone: isSame ? this.#runsCarried : 0, now: this.#clock.now() });
  }

  #finish(memory: Engine, file: Engine, merge: Merge): void {
    this.#file = file;
    this.#fileId = file.id;
    this.#memory = undefined;
    memory.close();
    this.#returnedAt = this.#clock.monotonic();
    const { path, since } = this.#status;
    const fields = { file: this.#options.file, rows: merge.rows, runs: merge.runs, aside: path, since };
    this.#log.warn(fields, "the store uses its file again, what was in memory has been brought in");
    this.#setStatus({ mode: "file", ...(path === undefined ? {} : { path }) });
  }

  #stay(thrown: unknown): void {
    const fault = faultOf(thrown, this.#options.file);
    const trouble: StoreTrouble =
      thrown instanceof NewerSchemaError
        ? "newer_schema"
        : fault?.kind === "busy"
          ? "locked"
          : (fault?.trouble ?? this.#status.trouble ?? "io");
    const detail = messageOf(thrown);
    this.#planRetry(false);
    this.#log.warn({ trouble, detail, file: this.#options.file, attempt: this.#attempts }, "the store stays in memory");
    if (trouble !== this.#status.trouble) this.#setStatus({ ...this.#status, trouble, detail });
  }

  /** Where the damaged file went is part of the status, so that it is told although the trouble is over. */
  #setAside(): string | undefined {
    if (!existsSync(this.#options.file)) return undefined;
    const path = setAside(this.#options.file, this.#clock.now());
    this.#status = { ...this.#status, path };
    this.#log.error({ file: this.#options.file, aside: path }, "the damaged file is set aside");
    return path;
  }

  #setStatus(status: StoreStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) {
      try {
        listener(status);
      } catch (thrown) {
        this.#log.error({ err: thrown }, "a listener of the store's status failed");
      }
    }
  }
}
