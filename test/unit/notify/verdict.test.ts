import { describe, expect, it } from "vitest";

import { ROUTE_CLASSES } from "../../../src/model/contract/receiver.js";
import type { Answer, RouteClass } from "../../../src/model/contract/receiver.js";
import { CODES, OPERATIONS, closeRefusesBot, verdict } from "../../../src/notify/verdict.js";
import type { Operation, VerdictKind } from "../../../src/notify/verdict.js";

function status(
  value: number,
  code?: number,
  more: { edge?: boolean; retryAfterMs?: number; scope?: "user" | "global" | "shared" } = {},
): Answer {
  return {
    kind: "status",
    status: value,
    edge: more.edge ?? false,
    detail: "",
    ...(code === undefined ? {} : { code }),
    ...(more.scope === undefined ? {} : { scope: more.scope }),
    ...(more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs }),
  };
}

function kindOf(route: RouteClass, operation: Operation, answer: Answer): VerdictKind {
  return verdict(route, operation, answer).kind;
}

/** Written by hand from the platform's documentation, without looking at the table: what a status alone means. */
const BY_STATUS: Readonly<Record<RouteClass, Readonly<Record<Operation, Readonly<Record<number, VerdictKind>>>>>> = {
  bot: {
    post: { 400: "shrink", 401: "refused_bot", 403: "receiver_broken", 404: "receiver_broken", 413: "shrink" },
    edit: { 400: "shrink", 401: "refused_bot", 403: "receiver_broken", 404: "receiver_broken", 413: "shrink" },
    look_up: { 400: "dead", 401: "refused_bot", 403: "receiver_broken", 404: "receiver_broken", 413: "shrink" },
    open_thread: { 400: "dead", 401: "refused_bot", 403: "receiver_broken", 404: "receiver_broken", 413: "shrink" },
  },
  interaction_callback: same({ 400: "dead", 401: "dead", 403: "dead", 404: "dead", 413: "dead" }),
  interaction_webhook: same({ 400: "shrink", 401: "too_late", 403: "dead", 404: "too_late", 413: "shrink" }),
  webhook: same({
    400: "shrink",
    401: "receiver_broken",
    403: "receiver_broken",
    404: "receiver_broken",
    413: "shrink",
  }),
};

function same(
  of: Readonly<Record<number, VerdictKind>>,
): Readonly<Record<Operation, Readonly<Record<number, VerdictKind>>>> {
  return { post: of, edit: of, look_up: of, open_thread: of };
}

function expected(route: RouteClass, operation: Operation, value: number): VerdictKind {
  if (value >= 200 && value < 300) return "delivered";
  if (value === 429) return "wait";
  return BY_STATUS[route][operation][value] ?? "retry";
}

describe.each(ROUTE_CLASSES)("verdicts on route class %s", (route) => {
  it.each(OPERATIONS)("every status from 100 to 599 has one, for %s", (operation) => {
    for (let value = 100; value < 600; value += 1) {
      expect(`${value} ${kindOf(route, operation, status(value))}`).toBe(
        `${value} ${expected(route, operation, value)}`,
      );
    }
  });

  it.each(OPERATIONS)("a page instead of JSON is never a word on the content, for %s", (operation) => {
    for (let value = 400; value < 600; value += 1) {
      const kind = kindOf(route, operation, status(value, undefined, { edge: true }));
      const plainWord = value === 401 || value === 413 ? expected(route, operation, value) : "retry";
      const wanted = value === 429 || value === 403 ? "edge_block" : plainWord;
      expect(`${value} ${kind}`).toBe(`${value} ${wanted}`);
    }
  });

  it("an edge block says how long it asks for, if it does", () => {
    expect(verdict(route, "post", status(429, undefined, { edge: true, retryAfterMs: 20_000 }))).toEqual({
      kind: "edge_block",
      askedMs: 20_000,
    });
    expect(verdict(route, "post", status(403, CODES.cloudflareBlocked))).toEqual({ kind: "edge_block" });
  });

  it("40333 is an edge block with every status of a refusal", () => {
    for (let value = 400; value < 600; value += 1) {
      expect(kindOf(route, "post", status(value, CODES.cloudflareBlocked))).toBe("edge_block");
    }
  });
});

describe("verdicts by code", () => {
  const cases: readonly (readonly [RouteClass, Operation, number, number, VerdictKind])[] = [
    ["bot", "post", 403, CODES.missingAccess, "receiver_broken"],
    ["bot", "post", 403, CODES.missingPermissions, "receiver_broken"],
    ["bot", "post", 404, CODES.unknownChannel, "receiver_broken"],
    ["bot", "post", 404, CODES.unknownMessage, "already_made"],
    ["bot", "post", 400, CODES.invalidFormBody, "shrink"],
    ["bot", "post", 413, CODES.requestTooLarge, "shrink"],
    ["bot", "post", 400, CODES.threadArchived, "unarchive"],
    ["bot", "post", 400, CODES.replyNeedsHistory, "without_reply"],
    ["bot", "post", 400, CODES.tooManyOldEdits, "shrink"],
    ["bot", "edit", 404, CODES.unknownMessage, "repost"],
    ["bot", "edit", 403, CODES.notOwnMessage, "repost"],
    ["bot", "edit", 400, CODES.tooManyOldEdits, "continue_in_reply"],
    ["bot", "edit", 429, CODES.tooManyOldEdits, "wait"],
    ["bot", "edit", 403, CODES.missingAccess, "receiver_broken"],
    ["bot", "edit", 404, CODES.unknownChannel, "receiver_broken"],
    ["bot", "look_up", 404, CODES.unknownMessage, "receiver_broken"],
    ["bot", "look_up", 403, CODES.missingPermissions, "receiver_broken"],
    ["bot", "open_thread", 400, CODES.threadExists, "success_exists"],
    ["bot", "post", 400, CODES.threadExists, "shrink"],
    ["interaction_callback", "post", 404, CODES.unknownInteraction, "too_late"],
    ["interaction_callback", "post", 400, CODES.alreadyAcknowledged, "too_late"],
    ["interaction_webhook", "post", 401, CODES.invalidWebhookToken, "too_late"],
    ["interaction_webhook", "edit", 404, CODES.unknownWebhook, "too_late"],
    ["webhook", "post", 404, CODES.unknownWebhook, "gone_for_good"],
    ["webhook", "post", 401, CODES.invalidWebhookToken, "gone_for_good"],
    ["webhook", "edit", 404, CODES.unknownMessage, "repost"],
  ];

  it.each(cases)("%s %s %i with code %i is %s", (route, operation, value, code, kind) => {
    expect(kindOf(route, operation, status(value, code))).toBe(kind);
  });

  it("a code that means nothing on a route changes nothing there", () => {
    const wrong: string[] = [];
    for (const route of ROUTE_CLASSES) {
      for (const operation of OPERATIONS) {
        for (let value = 100; value < 600; value += 1) {
          // 10004, unknown guild, is in no table: the status decides.
          const kind = kindOf(route, operation, status(value, 10_004));
          if (kind !== expected(route, operation, value)) wrong.push(`${route} ${operation} ${value}: ${kind}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("no code turns a success or a rate limit into a refusal", () => {
    const kinds = new Set<string>();
    for (const code of Object.values(CODES)) {
      if (code === CODES.cloudflareBlocked) continue;
      for (const route of ROUTE_CLASSES) {
        kinds
          .add(`200 ${kindOf(route, "post", status(200, code))}`)
          .add(`429 ${kindOf(route, "post", status(429, code))}`);
      }
    }
    expect([...kinds].sort()).toEqual(["200 delivered", "429 wait"]);
  });
});

describe("verdicts beside statuses", () => {
  it("a lost answer may have been done, a connection that could not be made was not", () => {
    expect(verdict("bot", "post", { kind: "unclear", detail: "" })).toEqual({ kind: "retry", certain: false });
    expect(verdict("bot", "post", { kind: "unreachable", detail: "" })).toEqual({ kind: "retry", certain: true });
    expect(verdict("bot", "post", status(502))).toEqual({ kind: "retry", certain: false });
  });

  it("waits as long as it is told, five seconds when it is not", () => {
    const told: Answer = { kind: "status", status: 429, edge: false, detail: "", retryAfterMs: 1_234, scope: "shared" };
    expect(verdict("bot", "post", told)).toEqual({ kind: "wait", ms: 1_234, shared: true, everywhere: false });
    expect(verdict("bot", "post", status(429, undefined, { scope: "global" }))).toEqual({
      kind: "wait",
      ms: 5_000,
      shared: false,
      everywhere: true,
    });
    const own: Answer = { kind: "not_sent", retryAfterMs: 77, detail: "" };
    expect(verdict("bot", "post", own)).toEqual({ kind: "wait", ms: 77, shared: false, everywhere: false });
  });

  it("knows the gateway closes that refuse the bot", () => {
    const refusing = Array.from({ length: 1_000 }, (_, index) => 4_000 + index).filter(closeRefusesBot);
    expect(refusing).toEqual([4_004, 4_014]);
  });
});
