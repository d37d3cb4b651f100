import { ApiError, discordErrors } from "../errors.js";
import type { FaultOrder } from "../faults.js";
import { isObject } from "../json.js";
import { edgePage } from "./edge.js";
import { HiddenLimit, refusalBody, refusalHeaders } from "./limiter.js";
import type { Admission, Headers, LimitRefusal } from "./limiter.js";
import type { Reply } from "./route.js";

/** An answer as it goes over the wire, with the JSON error code it carries. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Headers;
  readonly payload: Buffer | undefined;
  readonly code: number | undefined;
}

export function faultAnswer(
  fault: Extract<FaultOrder, { kind: "status" | "rate-limit" | "edge-html" | "edge-json" }>,
): Outgoing {
  switch (fault.kind) {
    case "status": {
      const body = fault.body ?? { message: `${fault.status}: Simulated`, code: 0 };
      return json(fault.status, body, fault.headers ?? {});
    }
    case "rate-limit":
      return limited({ scope: fault.scope ?? "user", retryAfterMs: fault.retryAfterMs }, {});
    case "edge-html":
      return page(fault.status ?? 429, fault.retryAfterS);
    default:
      return json(403, discordErrors.CloudflareBlocked, {});
  }
}

export function json(status: number, body: unknown, headers: Headers): Outgoing {
  const shown = isObject(body) && "status" in body ? { message: body["message"], code: body["code"] } : body;
  const payload = Buffer.from(JSON.stringify(shown));
  const code = isObject(shown) && typeof shown["code"] === "number" && status >= 400 ? shown["code"] : undefined;
  return {
    status,
    headers: { ...headers, "content-type": "application/json", "content-length": String(payload.length) },
    payload,
    code,
  };
}

export function page(status: number, retryAfterS?: number): Outgoing {
  const { headers, html } = edgePage(status, retryAfterS);
  return { status, headers, payload: Buffer.from(html), code: undefined };
}

export function limited(refusal: LimitRefusal, headers: Headers): Outgoing {
  return json(429, refusalBody(refusal), { ...headers, ...refusalHeaders(refusal) });
}

export function succeeded(reply: Reply, admission: Admission): Outgoing {
  if (reply.raw !== undefined) {
    const { bytes, contentType } = reply.raw;
    return { status: reply.status, headers: { "content-type": contentType }, payload: bytes, code: undefined };
  }
  if (reply.body === undefined) {
    return { status: reply.status, headers: admission.headers, payload: undefined, code: undefined };
  }
  return json(reply.status, reply.body, admission.headers);
}

export function failed(error: unknown, headers: Headers, onDefect: (error: unknown) => void): Outgoing {
  if (error instanceof ApiError) return json(error.status, error.body(), headers);
  if (error instanceof HiddenLimit) return limited(error.refusal, headers);
  onDefect(error);
  return json(500, { message: "500: Internal Server Error", code: 0 }, headers);
}
