import type { PageMessage } from "./wire.js";

interface Known {
  readonly json: string;
  readonly message: PageMessage;
  readonly changedAt: number;
}

/** One channel as one person sees it, numbered by change, so that a page is told only what it does not know yet. */
export class ChannelFeed {
  readonly #known = new Map<string, Known>();
  readonly #gone = new Map<string, number>();
  #number = 0;

  get number(): number {
    return this.#number;
  }

  /** Takes the channel's present messages, oldest first. */
  refresh(messages: readonly PageMessage[]): void {
    const next = this.#number + 1;
    const seen = new Set<string>();
    for (const message of messages) {
      seen.add(message.id);
      const json = JSON.stringify(message);
      if (this.#known.get(message.id)?.json === json) continue;
      this.#known.set(message.id, { json, message, changedAt: next });
      this.#gone.delete(message.id);
      this.#number = next;
    }
    for (const id of this.#known.keys()) {
      if (seen.has(id)) continue;
      this.#known.delete(id);
      this.#gone.set(id, next);
      this.#number = next;
    }
  }

  /** What changed after `number`, in the order of the ids. */
  since(number: number): { readonly messages: readonly PageMessage[]; readonly gone: readonly string[] } {
    const messages = [...this.#known.values()].filter((known) => known.changedAt > number);
    return {
      messages: messages.map(({ message }) => message).toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)),
      gone: [...this.#gone].filter(([, at]) => at > number).map(([id]) => id),
    };
  }
}
