import { refuse } from "../errors.js";
import type { Channel, Message } from "../model.js";
import { compareSnowflakes } from "../snowflake.js";

/** One page of a channel's history. */
export interface HistoryQuery {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
}

/**
 * All messages by channel, oldest first. Deleted ones are kept apart for those who look behind the scenes; the oldest
 * are forgotten when a channel holds more than `capacity`.
 */
export class MessageStore {
  readonly #byChannel = new Map<string, Message[]>();
  readonly #byId = new Map<string, Message>();
  readonly #deleted: Message[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(message: Message): void {
    this.#byId.set(message.id, message);
    const list = this.#byChannel.get(message.channelId) ?? [];
    list.push(message);
    if (list.length > this.#capacity) {
      for (const old of list.splice(0, Math.ceil(this.#capacity / 10))) this.#byId.delete(old.id);
    }
    this.#byChannel.set(message.channelId, list);
  }

  /** Everything that stands in a channel, ephemeral messages included. */
  all(channelId: string): readonly Message[] {
    return this.#byChannel.get(channelId) ?? [];
  }

  deleted(channelId: string): readonly Message[] {
    return this.#deleted.filter((message) => message.channelId === channelId);
  }

  find(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  /** A message that stands in the channel for everyone; ephemeral ones are unknown there. */
  get(channel: Channel, id: string): Message {
    const message = this.#byId.get(id);
    if (message === undefined || message.channelId !== channel.id || message.ephemeralFor !== undefined) {
      throw refuse("UnknownMessage");
    }
    return message;
  }

  /** Newest first, without ephemeral messages. */
  history(channelId: string, query: HistoryQuery): Message[] {
    const { limit, before, after, around } = query;
    const list = this.all(channelId);
    if (around !== undefined) {
      const middle = firstAfter(list, around);
      const half = Math.floor(limit / 2);
      return [...publicFrom(list, middle, half).reverse(), ...publicBefore(list, middle, limit - half)];
    }
    if (after !== undefined) return publicFrom(list, firstAfter(list, after), limit).reverse();
    const end = before === undefined ? list.length : firstAfter(list, (BigInt(before) - 1n).toString());
    return publicBefore(list, end, limit);
  }

  remove(message: Message, now: number): void {
    message.deletedAt = now;
    this.#byId.delete(message.id);
    const list = this.#byChannel.get(message.channelId);
    const index = list?.indexOf(message) ?? -1;
    if (list !== undefined && index >= 0) list.splice(index, 1);
    this.#deleted.push(message);
    if (this.#deleted.length > this.#capacity) this.#deleted.splice(0, Math.ceil(this.#capacity / 10));
  }

  dropChannel(channelId: string, now: number): void {
    for (const message of this.all(channelId).slice()) this.remove(message, now);
  }
}

/** Index of the first message that is younger than the id; messages stand in the order of their ids. */
function firstAfter(list: readonly Message[], id: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareSnowflakes(list[middle]?.id ?? id, id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Up to `limit` messages that everyone sees, from `start` on, oldest first. */
function publicFrom(list: readonly Message[], start: number, limit: number): Message[] {
  const found: Message[] = [];
  for (let index = start; index < list.length && found.length < limit; index += 1) {
    const message = list[index];
    if (message !== undefined && message.ephemeralFor === undefined) found.push(message);
  }
  return found;
}

/** Up to `limit` messages that everyone sees, before `end`, newest first. */
function publicBefore(list: readonly Message[], end: number, limit: number): Message[] {
  const found: Message[] = [];
  for (let index = end - 1; index >= 0 && found.length < limit; index -= 1) {
    const message = list[index];
    if (message !== undefined && message.ephemeralFor === undefined) found.push(message);
  }
  return found;
}
