import { messageOf } from "../base/errors.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import type { OutboxRow } from "../model/incident.js";
import type { Message } from "../model/message.js";
import type { Store } from "../store/contract.js";
import type { Renderer } from "./render.js";
import type { Trouble } from "./troubles.js";

/**
 * Another way to reach people while Discord does not take messages. What is said here is said at least once: the announcement
 * stays in the outbox and reaches its channel when the trouble is over.
 */
export interface Fallback {
  speak(message: Message, trouble: Trouble): Promise<void>;
}

export interface MouthpieceOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly render: Renderer;
  /** As it is configured now. */
  readonly fallback: () => Fallback | undefined;
}

/** Lets the fallback say each announcement once per trouble. */
export class Mouthpiece {
  readonly #options: MouthpieceOptions;
  readonly #spoken = new Set<string>();

  constructor(options: MouthpieceOptions) {
    this.#options = options;
  }

  /** The trouble is over: what is held then was not said yet. */
  forget(): void {
    this.#spoken.clear();
  }

  /** Resolves when it was said or could not be; `undefined` when it was said before, or there is no other way. */
  speak(row: OutboxRow, trouble: Trouble): Promise<void> | undefined {
    const fallback = this.#options.fallback();
    if (!fallback || this.#spoken.has(row.id)) return undefined;
    this.#spoken.add(row.id);
    return this.#speak(row, trouble, fallback);
  }

  async #speak(row: OutboxRow, trouble: Trouble, fallback: Fallback): Promise<void> {
    const { store, clock, log, render } = this.#options;
    const { incident: id } = row;
    try {
      const [incident, entries] = store.read((tables) =>
        id === undefined ? [undefined, []] : [tables.incidents.get(id), tables.incidents.entries(id)],
      );
      const view = { entries, announcement: row, now: clock.now(), ...(incident ? { incident } : {}) };
      await fallback.speak(render.announcement(view), trouble);
    } catch (thrown) {
      this.#spoken.delete(row.id);
      log.warn({ announcement: row.id, detail: messageOf(thrown) }, "the fallback could not speak");
    }
  }
}
