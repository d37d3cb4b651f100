import { refuse } from "../errors.js";
import type { JsonObject } from "../json.js";
import type { UploadedFile } from "../messages/service.js";

/**
 * What kind of answer a route gives: `bot` needs the bot's token; `callback` is the first answer to an interaction,
 * `interaction-webhook` its later ones; `webhook` is a channel's webhook; `open` needs nothing and is not limited.
 */
export type RouteClass = "bot" | "callback" | "interaction-webhook" | "webhook" | "open";

export interface RequestContext {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON of the body, `undefined` if there was none. */
  readonly json: unknown;
  readonly body: JsonObject;
  readonly files: readonly UploadedFile[];
  /** Whether a valid bot token came with the request. */
  readonly authorized: boolean;
  /** When the first byte of the request was seen, on the simulator's monotonic clock. */
  readonly receivedAt: number;
  readonly auditReason: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Raw bytes instead of JSON. */
  readonly raw?: { readonly bytes: Buffer; readonly contentType: string };
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path after `/api/v10`, with `:name` for one segment. */
  readonly path: string;
  readonly class: RouteClass;
  /** Which bucket the route counts in; routes of one group share it. */
  readonly bucket: string;
  /** Parameters that separate buckets: channel, guild or webhook. */
  readonly major: readonly string[];
  /** Another bucket for some requests of the route, told by their parameters. */
  readonly variant?: (params: Readonly<Record<string, string>>) => string | undefined;
  readonly handle: (context: RequestContext) => Reply | Promise<Reply>;
}

export function ok(body: unknown, status = 200): Reply {
  return { status, body };
}

export const NO_CONTENT: Reply = { status: 204 };

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request; literal segments win over parameters, in the order of the table. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];
  readonly #byLength = new Map<number, { readonly route: Route; readonly segments: readonly string[] }[]>();

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split("/").slice(1) }));
    for (const entry of this.#routes) {
      const list = this.#byLength.get(entry.segments.length) ?? [];
      list.push(entry);
      this.#byLength.set(entry.segments.length, list);
    }
  }

  match(method: string, path: string): RouteMatch {
    const segments = path.split("/").slice(1).map(decode);
    let otherMethod = false;
    for (const entry of this.#byLength.get(segments.length) ?? []) {
      const params = matchSegments(entry.segments, segments);
      if (params === undefined) continue;
      if (entry.route.method === method) return { route: entry.route, params };
      otherMethod = true;
    }
    throw refuse(otherMethod ? "MethodNotAllowed" : "NotFound");
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refuse("NotFound");
  }
}

/** Parameters that hold something other than a snowflake. */
const FREE_PARAMETERS: ReadonlySet<string> = new Set(["token", "emoji", "file"]);

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== segment) return undefined;
      continue;
    }
    const name = part.slice(1);
    if (!FREE_PARAMETERS.has(name) && !/^\d{1,20}$/.test(segment)) return undefined;
    params[name] = segment;
  }
  return params;
}

/** A path parameter that the route's pattern guarantees. */
export function param(context: RequestContext, name: string): string {
  const value = context.params[name];
  if (value === undefined) throw new TypeError(`route without parameter "${name}"`);
  return value;
}
