import { DiscordAPIError, HTTPError, REST, RateLimitError, RequestMethod } from "@discordjs/rest";
import type { RESTOptions, RouteLike } from "@discordjs/rest";

import type { Clock } from "../../base/clock.js";
import { messageOf, systemCodeOf } from "../../base/errors.js";
import type { Secret } from "../../base/secret.js";
import type { EdgeBlock } from "../../model/contract/edge-block.js";
import type { MessageFile } from "../../model/message.js";

import { EdgeBlockedError, edgeGuarded } from "./edge-guard.js";
import { exchange } from "./exchange.js";
import type { Traffic } from "./traffic.js";

/** How long one request may take before its outcome counts as unclear. */
const TIMEOUT_MS = 10_000;
/** What a 429 without a usable `Retry-After` is taken to ask for. */
const DEFAULT_RETRY_MS = 1_000;
/** The edge's word in JSON. Source: Discord's documentation, topics/opcodes-and-status-codes. */
const CLOUDFLARE_BLOCKED = 40_333;
/** Codes of undici and Node with which it is certain that Discord has not seen the request. */
const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

/** What came back from one request, as a value: nothing here throws but bugs. */
export type RestAnswer =
  | { readonly kind: "ok"; readonly body: unknown }
  /** Discord said no. `code` is its JSON error code; an `edge` answer was no JSON of Discord's at all. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code?: number;
      readonly edge: boolean;
      readonly detail: string;
    }
  /** Discord, or our own count of its limits, asks to wait. */
  | { readonly kind: "wait"; readonly retryAfterMs: number; readonly detail: string }
  /** It was certainly not received. */
  | { readonly kind: "unsent"; readonly detail: string }
  /** Nobody knows whether it was received. */
  | { readonly kind: "unclear"; readonly detail: string };

export interface RestRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the API's base, such as `/applications/1/commands`. */
  readonly path: RouteLike;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly files?: readonly MessageFile[];
  /** False for interaction endpoints: their token is in the path. */
  readonly authenticated: boolean;
  readonly signal?: AbortSignal;
}

export interface Rest {
  request(request: RestRequest): Promise<RestAnswer>;
  /** Takes another token from now on, after a reload. */
  setToken(token: Secret): void;
}

export interface RestDeps {
  /** Base of the REST interface without the version; undefined: Discord's own. */
  readonly apiUrl: string | undefined;
  readonly token: Secret;
  readonly clock: Clock;
  readonly traffic: Traffic;
  /** Shared with whatever else of this process asks something of Discord. Absent: asked without regard to it. */
  readonly edge?: EdgeBlock | undefined;
  /** Told of each answer's `Date`: what Discord's clocks say. */
  readonly onDate?: (date: string) => void;
}

const METHODS = {
  GET: RequestMethod.Get,
  POST: RequestMethod.Post,
  PUT: RequestMethod.Put,
  PATCH: RequestMethod.Patch,
  DELETE: RequestMethod.Delete,
} as const;

/** Options shared with the gateway client's own requests. */
export function restOptions({
  apiUrl,
  edge,
  clock,
}: Pick<RestDeps, "apiUrl" | "edge" | "clock">): Partial<RESTOptions> {
  return {
    version: "10",
    ...(apiUrl === undefined ? {} : { api: apiUrl }),
    retries: 0,
    timeout: TIMEOUT_MS,
    // Every wait comes back as a value: whoever asked knows how long the answer is still of use.
    rejectOnRateLimit: () => true,
    makeRequest: exchange,
    ...(edge && edgeGuarded(edge, clock)),
  };
}

/**
 * Requests to Discord. The library neither retries nor waits here, and clears its token after one 401, so the token is
 * set anew for each request that needs it.
 */
export function createRest(deps: RestDeps): Rest {
  const rest = new REST(restOptions(deps));
  let token = deps.token;
  countAnswers(rest, deps.traffic);
  if (deps.onDate) {
    const { onDate } = deps;
    rest.on("response", (_request, response) => {
      const date = response.headers.get("date");
      if (date !== null) onDate(date);
    });
  }
  return {
    setToken: (next) => {
      token = next;
    },
    async request(request) {
      if (request.authenticated) rest.setToken(token.reveal());
      const startedAt = deps.clock.monotonic();
      try {
        const body = await rest.request({
          method: METHODS[request.method],
          fullRoute: request.path,
          auth: request.authenticated,
          ...(request.query ? { query: new URLSearchParams(request.query) } : {}),
          ...(request.body === undefined ? {} : { body: request.body }),
          ...(request.files?.length
            ? { files: request.files.map((file) => ({ name: file.name, data: dataOf(file) })) }
            : {}),
          ...(request.signal ? { signal: request.signal } : {}),
        });
        deps.traffic.took(deps.clock.monotonic() - startedAt);
        return { kind: "ok", body };
      } catch (thrown) {
        const answer = answerOf(thrown);
        if (answer.kind === "status" && answer.code === CLOUDFLARE_BLOCKED)
          deps.edge?.refused(answer.detail, startedAt);
        return answer;
      }
    },
  };
}

export function countAnswers(rest: REST, traffic: Traffic): void {
  rest.on("response", (_request, response) => {
    traffic.answered(response.status, response.headers.get("x-ratelimit-scope") === "shared");
  });
}

function dataOf(file: MessageFile): string | Buffer {
  return typeof file.content === "string" ? file.content : Buffer.from(file.content);
}

/**
 * An error of the library's as a value. Its own text, not the error itself, goes on: the error holds the URL, and the URL of
 * an interaction holds its token.
 */
export function answerOf(thrown: unknown): RestAnswer {
  if (thrown instanceof EdgeBlockedError)
    return { kind: "wait", retryAfterMs: thrown.remainingMs, detail: thrown.message };
  if (thrown instanceof RateLimitError) {
    const asked = Math.max(thrown.retryAfter, thrown.timeToReset, thrown.sublimitTimeout);
    const retryAfterMs = Number.isFinite(asked) && asked > 0 ? asked : DEFAULT_RETRY_MS;
    return { kind: "wait", retryAfterMs, detail: `rate limited (${thrown.scope})` };
  }
  if (thrown instanceof DiscordAPIError) {
    const code = typeof thrown.code === "number" ? thrown.code : undefined;
    return {
      kind: "status",
      status: thrown.status,
      ...(code === undefined ? {} : { code }),
      edge: code === undefined,
      detail: code === undefined ? `HTTP ${thrown.status}, not from Discord's own interface` : thrown.message,
    };
  }
  if (thrown instanceof HTTPError) {
    return { kind: "status", status: thrown.status, edge: true, detail: `HTTP ${thrown.status}` };
  }
  const code = systemCodeOf(thrown) ?? systemCodeOf(thrown instanceof Error ? thrown.cause : undefined);
  if (code !== undefined && NEVER_SENT.includes(code)) return { kind: "unsent", detail: code };
  return { kind: "unclear", detail: code ?? nameOf(thrown) };
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.name !== "Error" ? thrown.name : messageOf(thrown);
}
