import type { Receiver } from "../../../src/model/contract/receiver.js";
import type { Store } from "../../../src/store/contract.js";

/** A moment at which a process may die. */
export type Moment = "before write" | "after write" | "before request" | "after request";

const NEVER = new Promise<never>(() => undefined);

/**
 * One life of a process. `dies` is asked at every moment; once it said yes, nothing the process asked for is answered any more, as
 * after kill -9. What was committed and what was processed stays.
 */
export class Life {
  readonly dead: Promise<void>;
  readonly store: Store;
  readonly receiver: Receiver;
  readonly #dies: (moment: Moment) => boolean;
  #die: () => void = () => undefined;
  #isDead = false;

  constructor(store: Store, receiver: Receiver, dies: (moment: Moment) => boolean) {
    this.#dies = dies;
    this.dead = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.store = {
      read: (work) => store.read(work),
      write: (name, work, options) => this.#live("write", () => store.write(name, work, options)),
      status: () => store.status(),
      numbers: () => store.numbers(),
      onStatus: (listener) => store.onStatus(listener),
      upkeep: () => store.upkeep(),
      close: () => store.close(),
    };
    this.receiver = {
      post: (request) => this.#live("request", () => receiver.post(request)),
      edit: (request) => this.#live("request", () => receiver.edit(request)),
      openThread: (request) => this.#live("request", () => receiver.openThread(request)),
      unarchive: (thread) => this.#live("request", () => receiver.unarchive(thread)),
      find: (channel, id, since) => this.#live("request", () => receiver.find(channel, id, since)),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async #live<T>(what: "write" | "request", work: () => Promise<T>): Promise<T> {
    if (this.#endsAt(`before ${what}`)) return await NEVER;
    const result = await work();
    return this.#endsAt(`after ${what}`) ? await NEVER : result;
  }

  #endsAt(moment: Moment): boolean {
    if (!this.#isDead && this.#dies(moment)) {
      this.#isDead = true;
      this.#die();
    }
    return this.#isDead;
  }
}
