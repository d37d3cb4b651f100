import { afterEach, expect, it, vi } from "vitest";

import { Secret } from "../../../src/base/secret.js";
import { createRest } from "../../../src/discord/rest/rest.js";
import { Traffic } from "../../../src/discord/rest/traffic.js";
import { deafUndici } from "../../support/deaf-undici.js";
import { FakeClock } from "../../support/fake-clock.js";

afterEach(() => {
  vi.useRealTimers();
});

it("takes a request that the library never hears of again for unclear after ten seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = new FakeClock();
  const rest = createRest({
    apiUrl: "http://127.0.0.1:1/api",
    token: new Secret("token"),
    clock,
    traffic: new Traffic(clock),
  });
  const answer = await deafUndici(async (sent) => {
    const asked = rest.request({ method: "GET", path: "/gateway/bot", authenticated: true });
    await sent;
    await vi.advanceTimersByTimeAsync(10_000);
    return asked;
  });
  expect(answer).toEqual({ kind: "unclear", detail: "AbortError" });
});
