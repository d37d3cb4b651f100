import { describe, expect, it } from "vitest";

import { OPS, Scene, aRoute, aTarget } from "../../support/evaluate/scene.js";

const UP = { probe_success: 1 };
const DOWN = { probe_success: 0 };
const WEB = { targets: [aTarget("web")] };

async function breakDown(scene: Scene, target: string = "web"): Promise<void> {
  await scene.run(target, DOWN, { reason: "refused" });
  await scene.pass("100ms");
  await scene.run(target, DOWN, { reason: "refused" });
}

describe("a restart", () => {
  it("neither says again what still fires nor forgets it", async () => {
    const scene = await Scene.open(WEB);
    await breakDown(scene);
    await scene.post();
    const before = scene.open();
    await scene.restart("2m");
    await breakDown(scene);
    await scene.pass("1m");
    expect(scene.open()).toMatchObject([{ id: before[0]?.id, number: 1 }]);
    expect(scene.entries(scene.open()[0])).toHaveLength(1);
    expect(scene.said()).toEqual(["opened critical"]);
    expect(scene.open()[0]?.away).toBeUndefined();
  });

  it("ends what recovered meanwhile with the time it was away", async () => {
    const scene = await Scene.open(WEB);
    await breakDown(scene);
    await scene.post();
    const from = scene.clock.now();
    await scene.restart("7m");
    const to = scene.clock.now();
    await scene.pass("1s");
    await scene.run("web", UP);
    await scene.pass("15s");
    await scene.run("web", UP);
    expect(scene.incidents()).toMatchObject([{ outcome: "recovered", away: { from, to } }]);
  });

  it("does not call away what was seen bad again afterwards", async () => {
    const scene = await Scene.open(WEB);
    await breakDown(scene);
    await scene.restart("7m");
    await scene.pass("1s");
    await scene.run("web", DOWN);
    for (let i = 0; i < 2; i += 1) {
      await scene.pass("15s");
      await scene.run("web", UP);
    }
    expect(scene.incidents()).toMatchObject([{ outcome: "recovered" }]);
    expect(scene.incidents()[0]?.away).toBeUndefined();
  });

  it("announces what is newly bad", async () => {
    const scene = await Scene.open(WEB);
    await scene.run("web", UP);
    await scene.restart("7m");
    await breakDown(scene);
    expect(scene.said()).toEqual(["opened critical"]);
  });

  it("keeps what is pending when it was short, and starts it anew when it was long", async () => {
    const memory = { probe_success: 1, host_memory_used_ratio: 0.95 };
    const host = { targets: [aTarget("host", "host")] };
    const short = await Scene.open(host);
    await short.keep("4m", "host", memory);
    await short.restart("5s");
    await short.keep("1m15s", "host", memory);
    expect(short.said()).toEqual(["opened critical"]);
    const long = await Scene.open(host);
    await long.keep("4m", "host", memory);
    await long.restart("2m");
    await long.keep("4m", "host", memory);
    expect(long.said()).toEqual([]);
  });

  it("says once that it was away for longer than an hour, and nothing about less", async () => {
    const scene = await Scene.open(WEB);
    await scene.restart("59m");
    expect(scene.notices()).toEqual([]);
    const from = scene.clock.now();
    await scene.restart("61m");
    const to = scene.clock.now();
    expect(scene.notices()).toMatchObject([{ channel: OPS, notice: { key: "away", values: { from, to } } }]);
    // A crash before anything else is noted: the next start sees the same last sign of life.
    await scene.evaluator.recover({ lastAliveAt: from, now: to + 1_000 });
    expect(scene.notices()).toHaveLength(1);
  });

  it("remembers that a disk was writable", async () => {
    const scene = await Scene.open({ targets: [aTarget("host", "host")] });
    const disks = (data: number) => ({
      probe_success: 1,
      "host_disk_read_only{mount=/}": data,
      "host_disk_read_only{mount=/iso}": 1,
    });
    await scene.run("host", disks(0));
    await scene.restart("1m");
    await scene.run("host", disks(1));
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.labels)).toEqual([{ mount: "/" }]);
  });

  it("keeps what was collected and says it afterwards", async () => {
    const scene = await Scene.open({ targets: [aTarget("host", "host")], rules: [{ name: "HostDisk", forMs: 0 }] });
    const disks = (a: number, b: number) => ({
      probe_success: 1,
      "host_disk_used_ratio{mount=/}": a,
      "host_disk_used_ratio{mount=/b}": b,
    });
    await scene.run("host", disks(0.95, 0));
    await scene.post();
    await scene.pass("15s");
    await scene.run("host", disks(0.95, 0.95));
    await scene.restart("10s");
    await scene.pass("21s");
    expect(scene.said()).toEqual(["opened critical", "joined critical"]);
  });
});

describe("another configuration", () => {
  it("ends grey what is no longer watched, by target and by rule", async () => {
    const both = { targets: [aTarget("web"), aTarget("api")] };
    const scene = await Scene.open(both);
    await breakDown(scene, "web");
    await breakDown(scene, "api");
    await scene.reconfigure({ targets: [aTarget("api")] });
    expect(scene.incidents()[0]).toMatchObject({ outcome: "gone" });
    expect(scene.entries(scene.incidents()[0])[0]?.alert.state).toBe("gone");
    await scene.run("web", DOWN);
    expect(scene.open().map(({ number }) => number)).toEqual([2]);
    await scene.reconfigure({ targets: [aTarget("api")], rules: [{ name: "TargetDown", enabled: false }] });
    expect(scene.open()).toEqual([]);
    expect(scene.said()).toEqual(["opened critical", "opened critical"]);
  });

  it("ends grey at the start what was taken out while it was away", async () => {
    const scene = await Scene.open({ targets: [aTarget("web"), aTarget("api")] });
    await breakDown(scene, "web");
    await scene.restart("1m", { targets: [aTarget("api")] });
    expect(scene.incidents()).toMatchObject([{ outcome: "gone" }]);
  });

  it("holds changed limits against the newest run at once, with since kept", async () => {
    const host = [aTarget("host", "host")];
    const scene = await Scene.open({ targets: host, rules: [{ name: "HostDisk", forMs: 0 }] });
    await scene.run("host", { probe_success: 1, "host_disk_used_ratio{mount=/}": 0.85 });
    const since = scene.entries(scene.open()[0])[0]?.alert.firingSince;
    await scene.post();
    await scene.pass("5s");
    await scene.reconfigure({ targets: host, rules: [{ name: "HostDisk", forMs: 0, critical: "> 84%" }] });
    expect(scene.said()).toEqual(["opened warning", "rose critical"]);
    expect(scene.entries(scene.open()[0])[0]?.alert).toMatchObject({ firingSince: since, severity: "critical" });
    await scene.reconfigure({
      targets: host,
      rules: [{ name: "HostDisk", forMs: 0, warning: "off", critical: "> 99%" }],
    });
    expect(scene.incidents()).toMatchObject([{ outcome: "recovered" }]);
  });

  it("holds a rule that is switched on against the newest run at once", async () => {
    const host = [aTarget("host", "host")];
    const off = { name: "HostDisk", enabled: false };
    const scene = await Scene.open({ targets: host, rules: [off] });
    await scene.run("host", { probe_success: 1, "host_disk_used_ratio{mount=/}": 0.95 });
    await scene.reconfigure({ targets: host, rules: [{ name: "HostDisk", forMs: 0 }] });
    expect(scene.said()).toEqual(["opened critical"]);
  });

  it("leaves open incidents where they began when routes change", async () => {
    const scene = await Scene.open({ targets: [aTarget("web"), aTarget("api")] });
    await breakDown(scene, "web");
    const moved = { targets: [aTarget("web"), aTarget("api")], routes: [aRoute({ channel: "elsewhere" })] };
    await scene.reconfigure(moved);
    await scene.keep("1m", "web", DOWN);
    expect(scene.open().map(({ channel }) => channel)).toEqual([OPS]);
    await breakDown(scene, "api");
    expect(scene.open().map(({ channel }) => channel)).toEqual([OPS, "elsewhere"]);
  });

  it("says what no route had taken as soon as one does", async () => {
    const scene = await Scene.open({ ...WEB, routes: [aRoute({ match: { targets: ["other"] } })] });
    await breakDown(scene);
    expect(scene.incidents()).toEqual([]);
    await scene.reconfigure({ ...WEB, routes: [aRoute()] });
    expect(scene.said()).toEqual(["opened critical"]);
  });
});

describe("one rule explains another", () => {
  const SLOW = { probe_success: 1, http_duration_seconds: 3 };
  const slowNow = [{ name: "HttpSlow", forMs: 0 }];

  it("and mutes it while it fires; what still burns afterwards is said then", async () => {
    const scene = await Scene.open({
      ...WEB,
      rules: [...slowNow, { name: "HttpCertificate", inhibitedBy: ["HttpSlow"] }],
    });
    await scene.pass("11s");
    await scene.run("web", { ...SLOW, http_certificate_not_after_seconds: scene.clock.now() / 1_000 + 3 * 86_400 });
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.rule)).toEqual(["HttpSlow"]);
    const certificate = { http_certificate_not_after_seconds: scene.clock.now() / 1_000 + 3 * 86_400 };
    await scene.keep("5m", "web", { probe_success: 1, http_duration_seconds: 0.01, ...certificate });
    expect(scene.open()).toHaveLength(1);
    expect(scene.entries(scene.open()[0]).map(({ alert }) => [alert.rule, alert.state])).toEqual([
      ["HttpSlow", "resolved"],
      ["HttpCertificate", "firing"],
    ]);
  });

  it("and what was muted all its life is never spoken of", async () => {
    const scene = await Scene.open({
      ...WEB,
      rules: [...slowNow, { name: "HttpCertificate", inhibitedBy: ["HttpSlow"] }],
    });
    await scene.pass("11s");
    const soon = { http_certificate_not_after_seconds: scene.clock.now() / 1_000 + 3 * 86_400 };
    const late = { http_certificate_not_after_seconds: scene.clock.now() / 1_000 + 300 * 86_400 };
    await scene.run("web", { ...SLOW, ...soon });
    await scene.pass("15s");
    await scene.run("web", { ...SLOW, ...late });
    expect(scene.entries(scene.open()[0]).map(({ alert }) => alert.rule)).toEqual(["HttpSlow"]);
  });

  it("and has ten seconds after a start to show itself", async () => {
    const scene = await Scene.open({ ...WEB, rules: slowNow });
    await scene.run("web", SLOW);
    expect(scene.incidents()).toEqual([]);
    await scene.pass("10s");
    expect(scene.said()).toEqual(["opened warning"]);
  });
});

describe("a target that stops answering", () => {
  it("does not make its other alerts disappear", async () => {
    const scene = await Scene.open({ ...WEB, rules: [{ name: "HttpCertificate", inhibitedBy: [] }] });
    const soon = { http_certificate_not_after_seconds: scene.clock.now() / 1_000 + 3 * 86_400 };
    await scene.run("web", { ...UP, ...soon });
    await scene.keep("2m", "web", DOWN);
    expect(scene.entries(scene.open()[0]).map(({ alert }) => [alert.rule, alert.state])).toEqual([
      ["HttpCertificate", "firing"],
      ["TargetDown", "firing"],
    ]);
  });
});

describe("runs", () => {
  it("that come twice, late, or for a target that is not watched change nothing", async () => {
    const scene = await Scene.open(WEB);
    const run = scene.runOf("web", DOWN);
    for (let i = 0; i < 4; i += 1) await scene.evaluator.evaluate(run);
    await scene.evaluator.evaluate({ ...run, at: run.at - 5_000 });
    await scene.evaluator.evaluate({ ...run, target: "stranger" });
    await scene.evaluator.evaluate({ ...run, target: "stranger", at: run.at + 1 });
    expect(scene.incidents()).toEqual([]);
  });

  it("that are handed in together are each counted", async () => {
    const scene = await Scene.open(WEB);
    const run = scene.runOf("web", DOWN);
    await Promise.all([scene.evaluator.evaluate(run), scene.evaluator.evaluate({ ...run, at: run.at + 1 })]);
    expect(scene.said()).toEqual(["opened critical"]);
  });

  it("cost no transaction while all is well", async () => {
    const scene = await Scene.open(WEB);
    for (let i = 0; i < 10; i += 1) {
      await scene.run("web", UP);
      await scene.pass("15s");
    }
    expect(scene.committed).toEqual([]);
  });
});

describe("the clock of its own", () => {
  it("wakes it when something becomes due, and leaves no timer behind", async () => {
    const scene = await Scene.open({ targets: [aTarget("web")] });
    scene.evaluator.start();
    await breakDown(scene);
    await scene.post();
    await scene.clock.advance(4 * 3_600_000 + 1_000);
    await scene.clock.settle(20);
    expect(scene.said()).toEqual(["opened critical", "repeated critical"]);
    await scene.evaluator.stop();
    expect(scene.clock.pending).toBe(0);
  });
});
