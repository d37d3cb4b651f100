import type { Clock } from "../base/clock.js";
import type { Secret } from "../base/secret.js";
import { findId, toDiscord } from "../message/to-discord.js";
import type { DiscordBody } from "../message/to-discord.js";
import type { Answer, EditRequest, LookupAnswer, PostRequest, Receiver } from "../model/contract/receiver.js";
import { createDiscordRest } from "./discord-rest.js";
import type { DiscordRest, DiscordRestOptions, RestOutcome, RestRequest } from "./discord-rest.js";
import { RateLedger } from "./rate-ledger.js";
import { fieldsOf, jsonOf, messageAnswer, rateHintOf, statusAnswer } from "./response.js";
import type { RawResponse } from "./response.js";
import { snowflakeAt } from "./snowflake.js";

export interface DiscordReceiver extends Receiver {
  setToken(token: Secret): void;
  stop(): void;
}

/** Largest page of a channel's history. */
const PAGE = 100;
/** Enough for a channel in which 5,000 messages were written meanwhile; beyond that the look-up gives no answer. */
const MAX_PAGES = 50;
/** Discord's clock and this host's may differ by as much beside what the answers' `Date` tells. */
const CLOCK_MARGIN_MS = 2 * 60_000;
/** A `since` in the future means that the clock was set back: how far is unknown, so a long stretch is searched. */
const CLOCK_SET_BACK_MS = 60 * 60_000;

type Unanswered = Exclude<LookupAnswer, { kind: "found" | "absent" }>;

/** Takes messages to Discord's channels as the bot. Never throws; whatever comes back is a value. */
export function createDiscordReceiver(options: DiscordRestOptions): DiscordReceiver {
  const rest = createDiscordRest(options);
  const asker: Asker = { rest, clock: options.clock };
  const history = new History(rest, options.clock);
  return {
    post: (request) => post(asker, request),
    edit: (request) => edit(asker, request),
    openThread: ({ channel, messageId, name }) =>
      send(asker, { method: "POST", path: `/channels/${channel}/messages/${messageId}/threads`, body: { name } }),
    unarchive: (thread) => send(asker, { method: "PATCH", path: `/channels/${thread}`, body: { archived: false } }),
    find: (channel, id, since) => history.find(channel, id, since),
    setToken: (token) => rest.setToken(token),
    stop: () => rest.stop(),
  };
}

/** The JSON without the files, which travel beside it. */
function jsonBody({ files: _files, ...body }: DiscordBody): Omit<DiscordBody, "files"> {
  return body;
}

interface Asker {
  readonly rest: DiscordRest;
  readonly clock: Clock;
}

async function send({ rest, clock }: Asker, request: RestRequest): Promise<Answer> {
  const outcome = await rest.request(request);
  return outcome.kind === "response" ? messageAnswer(outcome.response, clock.now()) : outcome;
}

function post(asker: Asker, { channel, id, message, replyTo, reduced }: PostRequest): Promise<Answer> {
  const body = toDiscord(message, { form: "alert", id, reduced });
  const reference =
    replyTo === undefined ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } };
  return send(asker, {
    method: "POST",
    path: `/channels/${channel}/messages`,
    body: { ...jsonBody(body), nonce: id, enforce_nonce: true, ...reference },
    files: body.files,
  });
}

function edit(asker: Asker, { channel, messageId, id, message, reduced }: EditRequest): Promise<Answer> {
  const body = toDiscord(message, { form: "alert", id, reduced });
  return send(asker, {
    method: "PATCH",
    path: `/channels/${channel}/messages/${messageId}`,
    body: jsonBody(body),
    files: body.files,
  });
}

/** Searches a channel's history for a message of ours. History returns no nonces, so every post carries its id. */
class History {
  readonly #rest: DiscordRest;
  readonly #clock: Clock;
  #self: string | undefined;
  /** A long search is many requests: it keeps within the bucket by itself. */
  readonly #ledger = new RateLedger();
  /** How far Discord's clock is ahead of ours. */
  #skewMs = 0;

  constructor(rest: DiscordRest, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  async find(channel: string, id: string, since: number): Promise<LookupAnswer> {
    const self = await this.#ownId();
    if (typeof self !== "string") return self;
    const start = this.#searchFrom(since);
    let after = start;
    let seen = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const got = await this.#read(channel, "", { after, limit: String(PAGE) });
      if (got.kind !== "response") return got;
      const messages = jsonOf(got.response);
      if (got.response.status !== 200 || !Array.isArray(messages)) return statusAnswer(got.response, this.#clock.now());
      const rate = rateHintOf(got.response);
      const own = messages.map(fieldsOf).filter((message) => message !== undefined);
      for (const message of own) {
        if (fieldsOf(message["author"])?.["id"] !== self || findId(message) !== id) continue;
        return { kind: "found", messageId: String(message["id"]), ...(rate === undefined ? {} : { rate }) };
      }
      seen += messages.length;
      if (messages.length < PAGE) {
        if (seen === 0) return await this.#confirmEmpty(channel, start);
        return { kind: "absent", ...(rate === undefined ? {} : { rate }) };
      }
      after = newest(
        own.map((message) => String(message["id"])),
        after,
      );
    }
    return { kind: "unclear", detail: `more than ${PAGE * MAX_PAGES} messages since then` };
  }

  #searchFrom(since: number): string {
    const now = this.#clock.now();
    const from = since > now ? now - CLOCK_SET_BACK_MS : since;
    return snowflakeAt(from + this.#skewMs - CLOCK_MARGIN_MS);
  }

  /**
   * Without READ_MESSAGE_HISTORY Discord answers a listing with no messages instead of a refusal. Reading a single message is refused
   * then, so an unknown one tells the two apart: 404 means that history may be read and was empty.
   */
  async #confirmEmpty(channel: string, messageId: string): Promise<LookupAnswer> {
    const got = await this.#read(channel, `/${messageId}`);
    if (got.kind !== "response") return got;
    const { status } = got.response;
    const answer = statusAnswer(got.response, this.#clock.now());
    if (status === 200 || (status === 404 && answer.code === 10_008)) return { kind: "absent" };
    return answer;
  }

  async #ownId(): Promise<string | Unanswered> {
    if (this.#self !== undefined) return this.#self;
    const got = await this.#get("/users/@me");
    if (got.kind !== "response") return got;
    const id = fieldsOf(jsonOf(got.response))?.["id"];
    if (got.response.status !== 200 || typeof id !== "string") return statusAnswer(got.response, this.#clock.now());
    this.#self = id;
    return id;
  }

  async #read(channel: string, rest: string, query?: Readonly<Record<string, string>>): Promise<RestOutcome> {
    const now = this.#clock.monotonic();
    const freeAt = this.#ledger.freeAt(channel, "look_up", now);
    if (freeAt > now) await this.#clock.sleep(freeAt - now);
    this.#ledger.spend(channel, "look_up", this.#clock.monotonic());
    const got = await this.#get(`/channels/${channel}/messages${rest}`, query);
    const rate = got.kind === "response" ? rateHintOf(got.response) : undefined;
    if (rate) this.#ledger.learn(channel, "look_up", rate, this.#clock.monotonic());
    this.#ledger.sweep(this.#clock.monotonic());
    return got;
  }

  async #get(path: `/${string}`, query?: Readonly<Record<string, string>>): Promise<RestOutcome> {
    const outcome = await this.#rest.request({ method: "GET", path, ...(query === undefined ? {} : { query }) });
    if (outcome.kind === "response") this.#learnSkew(outcome.response);
    return outcome;
  }

  #learnSkew(response: RawResponse): void {
    const date = Date.parse(response.headers.get("date") ?? "");
    if (Number.isFinite(date)) this.#skewMs = date - this.#clock.now();
  }
}

/** The largest snowflake; they are numbers of up to 20 digits, so they are compared as such. */
function newest(ids: readonly string[], floor: string): string {
  let largest = BigInt(floor);
  for (const id of ids) if (/^\d+$/u.test(id) && BigInt(id) > largest) largest = BigInt(id);
  return largest.toString();
}
