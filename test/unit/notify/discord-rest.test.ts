import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { Secret } from "../../../src/base/secret.js";
import { REQUEST_TIMEOUT_MS, createDiscordRest } from "../../../src/notify/discord-rest.js";
import { deafUndici } from "../../support/deaf-undici.js";
import { FakeClock } from "../../support/fake-clock.js";

let server: Server;
const seen: IncomingHttpHeaders[] = [];

/** Answers the second of two requests first, each with its own path. */
beforeEach(async () => {
  seen.length = 0;
  const waiting: (() => void)[] = [];
  server = createServer((request, response) => {
    seen.push(request.headers);
    waiting.push(() => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ path: request.url }));
    });
    if (waiting.length === 2) for (const answer of waiting.toReversed()) answer();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

test("requests at the same time get each its own answer, and nothing of how they are told apart leaves the process", async () => {
  const { port } = server.address() as AddressInfo;
  const rest = createDiscordRest({
    apiUrl: `http://127.0.0.1:${port}/api`,
    token: new Secret("token"),
    clock: systemClock,
  });
  const paths = ["/channels/1/messages", "/channels/2/messages"] as const;
  const outcomes = await Promise.all(paths.map((path) => rest.request({ method: "GET", path })));
  rest.stop();
  expect(outcomes.map((outcome) => outcome.kind === "response" && outcome.response.body)).toEqual(
    paths.map((path) => JSON.stringify({ path: `/api/v10${path}` })),
  );
  for (const headers of seen) {
    const known = ["accept", "accept-language", "accept-encoding", "authorization", "connection", "host"];
    const ours = Object.keys(headers).filter((name) => !known.includes(name) && !name.startsWith("sec-fetch"));
    expect(ours).toEqual(["user-agent"]);
  }
});

test("a request that the library never hears of again is over at its deadline, and the next one goes its way", async () => {
  const clock = new FakeClock();
  const rest = createDiscordRest({ apiUrl: "http://127.0.0.1:1/api", token: new Secret("token"), clock });
  const outcome = await deafUndici(async (sent) => {
    const asked = rest.request({ method: "GET", path: "/channels/1/messages" });
    await sent;
    await clock.advance(REQUEST_TIMEOUT_MS);
    return asked;
  });
  expect(outcome).toMatchObject({ kind: "unclear" });
  expect(await rest.request({ method: "GET", path: "/channels/1/messages" })).toMatchObject({ kind: "unreachable" });
  rest.stop();
});
