import type { Clock } from "../base/clock.js";
import { UserError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import { warnIfSlow } from "../base/slow.js";
import type { Store, StoreNumbers, StoreStatus, StoreTrouble, Tables } from "./contract.js";
import type { Engine } from "./engine.js";
import { CallNumbers } from "./numbers.js";
import { peek } from "./peek.js";
import type { Refuge } from "./refuge.js";
import { faultOf } from "./trouble.js";
import { upkeepSlice } from "./upkeep.js";
import type { UpkeepLimits } from "./upkeep.js";
import { Warmth } from "./warm.js";
import { WriteQueue } from "./write-queue.js";

/** How often the file is looked at as the next start would see it. */
const PEEK_MS = 30_000;
/** A lock of another process is waited for so long; then work goes on in memory. */
const LOCK_PATIENCE_MS = 3_000;

export interface SqliteStoreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The connection to begin with: the file, or memory where there is to be none. */
  readonly engine: Engine;
  /** The file's path, for what is said of its faults. */
  readonly file?: string;
  /** Where to go when the file fails. Absent: nowhere, calls fail (a guest's store, or one in memory by choice). */
  readonly refuge?: Refuge;
  /** Absent: upkeep is somebody else's (a guest's store). */
  readonly limits?: UpkeepLimits;
  /** Released when the store is closed. */
  readonly onClose?: () => void;
}

/** The store over whichever connection can be used: the file, or the refuge in memory. */
export class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue: WriteQueue;
  readonly #numbers = new CallNumbers();
  readonly #warmth = new Warmth();
  #closing: Promise<void> | undefined;
  #peekedAt: number;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#peekedAt = options.clock.monotonic();
    this.#queue = new WriteQueue({
      clock: options.clock,
      patienceMs: LOCK_PATIENCE_MS,
      isBusy: (thrown) => this.#faultOf(thrown)?.kind === "busy",
      onImpatient: (thrown) => (this.#flee("locked", messageOf(thrown)) ? "again" : "fail"),
    });
  }

  read<T>(work: (tables: Tables) => T): T {
    const engine = this.#engine();
    // Inside a transaction its owner answers for faults, and its time is not a read's.
    if (engine.db.inTransaction) return engine.read(work);
    const began = this.#clock.monotonic();
    try {
      return engine.read(work);
    } catch (thrown) {
      const fault = this.#faultOf(thrown);
      if (!fault || engine.kind === "memory") throw thrown;
      const trouble = fault.kind === "busy" ? "locked" : fault.trouble;
      if (!this.#flee(trouble, messageOf(thrown))) throw new UserError("store_unavailable", { trouble });
      return this.#engine().read(work);
    } finally {
      const ms = this.#clock.monotonic() - began;
      this.#numbers.read(ms / 1_000);
      warnIfSlow(this.#log, "store read", ms);
    }
  }

  write<T>(name: string, work: (tables: Tables) => T, options: { durable?: boolean } = {}): Promise<T> {
    if (this.#closing) return Promise.reject(new Error(`the store is closed: ${name} was not written`));
    return this.#enqueue(name, () => this.#transact(work, options.durable ?? false));
  }

  status(): StoreStatus {
    return this.#options.refuge?.status() ?? { mode: this.#options.engine.kind };
  }

  numbers(): StoreNumbers {
    return this.#numbers.snapshot();
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    return this.#options.refuge?.onStatus(listener) ?? (() => undefined);
  }

  async upkeep(): Promise<boolean> {
    if (this.#closing) return false;
    const { refuge, limits } = this.#options;
    if (refuge?.taken) {
      await refuge.tryToReturn();
      return false;
    }
    if (!limits) return false;
    if (this.#clock.monotonic() - this.#peekedAt >= PEEK_MS) this.#peek();
    if (refuge?.taken) return true;
    return this.#enqueue("upkeep", () => {
      const engine = this.#engine();
      return (
        this.#guarded(engine, () => this.#warmth.slice(engine) || upkeepSlice(engine, limits, this.#clock)) ?? false
      );
    });
  }

  /** Damage below an open connection shows only to a new one; found now, what is in memory is still there to be saved. */
  #peek(): void {
    this.#peekedAt = this.#clock.monotonic();
    const engine = this.#engine();
    if (engine.kind === "memory") return;
    try {
      peek(engine.file);
      this.#warmth.look(engine);
    } catch (thrown) {
      const fault = this.#faultOf(thrown);
      if (fault?.kind === "trouble" && fault.trouble === "corrupt") this.#flee("corrupt", fault.detail);
      else this.#log.warn({ detail: messageOf(thrown) }, "the store's file could not be looked at");
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.whenIdle();
    await this.#options.refuge?.leave();
    this.#engine().close();
    this.#options.onClose?.();
  }

  #engine(): Engine {
    return this.#options.refuge?.engine() ?? this.#options.engine;
  }

  #enqueue<T>(name: string, attempt: () => T): Promise<T> {
    const began = this.#clock.monotonic();
    let tries = 0;
    return new Promise((resolve, reject) => {
      this.#queue.add({
        attempt: () => {
          tries += 1;
          const healthy = !this.#options.refuge?.taken;
          const value = attempt();
          this.#done(name, began, tries === 1 && healthy && !this.#options.refuge?.taken);
          resolve(value);
        },
        fail: (thrown) => {
          this.#done(name, began, false);
          const busy = this.#faultOf(thrown)?.kind === "busy";
          reject(busy ? new UserError("store_unavailable", { trouble: "locked" }) : (thrown as Error));
        },
      });
    });
  }

  #done(name: string, began: number, atFirstTry: boolean): void {
    const ms = this.#clock.monotonic() - began;
    this.#numbers.wrote(ms / 1_000, atFirstTry);
    warnIfSlow(this.#log, "store transaction", ms, { transaction: name });
  }

  #transact<T>(work: (tables: Tables) => T, durable: boolean): T {
    const { refuge } = this.#options;
    if (durable && refuge?.taken) {
      throw new UserError("store_unavailable", { trouble: refuge.status().trouble ?? "io" });
    }
    const engine = this.#engine();
    let result: { readonly value: T } | undefined;
    this.#guarded(engine, () => {
      result = { value: engine.write(work, { full: durable && engine.kind === "file" }) };
    });
    return result ? result.value : this.#transact(work, durable);
  }

  /** Undefined when the file failed and the refuge was taken: do it again there. */
  #guarded<T>(engine: Engine, work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      const fault = this.#faultOf(thrown);
      if (fault?.kind !== "trouble" || engine.kind === "memory") throw thrown;
      if (!this.#flee(fault.trouble, fault.detail)) {
        throw new UserError("store_unavailable", { trouble: fault.trouble });
      }
      return undefined;
    }
  }

  #flee(trouble: StoreTrouble, detail: string): boolean {
    if (!this.#options.refuge) return false;
    this.#options.refuge.take(trouble, detail);
    return true;
  }

  #faultOf(thrown: unknown): ReturnType<typeof faultOf> {
    return faultOf(thrown, this.#options.file ?? this.#options.engine.file);
  }
}
