import { expect, test } from "vitest";

import { ChangeFilter } from "../../../src/probe/systemd/change-filter.js";
import { typeInterface, unitName, unitPath, unitType } from "../../../src/base/systemd/unit-name.js";
import { unitStateOf } from "../../../src/base/systemd/unit-state.js";
import type { UnitState } from "../../../src/base/systemd/unit-state.js";
import { judge, measured, unit } from "../../../src/probe/unit.js";

test.each([
  ["nginx", "nginx.service"],
  ["nginx.service", "nginx.service"],
  ["shop.bot", "shop.bot.service"],
  ["backup.timer", "backup.timer"],
  ["worker@7", "worker@7.service"],
  ["worker@7.service", "worker@7.service"],
  ["dev-disk-by\\x2dlabel-data.swap", "dev-disk-by\\x2dlabel-data.swap"],
  ["-.mount", "-.mount"],
  ["a".repeat(247), `${"a".repeat(247)}.service`],
])("%s means %s", (written, name) => {
  expect(unitName(written)).toEqual({ ok: true, name });
});

test.each([
  "",
  "a b",
  "a/b",
  "ä",
  "a\n",
  "*.service",
  ".service",
  "@.service",
  "@7",
  "worker@.service",
  "worker@",
  "a".repeat(248),
])("%j is refused, in words that say what was expected", (written) => {
  const result = unit.options.safeParse({ unit: written });
  expect(result.error?.issues[0]?.path).toEqual(["unit"]);
  expect(result.error?.issues[0]?.message).toMatch(/is (no name of a unit|a template|too long).*: /);
});

// The right-hand sides are what `busctl tree org.freedesktop.systemd1` shows.
test.each([
  ["dbus.service", "dbus_2eservice"],
  ["-.mount", "_2d_2emount"],
  ["worker@7.service", "worker_407_2eservice"],
  ["7up.service", "_37up_2eservice"],
  ["dev-x\\x2dy.device", "dev_2dx_5cx2dy_2edevice"],
])("%s stands at %s", (name, label) => {
  expect(unitPath(name)).toBe(`/org/freedesktop/systemd1/unit/${label}`);
});

test("the type decides on the interface", () => {
  expect(typeInterface(unitType("a.service"))).toBe("org.freedesktop.systemd1.Service");
  expect(typeInterface(unitType("a.automount"))).toBe("org.freedesktop.systemd1.Automount");
  expect(typeInterface(unitType("a.target"))).toBeUndefined();
});

const STATE: UnitState = {
  load: "loaded",
  active: "active",
  sub: "running",
  description: undefined,
  result: "success",
  mainPid: 1,
  exitStatus: undefined,
  since: 1,
  restarts: 0,
  memoryBytes: undefined,
  cpuSeconds: undefined,
  tasks: undefined,
};

test.each([
  // active, sub, load → reason when expected active, inactive, not-failed
  ["active", "running", "loaded", undefined, "unexpectedly_active", undefined],
  ["active", "exited", "loaded", undefined, "unexpectedly_active", undefined],
  ["active", "running", "not-found", undefined, "unexpectedly_active", undefined],
  ["reloading", "reload", "loaded", undefined, "unexpectedly_active", undefined],
  ["refreshing", "refresh", "loaded", undefined, "unexpectedly_active", undefined],
  ["activating", "start-pre", "loaded", "inactive", "unexpectedly_active", undefined],
  ["activating", "auto-restart", "loaded", "failed", "failed", "failed"],
  ["deactivating", "stop-sigterm", "loaded", "inactive", undefined, undefined],
  ["inactive", "dead", "loaded", "inactive", undefined, undefined],
  ["inactive", "dead", "masked", "masked", undefined, undefined],
  ["inactive", "dead", "bad-setting", "inactive", undefined, undefined],
  ["inactive", "dead", "not-found", "not_found", undefined, "not_found"],
  ["failed", "failed", "loaded", "failed", "failed", "failed"],
  ["failed", "failed", "not-found", "failed", "failed", "failed"],
  ["maintenance", "cleaning", "loaded", "inactive", undefined, undefined],
])("%s (%s, %s): %s, %s, %s", (active, sub, load, ...reasons) => {
  const state = { ...STATE, active, sub, load };
  expect([judge(state, "active"), judge(state, "inactive"), judge(state, "not-failed")]).toEqual(reasons);
});

test.each(["auto-restart", "auto-restart-queued"])("in %s it waits for a restart after a failure", (sub) => {
  const state = { ...STATE, active: "activating", sub, steppedAt: 1 };
  expect(judge(state, "active")).toBe("failed");
  expect(valuesOf(state, "active", 3_600_001)).toMatchObject({ unit_failed: 0, unit_state_overdue_seconds: 0 });
});

function valuesOf(state: UnitState, expected: "active" | "inactive" | "not-failed", now: number): object {
  const result = measured("a.service", state, expected, now);
  const samples = result.status === "ok" ? result.samples : [];
  const reason = samples.find(({ series }) => series === "probe_success")?.reason;
  return { ...Object.fromEntries(samples.map(({ series, value }) => [series, value])), ...(reason && { reason }) };
}

const MINUTE = 60_000;

test.each([
  // state, timeouts, age → overdue, reason when expected active, inactive, not-failed
  ["reloading", {}, 5 * MINUTE, 0, undefined, "unexpectedly_active", undefined],
  ["reloading", {}, 6 * MINUTE, 60, "stuck_reloading", "unexpectedly_active", "stuck_reloading"],
  [
    "refreshing",
    { startTimeoutMs: 90_000 },
    2 * MINUTE,
    30,
    "stuck_reloading",
    "unexpectedly_active",
    "stuck_reloading",
  ],
  ["activating", { startTimeoutMs: 90_000 }, 2 * MINUTE, 30, "stuck_starting", "unexpectedly_active", undefined],
  ["activating", { startTimeoutMs: 10 * MINUTE }, 6 * MINUTE, 0, "inactive", "unexpectedly_active", undefined],
  ["activating", {}, 6 * MINUTE, 60, "stuck_starting", "unexpectedly_active", undefined],
  ["deactivating", { startTimeoutMs: 1, stopTimeoutMs: 90_000 }, MINUTE, 0, "inactive", undefined, undefined],
  ["deactivating", { stopTimeoutMs: 90_000 }, 2 * MINUTE, 30, "stuck_stopping", "stuck_stopping", "stuck_stopping"],
  ["active", {}, 60 * MINUTE, 0, undefined, "unexpectedly_active", undefined],
] as const)("%s with %o for %d ms", (active, timeouts, age, overdue, ...reasons) => {
  const state = { ...STATE, active, sub: "x", since: 1, steppedAt: 1_000, ...timeouts };
  const now = (active === "active" ? 1 : 1_000) + age;
  const all = (["active", "inactive", "not-failed"] as const).map((expected) => valuesOf(state, expected, now));
  for (const [index, values] of all.entries()) {
    expect(values).toMatchObject({ unit_state_seconds: age / 1_000, unit_state_overdue_seconds: overdue });
    expect("reason" in values ? values.reason : undefined).toBe(reasons[index]);
  }
});

test("a main process that is dead while it reloads is told at once, but not one that need not be there", () => {
  const common = new Map<string, unknown>([
    ["ActiveState", "reloading"],
    ["StateChangeTimestamp", 5_000],
  ]);
  const service = new Map<string, unknown>([
    ["Type", "notify"],
    ["MainPID", 0],
    ["ExecMainCode", 1],
    ["TimeoutStartUSec", 90_000_000],
    ["TimeoutStopUSec", 2 ** 64],
  ]);
  const judged = (changes: Record<string, unknown>) => {
    const state = unitStateOf(common, new Map([...service, ...Object.entries(changes)]));
    return state && judge(state, "active");
  };
  expect(judged({})).toBe("died_reloading");
  for (const changes of [
    { MainPID: 7 },
    { Type: "oneshot" },
    { Type: "forking" },
    { RemainAfterExit: true },
    { ExecMainCode: 0 },
  ])
    expect(judged(changes)).toBeUndefined();
  const state = unitStateOf(common, service);
  expect(state).toMatchObject({ steppedAt: 5, startTimeoutMs: 90_000 });
  expect(state).not.toHaveProperty("stopTimeoutMs");
  expect(unitStateOf(common, new Map([["TimeoutUSec", 7_000]]))).toMatchObject({ startTimeoutMs: 7, stopTimeoutMs: 7 });
});

test("what systemd does not count is absent, never 0", () => {
  const result = measured("a.service", STATE, "active");
  expect(result.status === "ok" && result.samples.map((sample) => sample.series)).toEqual([
    "probe_success",
    "unit_active",
    "unit_failed",
    "unit_restarts_total",
  ]);
});

const unset = 2 ** 64;

test("the properties of a unit become one value; unset numbers and zeros that mean never are left out", () => {
  const common = new Map<string, unknown>([
    ["LoadState", "loaded"],
    ["ActiveState", "failed"],
    ["SubState", "failed"],
    ["InactiveEnterTimestamp", 1_700_000_000_123_456],
    ["ActiveEnterTimestamp", 1],
  ]);
  const service = new Map<string, unknown>([
    ["Result", "signal"],
    ["MainPID", 0],
    ["ExecMainCode", 2],
    ["ExecMainStatus", 9],
    ["NRestarts", 4],
    ["MemoryCurrent", unset],
    ["CPUUsageNSec", 1_500_000_000],
    ["TasksCurrent", unset],
  ]);
  expect(unitStateOf(common, service)).toEqual({
    load: "loaded",
    active: "failed",
    sub: "failed",
    description: undefined,
    result: "signal",
    mainPid: undefined,
    exitStatus: 9,
    since: 1_700_000_000_123,
    restarts: 4,
    memoryBytes: undefined,
    cpuSeconds: 1.5,
    tasks: undefined,
  });
  expect(unitStateOf(common, new Map([...service, ["ExecMainCode", 0]]))?.exitStatus).toBeUndefined();
  expect(unitStateOf(new Map(), service)).toBeUndefined();
});

test("only what is new passes as a change", () => {
  const filter = new ChangeFilter();
  const changed = (fields: Record<string, unknown>): boolean => filter.passes(new Map(Object.entries(fields)));
  expect(changed({ StatusText: "warming up" })).toBe(false);
  expect(changed({ ActiveState: "active", SubState: "running" })).toBe(true);
  expect(changed({ ActiveState: "active", SubState: "running", StatusText: "warm" })).toBe(false);
  expect(changed({ NRestarts: 1 })).toBe(true);
  expect(changed({ ActiveState: "failed" })).toBe(true);
  expect(changed({ ActiveState: "active" })).toBe(true);
});
