import { UserError } from "../../../src/base/errors.js";
import { refusalOf, unexpectedMessage, userErrorMessage } from "../../../src/discord/dispatch/refusal.js";
import { en } from "../../../src/locale/en/index.js";
import {
  renderNotDone,
  renderPlan,
  renderProgress,
  renderReminder,
  renderResult,
} from "../../../src/message/action.js";
import { renderAudit } from "../../../src/message/audit.js";
import { renderLogFile, renderLogs } from "../../../src/message/logs.js";
import { renderPermissions } from "../../../src/message/permissions.js";
import type { ActionRecord } from "../../../src/model/action-record.js";
import type { LogExtent, LogLine, LogPage, LogView } from "../../../src/model/log.js";
import type { Message } from "../../../src/model/message.js";
import type { PermissionView } from "../../../src/model/permission.js";
import { DAY, HOUR, MIB, MINUTE } from "./exhibit.js";
import type { Exhibit } from "./exhibit.js";

export function refusals(now: number): readonly Exhibit[] {
  const denied = refusalOf(
    { allowed: false, denial: "not_granted", needs: { kind: "grant", roles: ["1"], users: [] } },
    "restart",
    "shop-bot",
    () => "operator",
  );
  const errors: Readonly<Record<string, UserError>> = {
    "refusal-not-permitted": denied,
    "refusal-elsewhere": new UserError("foreign_guild"),
    "refusal-unknown-target": new UserError("unknown_target", { target: "shpo", known: "shop-bot, web" }),
    "refusal-option": new UserError("invalid_option", { option: "since", found: "yesterdy", expected: "14:00 or 2h" }),
    "refusal-expired": new UserError("expired", { command: "health" }),
    "refusal-permissions-empty": refusalOf(
      { allowed: false, denial: "granted_to_nobody", needs: { kind: "nothing_helps" } },
      "admin",
      undefined,
      () => undefined,
    ),
    "refusal-manage-server": refusalOf(
      { allowed: false, denial: "no_manage_server", needs: { kind: "manage_server" } },
      "logs",
      "shop-bot",
      () => undefined,
    ),
    "refusal-private-message": new UserError("direct_message"),
    "refusal-no-such-action": new UserError("no_such_action", { target: "web", action: "stop", listed: "restart" }),
    "refusal-running": new UserError("action_running", { target: "shop-bot", action: "restart", by: "operator" }),
    "refusal-already-done": new UserError("already_done", {
      target: "shop-bot",
      action: "restart",
      by: "operator",
      state: "done",
      at: String(now - 2 * MINUTE - 5_000),
    }),
    "refusal-budget": new UserError("budget_spent", {
      target: "shop-bot",
      used: "3",
      of: "3",
      freeAt: String(now + 20 * MINUTE),
    }),
    "refusal-breaker": new UserError("breaker_open", { target: "shop-bot", count: "3", freeAt: String(now + HOUR) }),
    "refusal-unknown-log": new UserError("unknown_source", { source: "shpo" }),
    "refusal-log-not-permitted": new UserError("log_unreadable", {
      source: "shop-bot",
      failure: "not_permitted",
      group: "systemd-journal",
    }),
    "refusal-store": new UserError("store_unavailable", { trouble: "full" }),
    "refusal-busy": new UserError("busy"),
    "refusal-unknown-command": new UserError("unknown_command", { command: "helth" }),
    "refusal-not-measured": new UserError("nothing_measured", { target: "web" }),
    "refusal-not-yours": new UserError("not_yours", { owner: "operator" }),
  };
  return [
    ...Object.entries(errors).map(([name, error]) => ({
      name,
      message: userErrorMessage(error, en, en.locale, "7f3a2b"),
      form: "answer" as const,
    })),
    { name: "refusal-bug", message: unexpectedMessage(en, en.locale, "7f3a2b"), form: "answer" },
  ];
}

export function actions(now: number): readonly Exhibit[] {
  const state = {
    by: "systemd",
    active: "active",
    sub: "running",
    since: now - 12 * DAY,
    mainPid: 4_711,
    memoryBytes: 512 * MIB,
    dependents: [],
  } as const;
  const record: ActionRecord = {
    id: "0123456789abcdefghijklmno",
    target: "shop-bot",
    action: "restart",
    means: { kind: "unit", unit: "shop-bot.service" },
    state: "planned",
    asker: { key: "member:234567890123456789", name: "operator" },
    reason: "memory keeps growing",
    masked: 0,
    plannedAt: now,
    expiresAt: now + 5 * MINUTE + 30_000,
    before: state,
  };
  const done: ActionRecord = {
    ...record,
    state: "done",
    outcome: { status: "done", by: "systemd", tookMs: 3_200, after: { ...state, mainPid: 8_123 } },
    verification: {
      verdict: "verified",
      faults: [],
      watchedMs: 30_000,
      active: "active",
      pidBefore: 4_711,
      pidAfter: 8_123,
      answer: { kind: "http", success: true, status: 200, seconds: 0.015 },
      newErrors: 0,
    },
  };
  const unwell: ActionRecord = {
    ...done,
    state: "failed",
    verification: {
      verdict: "not_verified",
      faults: ["bad_answer", "new_errors"],
      watchedMs: 30_000,
      active: "active",
      pidBefore: 4_711,
      pidAfter: 8_123,
      answer: { kind: "http", success: false, reason: "wrong_status", status: 502 },
      newErrors: 12,
    },
  };
  const failed: ActionRecord = {
    ...record,
    state: "failed",
    outcome: { status: "failed", by: "systemd", failure: "job_failed", detail: "the job ended with “failed”" },
  };
  const unknown: ActionRecord = {
    ...record,
    state: "unknown",
    outcome: { status: "unknown", by: "systemd", detail: "the bus went away" },
  };
  const plan = renderPlan(
    {
      record,
      host: "web-1",
      state,
      dependents: [
        { name: "web", active: "active" },
        { name: "error-log", active: "active" },
      ],
      last: { by: "operator", at: now - 3 * DAY - HOUR, tookMs: 4_000 },
      standing: { used: 1, perHour: 3, halfOpen: false },
      self: false,
    },
    { confirm: "v1:confirm:1", cancel: "v1:cancel:1" },
    en,
  );
  const program = renderPlan(
    {
      record: {
        ...record,
        target: "web",
        means: {
          kind: "vector",
          run: ["/usr/local/bin/restart-web", "--graceful"],
          timeoutMs: 60_000,
          user: "root",
          unit: "toban-action-web-restart.service",
        },
      },
      host: "web-1",
      state: { by: "action_unit", user: "root", dependents: [] },
      seen: { answer: { kind: "http", success: true, status: 200, seconds: 0.015 }, at: now - 5_000 },
      dependents: [],
      standing: { used: 0, perHour: 3, halfOpen: false },
      self: false,
    },
    { confirm: "v1:confirm:1", cancel: "v1:cancel:1" },
    en,
  );
  const stopped = { target: "shop-bot", id: record.id, by: "operator", at: now - HOUR - 5_000, reason: "maintenance" };
  const answer = (name: string, message: Message): Exhibit => ({ name, message, form: "answer" });
  return [
    answer("action-plan", plan),
    answer("action-plan-program", program),
    answer("action-progress", renderProgress({ ...done, state: "started" }, 30_000, en)),
    answer("action-done", renderResult({ record: done, host: "web-1" }, en)),
    answer("action-done-unwell", renderResult({ record: unwell, host: "web-1" }, en)),
    answer("action-failed", renderResult({ record: failed, host: "web-1" }, en)),
    answer("action-unknown", renderResult({ record: unknown, host: "web-1", now: state }, en)),
    answer("action-cancelled", renderProgress({ ...record, state: "cancelled" }, 30_000, en)),
    answer("action-running", renderProgress({ ...record, state: "approved" }, 30_000, en)),
    answer("action-posted", renderProgress(done, 30_000, en)),
    answer(
      "action-not-begun",
      renderResult({ record: { ...record, state: "cancelled" }, host: "web-1", now: state }, en),
    ),
    answer("action-expired", renderNotDone(new UserError("expired", { command: "restart" }), en)),
    answer("action-back", renderResult({ record: { ...done, self: true }, host: "web-1", now: state }, en)),
    answer("action-reminder", renderReminder({ stopped, startable: true }, en)),
  ];
}

export function audit(now: number): readonly Exhibit[] {
  const who = { key: "member:234567890123456789", name: "operator" };
  const at = (minutes: number): number => now - minutes * MINUTE - 5_000;
  const message = renderAudit(
    {
      query: {},
      lines: [
        {
          at: at(2),
          who,
          verb: "restart",
          target: "shop-bot",
          reason: "memory keeps growing",
          state: "done",
          detail: "",
        },
        {
          at: at(9),
          who,
          verb: "restart",
          target: "web",
          reason: "",
          state: "failed",
          detail: "web.service · systemd · took 3200 ms · not_verified bad_answer new_errors",
        },
        {
          at: at(40),
          who: { key: "local:0", name: "root" },
          verb: "stop",
          target: "mail-worker",
          reason: "token ***",
          state: "done",
          detail: "",
        },
        { at: at(55), who, verb: "restart", target: "payments", reason: "", state: "refused", detail: "not_granted" },
      ],
      older: { before: 1 },
      masked: 1,
    },
    { older: "v1:older:1" },
    en,
  );
  const none = renderAudit({ query: { target: "web", verb: "stop" }, lines: [], masked: 0 }, {}, en);
  return [
    { name: "audit", message, form: "answer" },
    { name: "audit-none", message: none, form: "answer" },
  ];
}

/** A page of a journal with a long line, a second line of one entry and a masked secret. */
function logLines(now: number): readonly LogLine[] {
  const said: readonly (readonly [number, LogLine["level"], string])[] = [
    [-240, "info", "listening on 127.0.0.1:3003"],
    [-180, "info", "GET /health 200 14 ms"],
    [-62, "warning", "slow query (1.2 s): SELECT * FROM tickets WHERE state = ? ORDER BY opened_at DESC"],
    [-61, "error", "connection to postgres://shop:***@127.0.0.1:5432/shop refused"],
    [-60, "error", "Error: connect ECONNREFUSED 127.0.0.1:5432"],
    [-30, "debug", "retry 1 of 5 in 30 s"],
  ];
  const lines = said.map(([seconds, level, text]): LogLine => ({
    at: now + seconds * 1_000,
    text,
    raw: text,
    ...(level === undefined ? {} : { level }),
  }));
  const stack = "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)";
  return [...lines.slice(0, 5), { text: stack, raw: stack }, ...lines.slice(5)];
}

export function logPages(now: number): readonly Exhibit[] {
  const place = { kind: "journal", cursor: "s=1" } as const;
  const page: LogPage = {
    lines: logLines(now),
    secrets: 1,
    older: place,
    newer: place,
    events: [],
    searchedBytes: 0,
  };
  const view: LogView = {
    source: "shop-bot",
    from: { kind: "journal", unit: "shop-bot.service" },
    query: { lines: 20 },
    page,
    turned: false,
    timezone: "Asia/Tokyo",
  };
  const buttons = {
    older: "v1:logs-older:1",
    newer: "v1:logs-newer:1",
    errors: "v1:logs-errors:1",
    file: "v1:logs-file:1",
  };
  const file = { kind: "file", path: "/var/log/shop/error.log" } as const;
  const extent: LogExtent = { size: 48 * MIB, modifiedAt: now - MINUTE, first: now - 9 * HOUR, last: now - MINUTE };
  const none: LogPage = { lines: [], secrets: 0, events: [], searchedBytes: 48 * MIB, extent };
  const old: LogExtent = { size: 48 * MIB, modifiedAt: now - 5 * HOUR, first: now - 9 * HOUR, last: now - 5 * HOUR };
  const untimed: LogExtent = { size: 48 * MIB, modifiedAt: now - 5 * HOUR };
  const looked: LogView = {
    ...view,
    source: "shop-bot/error",
    from: file,
    query: { lines: 20, contains: "deadlock", level: "error", since: now - 2 * HOUR },
    page: none,
  };
  const many = Array.from({ length: 200 }, (_, at): LogLine => {
    const text = `request ${at} answered 502 after ${at * 7} ms, gave up on the upstream`;
    return { at: now - (200 - at) * 1_000, level: "error", text, raw: text };
  });
  const { older: _older, ...newest } = page;
  const answer = (name: string, message: Message): Exhibit => ({ name, message, form: "answer" });
  return [
    answer("logs", renderLogs(view, buttons, en)),
    answer("logs-errors-only", renderLogs({ ...view, query: { lines: 20, level: "error" } }, buttons, en)),
    answer(
      "logs-rotated",
      renderLogs({ ...view, from: file, turned: true, page: { ...newest, events: ["rotated"] } }, buttons, en),
    ),
    answer(
      "logs-two-days",
      renderLogs(
        { ...view, timezone: "UTC", page: { ...page, lines: logLines(now - 12 * HOUR + MINUTE) } },
        buttons,
        en,
      ),
    ),
    answer("logs-nothing", renderLogs(looked, { errors: buttons.errors, file: buttons.file }, en)),
    answer("logs-all-older", renderLogs({ ...looked, page: { ...none, extent: old } }, buttons, en)),
    answer(
      "logs-untimed",
      renderLogs({ ...looked, page: { ...none, extent: untimed, events: ["unstamped"] } }, buttons, en),
    ),
    answer(
      "logs-empty-file",
      renderLogs(
        { ...looked, page: { ...none, searchedBytes: 0, extent: { size: 0, modifiedAt: now - DAY } } },
        buttons,
        en,
      ),
    ),
    answer(
      "logs-stepped-back",
      renderLogs({ ...view, from: file, page: { ...newest, events: ["stepped_back", "hole"] } }, buttons, en),
    ),
    answer(
      "logs-empty",
      renderLogs(
        { ...looked, query: { lines: 20 }, page: { ...none, searchedBytes: 0 } },
        { errors: buttons.errors, file: buttons.file },
        en,
      ),
    ),
    answer(
      "logs-nothing-newer",
      renderLogs({ ...view, turned: true, page: { ...none, newer: place } }, { ...buttons }, en),
    ),
    answer(
      "logs-stopped",
      renderLogs({ ...looked, page: { ...none, older: place, stopped: { why: "time", at: now - DAY } } }, buttons, en),
    ),
    answer("logs-many", renderLogs({ ...view, query: { lines: 200 }, page: { ...page, lines: many } }, buttons, en)),
    answer("logs-file", renderLogFile(view, en)),
  ];
}

export function permissions(): readonly Exhibit[] {
  const granted = { kind: "role", role: "2" } as const;
  const view: PermissionView = {
    name: "operator",
    self: false,
    outside: false,
    lines: [
      { verb: "view-summary", explanation: { may: "yes", by: { kind: "everybody" } } },
      { verb: "logs", explanation: { may: "yes", by: granted } },
      { verb: "restart", explanation: { may: "some", by: granted, on: ["shop-*", "web"] } },
      { verb: "stop", explanation: { may: "no", needs: { kind: "grant", roles: ["1"], people: true } } },
      { verb: "admin", explanation: { may: "no", needs: { kind: "nothing" } } },
    ],
    roleNames: { 1: "admin", 2: "on-call" },
  };
  const one = (at: number, target?: string): PermissionView => ({
    ...view,
    self: true,
    lines: view.lines.slice(at, at + 1),
    ...(target === undefined ? {} : { target }),
  });
  const answer = (name: string, about: PermissionView): Exhibit => ({
    name,
    message: renderPermissions(about, en),
    form: "answer",
  });
  return [
    answer("permissions", view),
    answer("permissions-one-yes", one(1, "shop-bot")),
    answer("permissions-one-no", one(3, "shop-bot")),
    answer("permissions-one-some", one(2)),
    answer("permissions-outside", { ...view, outside: true, lines: [] }),
  ];
}
