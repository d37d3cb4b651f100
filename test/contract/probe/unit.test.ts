import { symlink } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { ownNames } from "../../../src/base/systemd/own-name.js";
import type { Probe, ProbeDeps } from "../../../src/model/contract/probe.js";
import type { Run } from "../../../src/model/run.js";
import { unit } from "../../../src/probe/unit.js";
import { needs } from "../../support/engine/needs.js";
import { probeDeps, runOnce, targetOf, valueOf, whyOf } from "../../support/probe-bound.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus");

const UNITS = {
  "steady.service":
    "[Unit]\nDescription=Steady\n[Service]\nExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=10ms\nStartLimitIntervalSec=0\n",
  "once.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
  "remaining.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
  "failing.service": "[Service]\nExecStart=/bin/sh -c 'exit 3'\n",
  "looping.service":
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sh -c 'exit 4'\nRestart=always\nRestartSec=1000\n",
  "slow.service": "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n",
  "chatty.service":
    "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c 'systemd-notify --ready; while :; do systemd-notify --status=\"$(date +%%N)\"; done'\n",
  "worker@.service": "[Service]\nExecStart=/bin/sleep 1000\n",
  "broken.service": "[Service]\nExecStart=relative/path\n",
  "quiet.timer": "[Timer]\nOnActiveSec=1000\nUnit=once.service\n",
};

let engine: SystemdEngine;

beforeAll(async () => {
  engine = await SystemdEngine.start(UNITS);
});

afterAll(() => engine.stop());

interface Harness extends AsyncDisposable {
  readonly probe: Probe;
  readonly deps: ProbeDeps;
  run(): Promise<Run>;
}

function watching(
  name: string,
  expectation?: string,
  deps = probeDeps({ systemBusAddress: engine.busAddress }),
): Harness {
  const target = targetOf(unit, { unit: name, ...(expectation !== undefined && { expect: expectation }) });
  const probe = unit.create(target, deps);
  return {
    probe,
    deps,
    run: () => runOnce(probe, target, deps),
    [Symbol.asyncDispose]: () => probe.close?.() ?? Promise.resolve(),
  };
}

test("an active unit: what it measures is what systemctl says", async () => {
  await engine.systemctl("start", "steady");
  await using harness = watching("steady");
  const run = await harness.run();
  expect(whyOf(run)).toBeUndefined();
  expect(valueOf(run, "probe_success")).toBe(1);
  expect(valueOf(run, "unit_active")).toBe(1);
  expect(valueOf(run, "unit_failed")).toBe(0);
  expect(valueOf(run, "unit_cpu_seconds_total")).toBeGreaterThan(0);
  const { result } = run;
  expect(result.status === "ok" && result.facts).toMatchObject({
    kind: "unit",
    unit: "steady.service",
    load: "loaded",
    active: "active",
    sub: "running",
    result: "success",
    mainPid: Number(await engine.property("steady", "MainPID")),
    description: "Steady",
  });
  const since = result.status === "ok" && result.facts?.kind === "unit" ? (result.facts.since ?? 0) : 0;
  // systemctl prints whole seconds.
  const printed = new Date((await engine.property("steady", "ActiveEnterTimestamp")).replace(/^\w+ /, "")).getTime();
  expect(Math.floor(since / 1_000)).toBe(printed / 1_000);
});

test("a killed main process that systemd restarts is counted", async () => {
  await engine.systemctl("start", "steady");
  await using harness = watching("steady");
  const before = valueOf(await harness.run(), "unit_restarts_total") ?? Number.NaN;
  await engine.systemctl("kill", "-s", "KILL", "steady");
  await until("one more restart", async () => valueOf(await harness.run(), "unit_restarts_total") === before + 1);
  await until("active again", async () => valueOf(await harness.run(), "unit_active") === 1);
  expect(await engine.property("steady", "NRestarts")).toBe(String(before + 1));
});

test("how a unit ended is remembered when systemd has restarted it and forgotten", async () => {
  await engine.systemctl("start", "steady");
  await using harness = watching("steady");
  const stop = harness.probe.watch?.(() => undefined);
  const before = valueOf(await harness.run(), "unit_restarts_total") ?? Number.NaN;
  await engine.systemctl("kill", "-s", "KILL", "steady");
  await until("restarted", async () => Number(await engine.property("steady", "NRestarts")) === before + 1);
  await until("active", async () => (await engine.property("steady", "ActiveState")) === "active");
  const { result } = await harness.run();
  expect(result.status === "ok" && result.facts).toMatchObject({
    result: "success",
    lastFailure: { result: "signal", exitStatus: 9 },
  });
  stop?.();
});

test("a failing unit is failed, with result and exit status", async () => {
  await engine.systemctl("start", "failing");
  await using harness = watching("failing");
  await until("failed", async () => (await engine.property("failing", "ActiveState")) === "failed");
  const run = await harness.run();
  expect(whyOf(run)).toBe("failed");
  expect(valueOf(run, "unit_failed")).toBe(1);
  expect(valueOf(run, "unit_active")).toBe(0);
  const { result } = run;
  expect(result.status === "ok" && result.facts).toMatchObject({
    active: "failed",
    result: "exit-code",
    exitStatus: 3,
  });
});

test("a unit that waits for its automatic restart has failed, whatever systemd calls the state", async () => {
  await engine.systemctl("start", "looping");
  await using harness = watching("looping");
  await until("waiting", async () => (await engine.property("looping", "SubState")) === "auto-restart");
  const run = await harness.run();
  expect(await engine.property("looping", "ActiveState")).toBe("activating");
  expect(whyOf(run)).toBe("failed");
  await engine.systemctl("stop", "looping");
});

test.each([
  ["steady", "active", "start", undefined],
  ["steady", "inactive", "start", "unexpectedly_active"],
  ["steady", "active", "stop", "inactive"],
  ["steady", "inactive", "stop", undefined],
  ["steady", "not-failed", "stop", undefined],
  ["once", "active", "start", "inactive"],
  ["once", "not-failed", "start", undefined],
  ["remaining", "active", "start", undefined],
  ["quiet.timer", "active", "start", undefined],
  ["worker@7", "active", "start", undefined],
  ["test.target", "active", "start", undefined],
])("%s expected %s after %s: %s", async (name, expectation, action, reason) => {
  await engine.systemctl(action, name);
  await using harness = watching(name, expectation);
  const run = await harness.run();
  expect(whyOf(run)).toBe(reason);
  expect(valueOf(run, "unit_active") === undefined).toBe(expectation !== "active");
});

test("a unit that is still starting is not active yet, and not failed", async () => {
  await engine.systemctl("start", "--no-block", "slow");
  await until("starting", async () => (await engine.property("slow", "ActiveState")) === "activating");
  await using harness = watching("slow");
  expect(whyOf(await harness.run())).toBe("inactive");
  await using job = watching("slow", "not-failed", harness.deps);
  expect(whyOf(await job.run())).toBeUndefined();
  await engine.systemctl("stop", "slow");
});

test("an unknown unit is not found, a masked one is masked; one that cannot be read is not active", async () => {
  await using unknown = watching("nowhere");
  expect(whyOf(await unknown.run())).toBe("not_found");
  await using broken = watching("broken", undefined, unknown.deps);
  expect(whyOf(await broken.run())).toBe("inactive");
  // What `systemctl mask` does, at the place that this systemd reads its units from.
  await symlink("/dev/null", join(engine.directory, "units", "hidden.service"));
  await engine.systemctl("daemon-reload");
  await using masked = watching("hidden", undefined, unknown.deps);
  expect(whyOf(await masked.run())).toBe("masked");
});

test("a unit watched by an alias is known by its own name, and its changes are heard", async () => {
  await engine.writeUnit("named.service", "[Service]\nExecStart=/bin/sleep 1000\n");
  // What `systemctl enable` makes of Alias=.
  await symlink("named.service", join(engine.directory, "units", "called.service"));
  await engine.systemctl("daemon-reload");
  await engine.systemctl("start", "named");
  await using harness = watching("called");
  const seen = follow(harness);
  await until("active", () => seen.active === "active");
  const { result } = await harness.run();
  expect(result.status === "ok" && result.facts).toMatchObject({ unit: "named.service" });
  await engine.systemctl("stop", "named");
  await until("the stop is told", () => seen.active === "inactive");
  const bus = { address: engine.busAddress, clock: systemClock };
  const own = await ownNames(["called.service", "named.service"], bus, new AbortController().signal);
  expect([...own.values()]).toEqual(["named.service", "named.service"]);
  seen.stop();
});

test("an installed unit that is not loaded is found, also after it was edited", async () => {
  await using harness = watching("late");
  expect(whyOf(await harness.run())).toBe("not_found");
  await engine.writeUnit("late.service", "[Unit]\nDescription=Late\n[Service]\nExecStart=/bin/sleep 1000\n");
  await engine.systemctl("daemon-reload");
  expect(whyOf(await harness.run())).toBe("inactive");
  await engine.writeUnit("late.service", "[Unit]\nDescription=Later\n[Service]\nExecStart=/bin/sleep 1000\n");
  await engine.systemctl("daemon-reload");
  const { result } = await harness.run();
  expect(result.status === "ok" && result.facts).toMatchObject({ description: "Later" });
});

// No run is scheduled in these tests: whatever is seen, a signal told of it.

/** Counts what `watch` tells, and keeps the state of the newest run it caused. */
class Follower {
  told = 0;
  active: string | undefined;
  readonly stop: () => void;

  constructor(harness: Harness) {
    const stop = harness.probe.watch?.(() => void this.#look(harness));
    if (!stop) throw new Error("the probe does not watch");
    this.stop = stop;
  }

  async #look(harness: Harness): Promise<void> {
    this.told += 1;
    const { result } = await harness.run();
    if (result.status === "ok" && result.facts?.kind === "unit") this.active = result.facts.active;
  }
}

function follow(harness: Harness): Follower {
  return new Follower(harness);
}

test("changes are told by signal: start, death, failure, stop", async () => {
  await engine.systemctl("stop", "steady");
  await using harness = watching("steady");
  const seen = follow(harness);
  await until("the first state", () => seen.active === "inactive");
  await engine.systemctl("start", "steady");
  await until("active", () => seen.active === "active");
  await engine.systemctl("stop", "steady");
  await until("inactive", () => seen.active === "inactive");
  await using failing = watching("failing", undefined, harness.deps);
  await engine.systemctl("reset-failed", "failing");
  const failed = follow(failing);
  await engine.systemctl("start", "failing");
  await until("failed", () => failed.active === "failed");
  expect([seen.active, failed.active]).toEqual(["inactive", "failed"]);
  seen.stop();
  failed.stop();
});

test("the reading of an unloaded unit does not itself count as a change, and neither does a new status text", async () => {
  await engine.systemctl("start", "chatty");
  await using chatty = watching("chatty");
  await using unloaded = watching("nowhere", undefined, chatty.deps);
  const one = follow(chatty);
  const two = follow(unloaded);
  await until("both are known", () => one.active === "active" && two.active === "inactive");
  const told = one.told + two.told;
  const text = await engine.property("chatty", "StatusText");
  for (let round = 0; round < 20; round += 1) await unloaded.run();
  await until("many new texts", async () => (await engine.property("chatty", "StatusText")) !== text);
  // The first text after the subscription may bring the state along; everything after it is silence.
  expect(one.told + two.told).toBeLessThanOrEqual(told + 1);
  await engine.systemctl("stop", "chatty");
  await until("the stop is told all the same", () => one.active === "inactive");
});

test("edited unit files are told of after daemon-reload, and a systemd that executes itself anew goes on telling", async () => {
  await engine.systemctl("stop", "steady");
  await using harness = watching("steady");
  const seen = follow(harness);
  await until("the first state", () => seen.active === "inactive");
  const told = seen.told;
  await engine.systemctl("daemon-reload");
  await until("told of the reload", () => seen.told > told);
  await engine.systemctl("daemon-reexec");
  await until("systemd is back", async () => {
    const { stdout } = await engine.exec("systemctl", "is-system-running");
    return /^(running|degraded)/.test(stdout);
  });
  await engine.systemctl("start", "steady");
  await until("active", () => seen.active === "active");
  expect(whyOf(await harness.run())).toBeUndefined();
  seen.stop();
});

test("a bus that was killed: failed meanwhile, never a verdict on the unit; then subscribed again", async () => {
  await engine.systemctl("start", "steady");
  await using harness = watching("steady");
  const seen = follow(harness);
  await until("active", () => seen.active === "active");
  await engine.systemctl("stop", "dbus.socket", "dbus.service");
  await until("no bus", async () => whyOf(await harness.run()) === "bus_unreachable");
  const lost = await harness.run();
  expect(valueOf(lost, "probe_success")).toBeUndefined();
  expect(valueOf(lost, "unit_active")).toBeUndefined();
  await engine.systemctl("start", "dbus.socket");
  await engine.systemctl("stop", "steady");
  await until("told again", () => seen.active === "inactive");
  await engine.systemctl("start", "steady");
  await until("told by signal on the new connection", () => seen.active === "active");
  seen.stop();
});
