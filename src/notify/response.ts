import { retryAfterMs } from "../base/retry-after.js";
import type { Answer, RateHint } from "../model/contract/receiver.js";

/** One HTTP response, read to its end. */
export interface RawResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
}

/** How much of a refusal's words is kept for log and outbox. */
const DETAIL_LENGTH = 300;

type Fields = Readonly<Record<string, unknown>>;

/** The body as JSON, or `undefined` when it is none: whatever its content type says, only JSON is the platform's own word. */
export function jsonOf(response: RawResponse): unknown {
  try {
    return JSON.parse(response.body) as unknown;
  } catch {
    return undefined;
  }
}

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A header's value as a number that is not negative. */
function numberIn(response: RawResponse, header: string): number | undefined {
  const text = response.headers.get(header);
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The bucket's state, if the answer tells it (`X-RateLimit-*`, seconds with decimals). */
export function rateHintOf(response: RawResponse): RateHint | undefined {
  const remaining = numberIn(response, "x-ratelimit-remaining");
  const resetAfter = numberIn(response, "x-ratelimit-reset-after");
  if (remaining === undefined || resetAfter === undefined) return undefined;
  const limit = numberIn(response, "x-ratelimit-limit");
  return { remaining, resetAfterMs: resetAfter * 1_000, ...(limit === undefined ? {} : { limit }) };
}

/**
 * How long a refusal asks to wait. The header rules; the body's `retry_after` (seconds) is for answers that lack it. What a page of the edge says is
 * taken as it stands, also if it makes no sense.
 */
function waitAskedMs(response: RawResponse, body: Fields | undefined, now: number): number | undefined {
  const header = retryAfterMs(response.headers, now);
  if (header !== undefined && (header >= 0 || body === undefined)) return header;
  const inBody = body?.["retry_after"];
  return typeof inBody === "number" && inBody >= 0 ? inBody * 1_000 : undefined;
}

function scopeOf(response: RawResponse, body: Fields | undefined): "user" | "global" | "shared" {
  if (response.headers.get("x-ratelimit-global") === "true" || body?.["global"] === true) return "global";
  const scope = response.headers.get("x-ratelimit-scope");
  return scope === "global" || scope === "shared" ? scope : "user";
}

/** The names of the fields that a form refusal (`errors`) complains about, as paths. */
function complaints(errors: unknown, path: string, found: string[]): void {
  const fields = fieldsOf(errors);
  if (!fields) return;
  if (Array.isArray(fields["_errors"])) found.push(path);
  for (const [key, value] of Object.entries(fields)) {
    if (key !== "_errors") complaints(value, path === "" ? key : `${path}.${key}`, found);
  }
}

function detailOf(status: number, body: Fields | undefined): string {
  if (!body) return `HTTP ${status} without JSON`;
  const message = typeof body["message"] === "string" ? body["message"] : "no message";
  const found: string[] = [];
  complaints(body["errors"], "", found);
  const where = found.length > 0 ? ` at ${found.slice(0, 5).join(", ")}` : "";
  const code = typeof body["code"] === "number" ? ` (${body["code"]})` : "";
  return `HTTP ${status}${code}: ${message}${where}`.slice(0, DETAIL_LENGTH);
}

/** A response that is not the wanted success, as a value. `now`: UTC milliseconds, for a moment that the response names. */
export function statusAnswer(response: RawResponse, now: number): Extract<Answer, { kind: "status" }> {
  const body = fieldsOf(jsonOf(response));
  const code = body?.["code"];
  const rate = rateHintOf(response);
  const refused = response.status === 429 || response.status === 403;
  const wait = refused ? waitAskedMs(response, body, now) : undefined;
  return {
    kind: "status",
    status: response.status,
    edge: body === undefined,
    detail: detailOf(response.status, body),
    ...(typeof code === "number" ? { code } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(response.status === 429 ? { scope: scopeOf(response, body) } : {}),
    ...(rate === undefined ? {} : { rate }),
  };
}

/** What a request for one message came to. A success whose body names no message may have been done all the same. */
export function messageAnswer(response: RawResponse, now: number): Answer {
  if (response.status < 200 || response.status >= 300) return statusAnswer(response, now);
  const id = fieldsOf(jsonOf(response))?.["id"];
  if (typeof id !== "string") return { kind: "unclear", detail: `HTTP ${response.status} without a message id` };
  const rate = rateHintOf(response);
  return { kind: "ok", messageId: id, ...(rate === undefined ? {} : { rate }) };
}
