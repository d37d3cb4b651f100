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
