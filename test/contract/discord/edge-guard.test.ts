import { describe, expect, it } from "vitest";

import { Secret } from "../../../src/base/secret.js";
import { createEdgeBlock } from "../../../src/discord/rest/edge-guard.js";
import { createRest } from "../../../src/discord/rest/rest.js";
import type { Rest } from "../../../src/discord/rest/rest.js";
import { Traffic } from "../../../src/discord/rest/traffic.js";
import { Simulator } from "../../../simulator/index.js";
import { memoryEdge } from "../../support/discord/bot.js";
import { FakeClock } from "../../support/fake-clock.js";

const ME = { method: "GET", path: "/users/@me", authenticated: true } as const;

function guarded(simulator: Simulator): { rest: Rest; edge: ReturnType<typeof memoryEdge>; clock: FakeClock } {
  const clock = new FakeClock();
  const edge = memoryEdge(clock);
  const { apiUrl, token } = simulator;
  return {
    rest: createRest({ apiUrl, token: new Secret(token), clock, traffic: new Traffic(clock), edge }),
    edge,
    clock,
  };
}

describe("requests beside the sender's", () => {
  it("stay away while the edge shuts this address out, whoever learned of it", async () => {
    await using simulator = await Simulator.start({ seed: 7 });
    const { rest, edge, clock } = guarded(simulator);
    edge.refused("HTTP 429", 0, 60_000);
    const answer = await rest.request(ME);
    expect(answer).toMatchObject({ kind: "wait", retryAfterMs: 60_000 });
    expect(await simulator.control.requests()).toEqual([]);
    await clock.advance(60_000);
    expect(await rest.request(ME)).toMatchObject({ kind: "ok" });
  });

  it.each([
    [429, 3_600, 3_600_000],
    [403, 20, 20_000],
    [429, undefined, undefined],
    // What has no bound is not handed on.
    [429, 365 * 86_400, 365 * 86_400_000],
  ])("tell of a page of the edge with %d and Retry-After %s", async (status, retryAfterS, askedMs) => {
    await using simulator = await Simulator.start({ seed: 7 });
    const { rest, edge, clock } = guarded(simulator);
    const match = { route: /users/u, times: 1 };
    await simulator.control.fault({
      match,
      kind: "edge-html",
      status,
      ...(retryAfterS !== undefined && { retryAfterS }),
    });
    const refused = await rest.request(ME);
    expect(refused.kind).toBe(status === 429 ? "wait" : "status");
    const waitMs = refused.kind === "wait" ? refused.retryAfterMs : 0;
    expect(waitMs).toBeLessThan(60_000);
    expect(edge.asked).toEqual([askedMs]);
    expect((await rest.request(ME)).kind).toBe("wait");
    await clock.advance(askedMs ?? 600_000);
    expect(await rest.request(ME)).toMatchObject({ kind: "ok" });
  });

  it.each([
    [20_000, 20_000],
    [undefined, 600_000],
    [0, 600_000],
    [-1, 600_000],
    [365 * 86_400_000, 86_400_000],
  ])("of a command that ends soon: asked for %s ms it is silent for %d", (askedMs, silentMs) => {
    const clock = new FakeClock();
    const edge = createEdgeBlock(clock);
    expect(edge.remainingMs()).toBe(0);
    edge.refused("HTTP 429", 0, askedMs);
    expect(edge.remainingMs()).toBe(silentMs);
    edge.refused("HTTP 429", 0, 1_000);
    expect(edge.remainingMs()).toBe(silentMs);
  });

  it("tell of 40333 in JSON, and not of an ordinary limit or refusal", async () => {
    await using simulator = await Simulator.start({ seed: 7 });
    const { rest, edge } = guarded(simulator);
    await simulator.control.fault({
      match: { route: /users/u, times: 1 },
      kind: "rate-limit",
      retryAfterMs: 10,
      scope: "user",
    });
    await rest.request(ME);
    await rest.request({ method: "GET", path: "/channels/1", authenticated: true });
    expect(edge.asked).toEqual([]);
    await simulator.control.fault({ match: { route: /gateway/u, times: 1 }, kind: "edge-json" });
    await rest.request({ method: "GET", path: "/gateway/bot", authenticated: true });
    expect(edge.asked).toEqual([undefined]);
  });
});
