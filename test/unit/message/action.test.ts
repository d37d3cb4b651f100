import { describe, expect, it } from "vitest";

import { en } from "../../../src/locale/en/index.js";
import { renderPlan, renderResult } from "../../../src/message/action.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { ActionRecord } from "../../../src/model/action-record.js";
import type { PlanView } from "../../../src/model/action-view.js";
import { NOON } from "../../support/alerts.js";

const record: ActionRecord = {
  id: "a",
  target: "shop-bot",
  action: "restart",
  means: { kind: "unit", unit: "shop-bot.service" },
  state: "planned",
  asker: { key: "member:1300000000000000001", name: "operator" },
  reason: "memory keeps growing",
  masked: 0,
  plannedAt: NOON,
  expiresAt: NOON + 300_000,
};

const view: PlanView = {
  record,
  host: "web-1",
  state: {
    by: "systemd",
    active: "active",
    since: NOON - 12 * 86_400_000,
    mainPid: 4711,
    memoryBytes: 512 * 1024 * 1024,
    dependents: [],
  },
  dependents: [
    { name: "web", active: "active" },
    { name: "error-log", active: "failed" },
  ],
  last: { by: "operator", at: NOON - 3 * 86_400_000, tookMs: 4_000 },
  standing: { used: 1, perHour: 3, halfOpen: false },
  self: false,
};

const plain = (message: Parameters<typeof toPlain>[0]): string => toPlain(message, { width: 200, now: NOON });

describe("a plan for what only its own probe knows of", () => {
  const state = { by: "child", dependents: [] } as const;
  it.each([
    [{ kind: "http", success: true, status: 200, seconds: 0.015 }, "up: http 200 in 15 ms, 5 s ago"],
    [{ kind: "http", success: false, status: 503, reason: "wrong_status" }, "down: http 503, 5 s ago"],
    [{ kind: "tcp", success: false, reason: "refused" }, "down: tcp refused the connection, 5 s ago"],
  ] as const)("says what that found: %j", (answer, expected) => {
    const message = renderPlan({ ...view, state, seen: { answer, at: NOON - 5_000 } }, undefined, en);
    expect(plain(message).split("\n")[1]).toBe(`┃ ${expected}`);
  });

  it("says so where that has found nothing either, and after a crash", () => {
    expect(plain(renderPlan({ ...view, state }, undefined, en)).split("\n")[1]).toBe("┃ its state is not known");
    const outcome = { status: "unknown", by: "child", detail: "" } as const;
    const left = renderResult({ record: { ...record, state: "unknown", outcome }, host: "web-1", now: state }, en);
    expect(plain(left)).toContain("Toban was restarted while restarting it · its state is not known");
  });
});

describe("a failure", () => {
  it("by polkit names the command that permits it", () => {
    const outcome = { status: "failed", by: "systemd", failure: "not_permitted", detail: "Access denied" } as const;
    const message = renderResult({ record: { ...record, state: "failed", outcome }, host: "web-1" }, en);
    expect(plain(message)).toContain("install.sh --refresh");
  });
});

describe("a plan", () => {
  it("reads as a person on duty needs it", () => {
    const message = renderPlan(view, { confirm: "v1:restart-confirm:a", cancel: "v1:restart-cancel:a" }, en);
    expect(plain(message)).toBe(
      [
        "🔵 info · Restart shop-bot on web-1?",
        "┃ active since 12 d ago · 512 MiB · PID 4711",
        "┃ web, error-log (failed) depend on it",
        "┃ took 4 s the last time (operator, 3 d ago)",
        "┃ budget: 1 of 3 this hour used",
        "┃ reason: “memory keeps growing”",
        "┃ only you can confirm, until 12:05 UTC",
        "[Restart] [Cancel]",
      ].join("\n"),
    );
    expect(message.actions.map(({ label, style }) => `${label} ${style}`)).toEqual([
      "Restart danger",
      "Cancel secondary",
    ]);
  });

  it.each([
    [{ user: "root" }, undefined, "┃ runs /usr/local/bin/restart-web as root"],
    [{ user: "toban" }, undefined, "┃ runs /usr/local/bin/restart-web as toban"],
    // What systemd says goes before what is configured: the unit may not have been written anew.
    [{ user: "root" }, "web", "┃ runs /usr/local/bin/restart-web as root"],
    [{}, "web", "┃ runs /usr/local/bin/restart-web as web"],
    [{}, undefined, "┃ runs /usr/local/bin/restart-web as Toban's own user"],
  ])("says which program would run, and as whom: %j, configured %j", (seen, user, expected) => {
    const means = {
      kind: "vector",
      run: ["/usr/local/bin/restart-web", "--token", "hunter2"],
      timeoutMs: 60_000,
      unit: "toban-action-web-restart.service",
      ...(user === undefined ? {} : { user }),
    } as const;
    const state = { by: "action_unit", ...seen, dependents: [] } as const;
    const text = plain(renderPlan({ ...view, record: { ...record, means }, state }, undefined, en));
    expect(text.split("\n")[2]).toBe(expected);
    expect(text).not.toContain("hunter2");
  });

  it("warns of an action on Toban itself, and of the one try after failures", () => {
    const text = plain(
      renderPlan({ ...view, self: true, standing: { ...view.standing, halfOpen: true } }, undefined, en),
    );
    expect(text).toContain("This is Toban itself: it reports here once it is back");
    expect(text).toContain("the last attempts failed");
  });
});

describe("a result", () => {
  it("names who asked without a ping, and disarms what they typed", () => {
    const done: ActionRecord = {
      ...record,
      state: "done",
      reason: "@everyone <@1> `x` **now** https://evil.example",
      outcome: { status: "done", by: "child", tookMs: 3_200 },
      verification: { verdict: "unverifiable", faults: [], watchedMs: 30_000 },
    };
    const message = renderResult({ record: done, host: "web-1" }, en);
    expect(message.mentions).toEqual([]);
    expect(toDiscord(message, { form: "answer", reduced: 0 }).allowed_mentions).toMatchObject({
      parse: [],
      users: [],
      roles: [],
    });
    expect(plain(message)).toContain("as Toban's own child process");
  });
});
