import { describe, expect, it } from "vitest";

import { messageAnswer, rateHintOf, statusAnswer } from "../../../src/notify/response.js";
import type { RawResponse } from "../../../src/notify/response.js";
import { snowflakeAt } from "../../../src/notify/snowflake.js";

function response(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RawResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, body: text, headers: new Headers(headers) };
}

const NOW = Date.UTC(2026, 0, 5, 12);

describe("a response as a value", () => {
  it("takes code, words and places from a form refusal, and not more than fits a line", () => {
    const body = {
      code: 50_035,
      message: "Invalid Form Body",
      errors: { embeds: { 0: { description: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "…" }] } } } },
    };
    expect(statusAnswer(response(400, body), NOW)).toMatchObject({
      status: 400,
      code: 50_035,
      edge: false,
      detail: "HTTP 400 (50035): Invalid Form Body at embeds.0.description",
    });
    const long = statusAnswer(response(400, { message: "x".repeat(5_000) }), NOW);
    expect(long.detail.length).toBeLessThanOrEqual(300);
  });

  it.each(["<!doctype html><title>Blocked</title>", "", "null", "[]", "{"])(
    "takes %j for a page of the edge",
    (body) => {
      expect(statusAnswer(response(403, body), NOW)).toMatchObject({ edge: true });
    },
  );

  it("waits by the header, by the body where there is none, and says nothing where neither is", () => {
    const body = { message: "You are being rate limited.", retry_after: 1.5, global: false };
    expect(statusAnswer(response(429, body, { "retry-after": "2" }), NOW).retryAfterMs).toBe(2_000);
    expect(statusAnswer(response(429, body), NOW).retryAfterMs).toBe(1_500);
    expect(statusAnswer(response(429, { message: "x" }), NOW)).not.toHaveProperty("retryAfterMs");
    expect(statusAnswer(response(429, body, { "retry-after": "soon" }), NOW).retryAfterMs).toBe(1_500);
  });

  it.each([
    [429, "3600", 3_600_000],
    [403, "20", 20_000],
    [429, "0", 0],
    [429, "Mon, 05 Jan 2026 12:01:00 GMT", 60_000],
    [429, "Mon, 05 Jan 2026 11:00:00 GMT", -3_600_000],
  ])("reads from a page of the edge with %d how long it asks to wait: %s", (status, asked, ms) => {
    const page = response(status, "<html>1015</html>", { "retry-after": asked });
    expect(statusAnswer(page, NOW)).toMatchObject({ edge: true, retryAfterMs: ms });
  });

  it("reads a moment in a 429 of the platform's own, but none that has passed", () => {
    const body = { message: "x", retry_after: 1.5 };
    const asked = (retryAfter: string) => statusAnswer(response(429, body, { "retry-after": retryAfter }), NOW);
    expect(asked("Mon, 05 Jan 2026 12:00:07 GMT").retryAfterMs).toBe(7_000);
    expect(asked("Mon, 05 Jan 2026 11:00:00 GMT").retryAfterMs).toBe(1_500);
  });

  it.each([
    [{ "x-ratelimit-scope": "shared" }, {}, "shared"],
    [{ "x-ratelimit-scope": "user" }, {}, "user"],
    [{}, {}, "user"],
    [{ "x-ratelimit-global": "true" }, {}, "global"],
    [{}, { global: true }, "global"],
  ] as const)("reads the scope of a 429 from %j and %j", (headers, body, scope) => {
    expect(statusAnswer(response(429, { message: "x", ...body }, headers), NOW).scope).toBe(scope);
  });

  it("reads a bucket only when it is complete", () => {
    const headers = { "x-ratelimit-limit": "5", "x-ratelimit-remaining": "3", "x-ratelimit-reset-after": "4.566" };
    expect(rateHintOf(response(200, {}, headers))).toEqual({ limit: 5, remaining: 3, resetAfterMs: 4_566 });
    expect(rateHintOf(response(200, {}, { "x-ratelimit-remaining": "0" }))).toBeUndefined();
    expect(rateHintOf(response(200, {}, { ...headers, "x-ratelimit-remaining": "-1" }))).toBeUndefined();
  });

  it("does not take a success that names no message for done, nor for not done", () => {
    expect(messageAnswer(response(200, { id: "1" }), NOW)).toEqual({ kind: "ok", messageId: "1" });
    expect(messageAnswer(response(200, "<html>"), NOW).kind).toBe("unclear");
    expect(messageAnswer(response(204, ""), NOW).kind).toBe("unclear");
    expect(messageAnswer(response(302, ""), NOW).kind).toBe("status");
  });
});

it("gives the smallest id of a moment, as the documentation's example has it", () => {
  // 175928847299117063 was made at 2016-04-30 11:18:25.796 UTC (documentation: reference, snowflakes).
  const at = Date.UTC(2016, 3, 30, 11, 18, 25, 796);
  const id = 175_928_847_299_117_063n;
  expect(BigInt(snowflakeAt(at))).toBeLessThanOrEqual(id);
  expect(BigInt(snowflakeAt(at + 1))).toBeGreaterThan(id);
  expect(snowflakeAt(0)).toBe("0");
});
