import type { Clock } from "../../../src/base/clock.js";
import type {
  Answer,
  EditRequest,
  LookupAnswer,
  PostRequest,
  Receiver,
  ThreadRequest,
} from "../../../src/model/contract/receiver.js";
import { plain } from "../../../src/base/text.js";

export interface FakeMessage {
  readonly id: string;
  readonly channel: string;
  readonly nonce: string;
  readonly replyTo?: string;
  readonly createdAt: number;
  text: string;
  edits: number;
  deleted: boolean;
}

/** What happens to one request: `before` answers instead of Discord; `after` replaces the answer although the work was done. */
export type Fate =
  | { readonly at: "before"; readonly answer: Answer }
  | { readonly at: "after"; readonly answer: Answer }
  | { readonly at: "pass" };

export interface FakeRequest {
  readonly kind: "post" | "edit" | "find" | "thread" | "unarchive";
  readonly at: number;
  readonly channel: string;
  readonly id: string;
  readonly reduced: number;
  readonly replyTo?: string;
}

export interface FakeDiscordOptions {
  readonly clock: Clock;
  readonly nonceWindowMs?: number;
  /** Called before each request; absent: everything passes. */
  readonly fate?: (request: FakeRequest) => Fate;
}

export const UNCLEAR: Answer = { kind: "unclear", detail: "other side closed" };
export const UNREACHABLE: Answer = { kind: "unreachable", detail: "ECONNREFUSED" };

export function refusal(
  status: number,
  code?: number,
  more: Partial<Extract<Answer, { kind: "status" }>> = {},
): Answer {
  return {
    kind: "status",
    status,
    edge: false,
    detail: `HTTP ${status}`,
    ...(code === undefined ? {} : { code }),
    ...more,
  };
}

/** A receiver with Discord's rules for nonces, deleted messages and history, and a script for what goes wrong. */
export class FakeDiscord implements Receiver {
  readonly messages: FakeMessage[] = [];
  readonly requests: FakeRequest[] = [];
  /** Messages that have a thread: its id is the message's. */
  readonly threads = new Set<string>();
  /** Answers for the next requests, in order; then everything passes. */
  readonly script: Fate[] = [];
  historyReadable = true;
  /** Requests that have begun wait for this before anything happens. */
  hold: Promise<void> | undefined;
  readonly #options: FakeDiscordOptions;
  #next = 1_000;

  constructor(options: FakeDiscordOptions) {
    this.#options = options;
  }

  async post(request: PostRequest): Promise<Answer> {
    const { channel, id, reduced, replyTo } = request;
    const more = replyTo === undefined ? {} : { replyTo };
    const fate = await this.#begin({ kind: "post", at: this.#now(), channel, id, reduced, ...more });
    if (fate.at === "before") return fate.answer;
    const answer = this.#make(request);
    return fate.at === "after" ? fate.answer : answer;
  }

  async edit({ channel, messageId, id, message, reduced }: EditRequest): Promise<Answer> {
    const fate = await this.#begin({ kind: "edit", at: this.#now(), channel, id, reduced });
    if (fate.at === "before") return fate.answer;
    const found = this.messages.find((other) => other.id === messageId && !other.deleted);
    if (!found) return refusal(404, 10_008);
    found.text = plain(message.summary);
    found.edits += 1;
    return fate.at === "after" ? fate.answer : { kind: "ok", messageId };
  }

  async openThread({ channel, messageId }: ThreadRequest): Promise<Answer> {
    const fate = await this.#begin({ kind: "thread", at: this.#now(), channel, id: messageId, reduced: 0 });
    if (fate.at === "before") return fate.answer;
    const standing = this.messages.some((message) => message.id === messageId && !message.deleted);
    if (!standing) return refusal(404, 10_008);
    const known = this.threads.has(messageId);
    this.threads.add(messageId);
    if (fate.at === "after") return fate.answer;
    return known ? refusal(400, 160_004) : { kind: "ok", messageId };
  }

  async unarchive(thread: string): Promise<Answer> {
    const fate = await this.#begin({ kind: "unarchive", at: this.#now(), channel: thread, id: thread, reduced: 0 });
    return fate.at === "pass" ? { kind: "ok", messageId: thread } : fate.answer;
  }

  async find(channel: string, id: string, since: number): Promise<LookupAnswer> {
    const fate = await this.#begin({ kind: "find", at: this.#now(), channel, id, reduced: 0 });
    if (fate.at === "before" && fate.answer.kind !== "ok") return fate.answer;
    if (!this.historyReadable)
      return { kind: "status", status: 403, code: 50_013, edge: false, detail: "Missing Permissions" };
    const found = this.standing(channel).find((message) => message.nonce === id && message.createdAt >= since);
    return found ? { kind: "found", messageId: found.id } : { kind: "absent" };
  }

  standing(channel?: string): readonly FakeMessage[] {
    return this.messages.filter(
      (message) => !message.deleted && (channel === undefined || message.channel === channel),
    );
  }

  async #begin(request: FakeRequest): Promise<Fate> {
    this.requests.push(request);
    const fate = this.script.shift() ?? this.#options.fate?.(request) ?? { at: "pass" };
    if (this.hold) await this.hold;
    return fate;
  }

  #make({ channel, id, message, replyTo }: PostRequest): Answer {
    const window = this.#options.nonceWindowMs ?? 60_000;
    const known = this.messages.find((other) => other.nonce === id && this.#now() - other.createdAt <= window);
    if (known) return known.deleted ? refusal(404, 10_008) : { kind: "ok", messageId: known.id };
    const made: FakeMessage = {
      id: String(this.#next++),
      channel,
      nonce: id,
      createdAt: this.#now(),
      text: plain(message.summary),
      edits: 0,
      deleted: false,
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    this.messages.push(made);
    return { kind: "ok", messageId: made.id };
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
