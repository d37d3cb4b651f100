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
    const list = this.all(channelId).filter((message) => message.ephemeralFor === undefined);
    if (around !== undefined) {
      const older = list.filter((message) => compareSnowflakes(message.id, around) <= 0);
      const newer = list.filter((message) => compareSnowflakes(message.id, around) > 0);
      const half = Math.floor(limit / 2);
      const picked = [...older.slice(-(limit - half)), ...newer.slice(0, half)];
      return picked.reverse();
    }
    if (after !== undefined) {
      const newer = list.filter((message) => compareSnowflakes(message.id, after) > 0);
      return newer.slice(0, limit).reverse();
    }
    const older = before === undefined ? list : list.filter((message) => compareSnowflakes(message.id, before) < 0);
    return older.slice(-limit).reverse();
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
