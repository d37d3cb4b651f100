import { DefaultRestOptions, REST, RateLimitError, RequestMethod } from "@discordjs/rest";
import type { ResponseLike } from "@discordjs/rest";

import { orAborted } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { messageOf, systemCodeOf } from "../base/errors.js";
import type { Secret } from "../base/secret.js";
import type { Answer } from "../model/contract/receiver.js";
import type { MessageFile } from "../model/message.js";
import type { RawResponse } from "./response.js";

/** No request is waited for longer than this, from the first byte sent to the last byte read. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** A hundred messages of history stay far below this; what is larger is not Discord's. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Below Discord's 50, so that slash commands and the rest of the process keep their share. */
const REQUESTS_PER_SECOND = 40;

const METHODS = { GET: RequestMethod.Get, POST: RequestMethod.Post, PATCH: RequestMethod.Patch } as const;

export interface RestRequest {
  readonly method: keyof typeof METHODS;
  readonly path: `/${string}`;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly files?: readonly MessageFile[];
}

export type RestOutcome =
  | { readonly kind: "response"; readonly response: RawResponse }
  | Extract<Answer, { kind: "unclear" | "unreachable" | "not_sent" }>;

export interface DiscordRest {
  request(request: RestRequest): Promise<RestOutcome>;
  /** For a token that was renewed while the process ran. */
  setToken(token: Secret): void;
  stop(): void;
}

export interface DiscordRestOptions {
  /** `https://discord.com/api`, without the version. */
  readonly apiUrl: string;
  readonly token: Secret;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** Where a request leaves its response, so that it can be read whatever the library makes of it. */
interface Slot {
  response?: RawResponse;
}

/**
 * Names a request's slot within this process; it is taken off before the request is sent. (An AsyncLocalStorage would carry the slot too,
 * and have Node call a hook for every promise of the process from then on.)
 */
const SLOT_HEADER = "toban-slot";

/** System errors that come before the first byte is sent: the request was surely not done. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** Refusals of the server's certificate, by OpenSSL's names; the request follows the handshake. */
const CERTIFICATE_REFUSED = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/u;

async function readBody(response: ResponseLike): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    const bytes = chunk as Uint8Array;
    size += bytes.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error(`the answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** One request with the whole of its answer. */
async function exchange(
  ...request: Parameters<typeof DefaultRestOptions.makeRequest>
): Promise<[ResponseLike, string]> {
  const response = await DefaultRestOptions.makeRequest(...request);
  return [response, await readBody(response)];
}

function failureOf(thrown: unknown): RestOutcome {
  if (thrown instanceof RateLimitError) {
    return { kind: "not_sent", retryAfterMs: Math.max(0, thrown.retryAfter), detail: `own limit on ${thrown.route}` };
  }
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = systemCodeOf(thrown) ?? systemCodeOf(cause);
  const detail = code ?? messageOf(thrown);
  const certain = code !== undefined && (BEFORE_SENDING.has(code) || CERTIFICATE_REFUSED.test(code));
  return { kind: certain ? "unreachable" : "unclear", detail };
}

/**
 * The sender's own REST instance: the library sends once and never waits, so that every wait and every unclear answer comes
 * back as a value. The response is kept as it came, because the library's errors no longer tell a page of the edge from JSON.
 */
export function createDiscordRest(options: DiscordRestOptions): DiscordRest {
  const { clock } = options;
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  const slots = new Map<string, Slot>();
  let requests = 0;
  let token = options.token;
  const rest = new REST({
    version: "10",
    api: options.apiUrl,
    retries: 0,
    timeout: timeoutMs,
    rejectOnRateLimit: () => true,
    globalRequestsPerSecond: REQUESTS_PER_SECOND,
    async makeRequest(url, init) {
      // The library hands on a plain object (REST.resolveRequest), and our header with it.
      const { [SLOT_HEADER]: name = "", ...headers } = init.headers as Readonly<Record<string, string>>;
      const [response, body] = await orAborted(exchange(url, { ...init, headers }), init.signal);
      const slot = slots.get(name);
      if (slot) slot.response = { status: response.status, headers: response.headers, body };
      const empty = body === "" || response.status === 204 || response.status === 304;
      return new Response(empty ? null : body, { status: response.status, headers: [...response.headers] });
    },
  });

  async function request({ method, path, query, body, files }: RestRequest): Promise<RestOutcome> {
    const slot: Slot = {};
    const name = String((requests += 1));
    slots.set(name, slot);
    using deadline = clock.deadline(timeoutMs);
    // The library forgets the token after a single 401.
    rest.setToken(token.reveal());
    try {
      await rest.queueRequest({
        method: METHODS[method],
        fullRoute: path,
        body,
        headers: { [SLOT_HEADER]: name },
        signal: deadline.signal,
        ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
        ...(files === undefined || files.length === 0
          ? {}
          : { files: files.map((file) => ({ name: file.name, data: Buffer.from(file.content) })) }),
      });
    } catch (thrown) {
      if (!slot.response)
        return deadline.expired ? { kind: "unclear", detail: `no answer in ${timeoutMs} ms` } : failureOf(thrown);
    } finally {
      slots.delete(name);
    }
    return slot.response ? { kind: "response", response: slot.response } : { kind: "unclear", detail: "no response" };
  }

  return {
    request,
    setToken: (next) => {
      token = next;
    },
    stop: () => {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}
