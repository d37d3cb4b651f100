import { describe, expect, it } from "vitest";

import { Responder } from "../../../src/discord/dispatch/reply.js";
import type { Delivery, Place } from "../../../src/discord/dispatch/reply.js";
import type { RestAnswer } from "../../../src/discord/rest/rest.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { say } from "../../support/discord/commands.js";
import { fakeRest } from "../../support/discord/fake-rest.js";
import type { FakeRest } from "../../support/discord/fake-rest.js";
import { FakeClock } from "../../support/fake-clock.js";

const TO = { id: "1400000000000000001", token: "tok", applicationId: "1400000000000000002", channel: "1" };
const HOOK = "/webhooks/1400000000000000002/tok";
const CALLBACK = "/interactions/1400000000000000001/tok/callback";

function status(httpStatus: number, code?: number): RestAnswer {
  return {
    kind: "status",
    status: httpStatus,
    edge: code === undefined,
    detail: "",
    ...(code === undefined ? {} : { code }),
  };
}

function responder(
  answers: readonly RestAnswer[],
  stopping: AbortSignal = new AbortController().signal,
): { clock: FakeClock; rest: FakeRest; to: Responder } {
  const clock = new FakeClock();
  const rest = fakeRest(answers);
  const to = new Responder(
    { rest, clock, lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }) },
    TO,
    clock.monotonic(),
    stopping,
  );
  return { clock, rest, to };
}

/** Lets the waits between attempts pass. */
async function settle(clock: FakeClock, delivery: Promise<Delivery>): Promise<Delivery> {
  const state = { done: false };
  void delivery.finally(() => {
    state.done = true;
  });
  for (let step = 0; !state.done && step < 2_000; step += 1) await clock.advance(500);
  return delivery;
}

const paths = (rest: FakeRest): string[] => rest.requests.map((request) => `${request.method} ${request.path}`);
const OK: RestAnswer = { kind: "ok", body: undefined };

describe("the first response", () => {
  it.each<[Place, number, number | undefined]>([
    ["public", 4, 0],
    ["ephemeral", 4, 64],
    ["update", 7, 0],
  ])("%s is of type %i", async (place, type, flags) => {
    const { rest, to } = responder([]);
    expect(await to.reply(say("x"), place)).toBe("sent");
    expect(rest.requests).toMatchObject([
      { method: "POST", path: CALLBACK, authenticated: false, body: { type, data: { flags } } },
    ]);
  });

  it.each<[string, readonly RestAnswer[], Delivery, number]>([
    ["is there", [OK], "sent", 1],
    ["meets an interaction that is over (10062)", [status(404, 10_062)], "late", 1],
    ["meets one that somebody else has answered (40060)", [status(400, 40_060)], "late", 1],
    [
      "meets 40060 after an answer that was lost: that was ours",
      [{ kind: "unclear", detail: "" }, status(400, 40_060)],
      "sent",
      2,
    ],
    ["meets 40060 after a server error: that was ours", [status(502), status(400, 40_060)], "sent", 2],
    ["is refused outright", [status(403, 50_001)], "lost", 1],
    ["meets an edge page", [status(403)], "lost", 1],
    ["was never sent, then is", [{ kind: "unsent", detail: "" }, OK], "sent", 2],
    ["has to wait a moment", [{ kind: "wait", retryAfterMs: 800, detail: "" }, OK], "sent", 2],
    ["would have to wait past the three seconds", [{ kind: "wait", retryAfterMs: 3_100, detail: "" }], "late", 1],
  ])("%s", async (_what, answers, delivery, requests) => {
    const { clock, rest, to } = responder(answers);
    expect(await settle(clock, to.reply(say("x"), "public"))).toBe(delivery);
    expect(rest.requests.length).toBe(requests);
  });

  it("is given up when three seconds are over, and called lost when it may have arrived", async () => {
    const failing = Array.from({ length: 100 }, () => status(500));
    const { clock, rest, to } = responder(failing);
    expect(await settle(clock, to.reply(say("x"), "public"))).toBe("lost");
    expect(rest.requests.length).toBeLessThan(30);
    const unsent = responder(Array.from({ length: 100 }, () => ({ kind: "unsent", detail: "" })));
    expect(await settle(unsent.clock, unsent.to.reply(say("x"), "public"))).toBe("late");
  });

  it("that Discord does not take as it is comes shorter, then plain, then not at all", async () => {
    const { clock, rest, to } = responder([status(400, 50_035), status(413, 40_005), status(400, 50_035), OK]);
    const message = say("x", { files: [{ name: "a.txt", content: "a" }], lines: [["line"]] });
    expect(await settle(clock, to.reply(message, "public"))).toBe("lost");
    expect(rest.requests.length).toBe(3);
    expect(rest.requests.map((request) => request.files?.length ?? 0)).toEqual([1, 0, 0]);
    expect(rest.requests[2]?.body).toMatchObject({ data: { embeds: [] } });
  });
});

describe("after a promise", () => {
  it.each<[Place, unknown]>([
    ["public", { type: 5 }],
    ["ephemeral", { type: 5, data: { flags: 64 } }],
    ["update", { type: 6 }],
  ])("%s: the answer takes its place", async (place, body) => {
    const { rest, to } = responder([]);
    await to.defer(place);
    expect(await to.reply(say("x"), place)).toBe("sent");
    expect(rest.requests[0]?.body).toEqual(body);
    expect(paths(rest)).toEqual([`POST ${CALLBACK}`, `PATCH ${HOOK}/messages/%40original`]);
  });

  it("is made once, however often it is asked for", async () => {
    const { rest, to } = responder([]);
    await Promise.all([to.defer("public"), to.defer("ephemeral")]);
    expect(rest.requests.length).toBe(1);
  });

  it.each<[Place, Place, number]>([
    ["public", "ephemeral", 64],
    ["ephemeral", "public", 0],
  ])("%s, an answer that is %s replaces the promise: who sees it cannot be changed", async (promised, place, flags) => {
    const { rest, to } = responder([]);
    await to.defer(promised);
    expect(await to.reply(say("x"), place)).toBe("sent");
    expect(paths(rest)).toEqual([`POST ${CALLBACK}`, `DELETE ${HOOK}/messages/%40original`, `POST ${HOOK}`]);
    expect(rest.requests[2]?.body).toMatchObject({ flags });
  });

  it("to change a message, a refusal is a message of its own and the other one stays", async () => {
    const { rest, to } = responder([]);
    await to.defer("update");
    await to.reply(say("x"), "ephemeral");
    expect(paths(rest)).toEqual([`POST ${CALLBACK}`, `POST ${HOOK}`]);
  });

  it.each<[string, RestAnswer]>([
    ["the token is over (401 50027)", status(401, 50_027)],
    ["the webhook is unknown (404 10015)", status(404, 10_015)],
    ["the promise was dismissed (404 10008)", status(404, 10_008)],
  ])("%s: late, and not tried again", async (_what, answer) => {
    const { clock, rest, to } = responder([OK, answer]);
    await to.defer("public");
    expect(await settle(clock, to.reply(say("x"), "public"))).toBe("late");
    expect(rest.requests.length).toBe(2);
  });

  it("that came too late nothing more is asked of Discord", async () => {
    const { rest, to } = responder([status(404, 10_062)]);
    expect(await to.defer("public")).toBe("late");
    expect(await to.reply(say("x"), "public")).toBe("late");
    expect(rest.requests.length).toBe(1);
  });

  it("an edit is repeated through an outage of minutes, while the token lives", async () => {
    const { clock, rest, to } = responder([OK, ...Array.from({ length: 20 }, () => status(503))]);
    await to.defer("public");
    expect(await settle(clock, to.reply(say("x"), "public"))).toBe("sent");
    expect(rest.requests.length).toBe(22);
    // Doubled pauses: twenty failures are minutes, not seconds.
    expect(clock.monotonic()).toBeGreaterThan(5 * 60_000);
    const hopeless = responder([OK, ...Array.from({ length: 500 }, () => status(503))]);
    await hopeless.to.defer("public");
    expect(await settle(hopeless.clock, hopeless.to.reply(say("x"), "public"))).toBe("lost");
    expect(hopeless.rest.requests.length).toBeLessThan(60);
  });

  it("one last attempt is made when the program is stopping, and no timer is left", async () => {
    const stopping = new AbortController();
    const { clock, rest, to } = responder([OK, ...Array.from({ length: 500 }, () => status(503))], stopping.signal);
    await to.defer("public");
    const delivery = to.reply(say("x"), "public");
    await clock.advance(60_000);
    const before = rest.requests.length;
    stopping.abort();
    expect(await delivery).toBe("lost");
    await clock.advance(60_000);
    expect(rest.requests.length).toBe(before + 1);
    expect(clock.pending).toBe(0);
  });

  it("an answer whose fate was unclear when the program stopped is asked after, not given twice", async () => {
    const stopping = new AbortController();
    const { rest, clock, to } = responder([{ kind: "unclear", detail: "" }, status(400, 40_060)], stopping.signal);
    const delivery = to.reply(say("x"), "public");
    await clock.settle();
    stopping.abort();
    expect(await delivery).toBe("sent");
    expect(rest.requests.length).toBe(2);
  });

  it("a new answer of which nobody knows whether it arrived is not repeated", async () => {
    const { clock, rest, to } = responder([OK, OK, { kind: "unclear", detail: "" }]);
    await to.defer("public");
    expect(await settle(clock, to.reply(say("x"), "ephemeral"))).toBe("lost");
    expect(rest.requests.length).toBe(3);
  });
});
