import { DiscordAPIError, HTTPError, RateLimitError } from "@discordjs/rest";
import { describe, expect, it } from "vitest";

import { Handling } from "../../../src/discord/dispatch/handling.js";
import { answerOf } from "../../../src/discord/rest/rest.js";
import { Traffic } from "../../../src/discord/rest/traffic.js";
import { FakeClock } from "../../support/fake-clock.js";

describe("Traffic", () => {
  it("counts a minute of requests and forgets them", async () => {
    const clock = new FakeClock();
    const traffic = new Traffic(clock);
    for (let second = 0; second < 90; second += 1) {
      traffic.answered(200, false);
      traffic.answered(200, false);
      await clock.advance(1_000);
    }
    expect(traffic.numbers().requestsPerMinute).toBeGreaterThanOrEqual(118);
    expect(traffic.numbers().requestsPerMinute).toBeLessThanOrEqual(120);
    await clock.advance(61_000);
    expect(traffic.numbers().requestsPerMinute).toBe(0);
  });

  it("counts what Discord counts towards its ban: 401, 403 and 429, but no shared limit", () => {
    const traffic = new Traffic(new FakeClock());
    for (const status of [200, 204, 401, 403, 404, 429, 500]) traffic.answered(status, false);
    traffic.answered(429, true);
    expect(traffic.numbers()).toMatchObject({ rateLimitedTotal: 2, invalidTotal: 3 });
  });

  it("gives the median of the last five answers", () => {
    const traffic = new Traffic(new FakeClock());
    expect(traffic.numbers().restMedianSeconds).toBeUndefined();
    for (const ms of [9_000, 100, 300, 200, 500, 400]) traffic.took(ms);
    expect(traffic.numbers().restMedianSeconds).toBe(0.3);
  });
});

describe("Handling", () => {
  it("gives percentiles of the last hundred and the count of a minute", async () => {
    const clock = new FakeClock();
    const handling = new Handling(clock);
    expect(handling.numbers()).toEqual({ commandsPerMinute: 0 });
    for (let index = 0; index < 200; index += 1) {
      handling.received();
      handling.took(index);
    }
    const numbers = handling.numbers();
    expect(numbers.commandsPerMinute).toBe(200);
    expect(numbers.commandsP50Seconds).toBeCloseTo(0.1495);
    expect(numbers.commandsP95Seconds).toBeCloseTo(0.19405);
    await clock.advance(61_000);
    expect(handling.numbers().commandsPerMinute).toBe(0);
  });
});

describe("answerOf", () => {
  const url = "https://discord.example/api/v10/webhooks/1/planted-token/messages/@original";
  const request = { files: undefined, body: undefined };

  it.each([
    [
      "Discord's own refusal",
      new DiscordAPIError({ code: 10_062, message: "Unknown interaction" }, 10_062, 404, "POST", url, request),
      { kind: "status", status: 404, code: 10_062, edge: false },
    ],
    [
      "a failing server",
      new HTTPError(502, "Bad Gateway", "POST", url, request),
      { kind: "status", status: 502, edge: true },
    ],
    ["refused", Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), { kind: "unsent" }],
    [
      "refused, as the cause",
      new TypeError("fetch", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
      { kind: "unsent" },
    ],
    ["cut off", Object.assign(new Error(url), { code: "ECONNRESET" }), { kind: "unclear", detail: "ECONNRESET" }],
    [
      "timed out",
      Object.assign(new Error("aborted"), { name: "AbortError" }),
      { kind: "unclear", detail: "AbortError" },
    ],
  ])("%s", (_what, thrown, answer) => {
    expect(answerOf(thrown)).toMatchObject(answer);
    expect(JSON.stringify(answerOf(thrown))).not.toContain("planted-token");
  });

  it("a limit says how long, and a second where the library does not know", () => {
    const limit = {
      limit: 5,
      method: "POST",
      hash: "x",
      url,
      route: "/x",
      majorParameter: "1",
      global: false,
      sublimitTimeout: 0,
      scope: "user" as const,
    };
    expect(answerOf(new RateLimitError({ ...limit, timeToReset: 700, retryAfter: 900 }))).toMatchObject({
      kind: "wait",
      retryAfterMs: 900,
    });
    expect(answerOf(new RateLimitError({ ...limit, timeToReset: 0, retryAfter: 0 }))).toMatchObject({
      kind: "wait",
      retryAfterMs: 1_000,
    });
  });
});
