import { describe, expect, it } from "vitest";

import { OPS, Scene, aRoute, aTarget } from "../../support/evaluate/scene.js";

const UP = { probe_success: 1 };
const DOWN = { probe_success: 0 };
const WEB = [aTarget("web")];

/** Down twice in a row: that fires. */
async function breakDown(scene: Scene, target: string = "web"): Promise<void> {
  await scene.run(target, DOWN, { reason: "refused" });
  await scene.pass("100ms");
  await scene.run(target, DOWN, { reason: "refused" });
}

/** Up twice in a row: that ends it. */
async function mend(scene: Scene, target: string = "web"): Promise<void> {
  await scene.pass("1s");
  await scene.run(target, UP);
  await scene.pass("15s");
  await scene.run(target, UP);
}

describe("one target goes down and comes back", () => {
  it("is announced once, in one incident, which ends as recovered", async () => {
    const scene = await Scene.open({ targets: WEB });
    await scene.run("web", UP);
    await scene.at("15s");
    await scene.run("web", DOWN, { reason: "refused" });
    expect(scene.open()).toEqual([]);
    await scene.at("15100ms");
    await scene.run("web", DOWN, { reason: "refused" });

    expect(scene.said()).toEqual(["opened critical"]);
    const [incident] = scene.open();
    expect(incident).toMatchObject({ number: 1, channel: OPS, kind: "group", announcedSeverity: "critical" });
    const [entry] = scene.entries(incident);
    expect(entry?.alert).toMatchObject({ rule: "TargetDown", target: "web", reason: "refused", state: "firing" });
    expect(scene.rows()[0]).toMatchObject({ state: "pending", episodes: [entry?.episode], incident: incident?.id });

    await scene.post();
    await scene.at("30s");
    await scene.run("web", UP);
    expect(scene.open()).toHaveLength(1);
    await scene.at("45s");
    await scene.run("web", UP);

    expect(scene.open()).toEqual([]);
    expect(scene.incidents()[0]).toMatchObject({ outcome: "recovered", endedAt: scene.clock.now() });
    expect(scene.incidents()[0]?.revision).toBeGreaterThan(incident?.revision ?? 0);
    expect(scene.entries(scene.incidents()[0])[0]).toMatchObject({
      endedAt: scene.clock.now(),
      alert: { state: "resolved" },
    });
    expect(scene.said()).toEqual(["opened critical"]);
    expect(scene.alerts()).toEqual([]);
  });

  it("does not speak of one bad answer", async () => {
    const scene = await Scene.open({ targets: WEB });
    await scene.run("web", DOWN);
    await scene.pass("15s");
    await scene.run("web", UP);
    await scene.pass("15s");
    await scene.run("web", DOWN);
    expect(scene.incidents()).toEqual([]);
  });

  it("does not count two bad answers with a long silence between as two in a row", async () => {
    const scene = await Scene.open({ targets: WEB });
    await scene.run("web", DOWN);
    await scene.pass("10m");
    await scene.run("web", DOWN);
    expect(scene.incidents()).toEqual([]);
  });

  it("reopens the same incident within ten minutes, and opens another one later", async () => {
    const scene = await Scene.open({ targets: WEB });
    await breakDown(scene);
    await scene.post();
    await mend(scene);
    await scene.pass("9m");
    await breakDown(scene);
    expect(scene.said()).toEqual(["opened critical", "reopened critical"]);
    expect(scene.incidents()).toHaveLength(1);
    expect(scene.open()[0]).toMatchObject({ number: 1, reopenedAt: scene.clock.now() });
    expect(scene.open()[0]).not.toHaveProperty("outcome");
    expect(scene.entries(scene.open()[0])).toHaveLength(2);
    expect(scene.told()).toEqual([["opened", "ended", "reopened"]]);
    await scene.post();
    await mend(scene);
    await scene.pass("11m");
    await breakDown(scene);
    expect(scene.incidents()).toHaveLength(2);
    expect(scene.said()).toEqual(["opened critical", "reopened critical", "opened critical"]);
  });

  it("says it once when all is over, and burns again, before the first post was accepted", async () => {
    const scene = await Scene.open({ targets: WEB });
    await breakDown(scene);
    await mend(scene);
    expect(scene.incidents()[0]).toMatchObject({ outcome: "recovered" });
    expect(scene.rows()).toMatchObject([{ kind: "opened", state: "pending" }]);
    await scene.pass("1m");
    await breakDown(scene);
    expect(scene.said()).toEqual(["opened critical"]);
  });
});

describe("an alert that changes", () => {
  const HOST_TARGET = [aTarget("host", "host")];
  const memory = (ratio: number) => ({ probe_success: 1, host_memory_used_ratio: ratio });

  it("speaks when it rises and edits when it falls", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET });
    await scene.keep("5m15s", "host", memory(0.85));
    expect(scene.said()).toEqual(["opened warning"]);
    await scene.post();
    const before = scene.open()[0]?.revision ?? 0;
    await scene.keep("5m15s", "host", memory(0.95));
    expect(scene.said()).toEqual(["opened warning", "rose critical"]);
    expect(scene.rows()[1]?.episodes).toEqual([scene.entries(scene.open()[0])[0]?.episode]);
    await scene.post();
    await scene.keep("15s", "host", memory(0.82));
    expect(scene.open()[0]).toMatchObject({ announcedSeverity: "warning" });
    expect(scene.open()[0]?.revision).toBeGreaterThan(before);
    await scene.keep("5m15s", "host", memory(0.95));
    expect(scene.said()).toEqual(["opened warning", "rose critical", "rose critical"]);
  });

  it("raises the announcement that has not left yet instead of making another", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET });
    await scene.keep("5m15s", "host", memory(0.85));
    await scene.keep("5m15s", "host", memory(0.95));
    expect(scene.said()).toEqual(["opened critical"]);
  });

  it("shows new numbers at most once a minute, and only when a person would see a difference", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET });
    await scene.keep("5m15s", "host", memory(0.85));
    const opened = scene.open()[0]?.revision ?? 0;
    await scene.keep("5m", "host", memory(0.8500001));
    expect(scene.open()[0]?.revision).toBe(opened);
    await scene.keep("3m", "host", memory(0.87));
    expect(scene.open()[0]?.revision).toBe(opened + 1);
    expect(scene.entries(scene.open()[0])[0]?.alert.value).toBe(0.87);
    for (let i = 0; i < 12; i += 1) await scene.keep("15s", "host", memory(0.82 + i / 200));
    const after = scene.open()[0]?.revision ?? 0;
    expect(after).toBeGreaterThan(opened + 1);
    expect(after).toBeLessThanOrEqual(opened + 1 + 4);
  });

  it("tells when a disk will be full", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET });
    for (let i = 0; i <= 40; i += 1) {
      await scene.run("host", { probe_success: 1, "host_disk_used_ratio{mount=/}": 0.82 + i * 0.001 });
      await scene.pass("15s");
    }
    const alert = scene.entries(scene.open()[0])[0]?.alert;
    expect(alert?.labels).toEqual({ mount: "/" });
    expect(alert?.slopePerHour).toBeCloseTo(0.24, 5);
    const left = (1 - (alert?.value ?? 0)) / 0.24;
    expect(((alert?.exhaustedAt ?? 0) - (alert?.lastSampleAt ?? 0)) / 3_600_000).toBeCloseTo(left, 3);
  });
});

describe("several alerts of one target", () => {
  const HOST_TARGET = [aTarget("host", "host")];
  const disks = (...used: readonly number[]) =>
    Object.fromEntries([
      ["probe_success", 1],
      ...used.map((ratio, i) => [`host_disk_used_ratio{mount=/m${i}}`, ratio]),
    ]);

  it("collect for thirty seconds what newly burns in a message already shown", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET, rules: [{ name: "HostDisk", forMs: 0 }] });
    await scene.run("host", disks(0.95, 0.1, 0.1, 0.1));
    await scene.post();
    await scene.pass("15s");
    await scene.run("host", disks(0.95, 0.95, 0.1, 0.85));
    expect(scene.said()).toEqual(["opened critical"]);
    expect(scene.entries(scene.open()[0])).toHaveLength(3);
    await scene.pass("15s");
    await scene.run("host", disks(0.95, 0.95, 0.95, 0.85));
    await scene.pass("14s");
    expect(scene.said()).toEqual(["opened critical"]);
    await scene.pass("1s");
    expect(scene.said()).toEqual(["opened critical", "joined critical"]);
    expect(scene.rows()[1]?.episodes).toHaveLength(2);
    expect(scene.open()[0]?.joining).toEqual([]);
  });

  it("share one edit a minute for their numbers", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET, rules: [{ name: "HostDisk", forMs: 0 }] });
    // The second begins half a minute after the first, so that their minutes are not the same.
    await scene.run("host", disks(0.81, 0.1));
    await scene.pass("30s");
    await scene.run("host", disks(0.81, 0.81));
    const before = scene.open()[0]?.revision ?? 0;
    for (let i = 1; i <= 20; i += 1) await scene.keep("15s", "host", disks(0.81 + i / 300, 0.81 + i / 250));
    expect(scene.open()[0]?.revision).toBeGreaterThanOrEqual(before + 4);
    expect(scene.open()[0]?.revision).toBeLessThanOrEqual(before + 5);
    const values = scene.entries(scene.open()[0]).map(({ alert }) => alert.value);
    expect(Math.min(...values)).toBeGreaterThan(0.86);
  });

  it("say nothing of what was over again before the thirty seconds had passed", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET, rules: [{ name: "HostDisk", forMs: 0 }] });
    await scene.run("host", disks(0.95, 0.1));
    await scene.post();
    await scene.pass("15s");
    await scene.run("host", disks(0.95, 0.95));
    await scene.pass("15s");
    await scene.run("host", disks(0.95, 0.1));
    await scene.pass("1m");
    expect(scene.said()).toEqual(["opened critical"]);
  });

  it("end when the last one ends, grey only if nothing recovered", async () => {
    const scene = await Scene.open({ targets: HOST_TARGET, rules: [{ name: "HostDisk", forMs: 0 }] });
    await scene.run("host", disks(0.95, 0.95));
    await scene.pass("15s");
    await scene.run("host", disks(0.95));
    await scene.pass("15s");
    await scene.run("host", disks(0.95));
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.state)).toEqual(["firing", "gone"]);
    await scene.pass("15s");
    await scene.run("host", { probe_success: 1 });
    await scene.pass("15s");
    await scene.run("host", { probe_success: 1 });
    expect(scene.incidents()[0]).toMatchObject({ outcome: "gone" });
  });

  it("hand over within one incident: a unit that failed and is now only inactive", async () => {
    const scene = await Scene.open({
      targets: [aTarget("shop", "unit")],
      rules: [{ name: "UnitFailed", keepFiringForMs: 0 }],
    });
    const failed = { probe_success: 0, unit_failed: 1, unit_active: 0 };
    await scene.run("shop", failed, { reason: "failed" });
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.rule)).toEqual(["UnitFailed"]);
    await scene.post();
    await scene.keep("45s", "shop", failed);
    expect(scene.entries(scene.open()[0])).toHaveLength(1);
    await scene.keep("15s", "shop", { probe_success: 0, unit_failed: 0, unit_active: 0 });
    expect(scene.open()).toHaveLength(1);
    expect(scene.entries(scene.open()[0]).map(({ alert }) => [alert.rule, alert.state])).toEqual([
      ["UnitFailed", "resolved"],
      ["UnitInactive", "firing"],
    ]);
  });
});

describe("repeats", () => {
  it("come every four hours for critical, and not while the last word still waits", async () => {
    const scene = await Scene.open({ targets: WEB });
    await breakDown(scene);
    await scene.pass("5h");
    expect(scene.said()).toEqual(["opened critical"]);
    await scene.post();
    await scene.pass("3h59m");
    expect(scene.said()).toEqual(["opened critical"]);
    await scene.pass("1m");
    expect(scene.said()).toEqual(["opened critical", "repeated critical"]);
    await scene.pass("9h");
    expect(scene.said()).toHaveLength(2);
    await scene.post();
    await scene.pass("4h");
    expect(scene.said()).toEqual(["opened critical", "repeated critical", "repeated critical"]);
  });

  it("do not come because the clock was set back", async () => {
    const scene = await Scene.open({ targets: WEB });
    await breakDown(scene);
    await scene.post();
    scene.clock.jump(-3_600_000);
    await scene.pass("1m");
    expect(scene.said()).toEqual(["opened critical"]);
  });
});

describe("what cannot be measured", () => {
  it("leaves everything as it was, and is said after three times", async () => {
    const scene = await Scene.open({ targets: WEB });
    await breakDown(scene);
    await scene.post();
    for (let i = 0; i < 2; i += 1) {
      await scene.pass("15s");
      await scene.run("web", {}, { failed: "resolver" });
    }
    expect(scene.entries(scene.open()[0])).toHaveLength(1);
    await scene.pass("15s");
    await scene.run("web", {}, { failed: "resolver" });
    const entries = scene.entries(scene.open()[0]);
    expect(entries.map(({ alert }) => [alert.rule, alert.state])).toEqual([
      ["TargetDown", "firing"],
      ["ProbeFailed", "firing"],
    ]);
    expect(entries[1]?.alert).toMatchObject({ severity: "warning", failure: "resolver", detail: "the probe's words" });
    await scene.pass("15s");
    await scene.run("web", DOWN);
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.state)).toEqual(["firing", "resolved"]);
  });

  it("is nothing at all when the run was called off", async () => {
    const scene = await Scene.open({ targets: WEB });
    for (let i = 0; i < 5; i += 1) {
      await scene.run("web", {}, { failed: "aborted" });
      await scene.pass("15s");
    }
    expect(scene.incidents()).toEqual([]);
  });

  it("is raised with a mark when three rounds in a row could not be trusted", async () => {
    const scene = await Scene.open({ targets: [aTarget("host", "host")], rules: [{ name: "HostDisk", forMs: 0 }] });
    for (let i = 0; i < 3; i += 1) {
      expect(scene.open()).toEqual([]);
      await scene.run("host", { "host_disk_used_ratio{mount=/}": 0.95 }, { untrusted: ["loop_lag"] });
      await scene.pass("1s");
    }
    expect(scene.entries(scene.open()[0])[0]?.alert.untrusted).toBe(true);
  });
});

describe("routes", () => {
  it("give every channel that wants it an incident of its own, and the fallback what nobody wants", async () => {
    const routes = [
      aRoute({ channel: "a", match: { severity: ["critical"] }, mentions: ["role:1"] }),
      aRoute({ channel: "b", match: { targets: ["we*"] } }),
      aRoute({ channel: "a", match: { rules: ["TargetDown"] }, mentions: ["role:2"] }),
      aRoute({ fallback: true }),
    ];
    const scene = await Scene.open({ targets: [aTarget("web"), aTarget("host", "host")], routes });
    await breakDown(scene);
    expect(scene.open().map(({ channel, mentions }) => [channel, mentions])).toEqual([
      ["a", ["role:1", "role:2"]],
      ["b", []],
    ]);
    await scene.keep("5m15s", "host", { host_memory_used_ratio: 0.85 });
    expect(scene.open().map(({ channel }) => channel)).toEqual(["a", "b", OPS]);
    await scene.keep("5m15s", "host", { host_memory_used_ratio: 0.95 });
    expect(scene.open().map(({ channel }) => channel)).toEqual(["a", "b", OPS, "a"]);
    await mend(scene);
    expect(scene.open().map(({ channel }) => channel)).toEqual([OPS, "a"]);
  });
});

describe("a unit that crashes every second", () => {
  const LOOP = [aTarget("loop", "unit")];
  const crashed = { probe_success: 0, unit_failed: 0 };

  it("is announced once, and once more when it becomes critical", async () => {
    const scene = await Scene.open({ targets: LOOP });
    await scene.pass("1m");
    for (let restarts = 0; restarts < 90; restarts += 1) {
      await scene.run("loop", { ...crashed, unit_restarts_total: restarts }, { reason: "failed" });
      await scene.post();
      await scene.pass("1s");
    }
    expect(scene.said()).toEqual(["opened warning", "rose critical"]);
  });

  it("is told as inactive when it is found stopped, though it was restarted before", async () => {
    const scene = await Scene.open({ targets: LOOP });
    await scene.pass("1m");
    for (let restarts = 0; restarts < 3; restarts += 1) {
      await scene.run("loop", { ...crashed, unit_restarts_total: restarts }, { reason: "failed" });
      await scene.pass("1s");
    }
    for (let look = 0; look < 5; look += 1) {
      await scene.run("loop", { ...crashed, unit_restarts_total: 2 }, { reason: "inactive" });
      await scene.pass("15s");
    }
    const alerts = scene.open().flatMap((incident) => scene.entries(incident).map(({ alert }) => alert.rule));
    expect(alerts).toEqual(["UnitRestarted", "UnitInactive"]);
  });
});
