import { describe, expect, it } from "vitest";

import { STORM_GROUP } from "../../../src/alert/group.js";
import type { Run } from "../../../src/model/run.js";
import { OPS, Scene, aRoute, aTarget } from "../../support/evaluate/scene.js";

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `t${i}`);

/** All targets down twice, handed in at the same moment. */
async function breakAll(scene: Scene, targets: readonly string[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const runs: Run[] = targets.map((target) => scene.runOf(target, { probe_success: 0 }, { reason: "timeout" }));
    for (const run of runs) await scene.ingest(run);
    await Promise.all(runs.map((run) => scene.evaluator.evaluate(run)));
    await scene.pass("100ms");
  }
}

async function mendAll(scene: Scene, targets: readonly string[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await scene.pass("15s");
    await Promise.all(targets.map((target) => scene.run(target, { probe_success: 1 })));
  }
}

describe("a storm", () => {
  it("takes the sixth incident of a channel within thirty seconds, and all that follow, into one", async () => {
    const targets = names(40);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    await breakAll(scene, targets.slice(0, 5));
    await scene.post();
    await breakAll(scene, targets.slice(5));
    const open = scene.open();
    expect(open.map(({ kind }) => kind)).toEqual(["group", "group", "group", "group", "group", "storm"]);
    expect(open[5]?.group).toBe(STORM_GROUP);
    expect(scene.entries(open[5])).toHaveLength(35);
    expect(scene.said()).toEqual(Array.from({ length: 6 }, () => "opened critical"));
  });

  it("begins as the newest incident that nobody has seen, so that its post waits behind none", async () => {
    const targets = names(40);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    await breakAll(scene, targets);
    const open = scene.open();
    expect(open.map(({ kind }) => kind)).toEqual(["group", "group", "group", "group", "storm"]);
    expect(open[4]?.group).toBe(STORM_GROUP);
    expect(scene.entries(open[4])).toHaveLength(36);
    expect(scene.said()).toEqual(Array.from({ length: 5 }, () => "opened critical"));
  });

  it("takes new alerts of incidents that stand, while the crowd is fresh; later they join their own again", async () => {
    const targets = names(8);
    const scene = await Scene.open({
      targets: targets.map((name) => aTarget(name, "unit")),
    });
    const breakUnit = (target: string, unit: string): Promise<void> =>
      scene.run(target, { [`unit_failed{unit=${unit}}`]: 1 });
    for (const target of targets) await breakUnit(target, "first");
    const own = scene.open()[0];
    const storm = scene.open().at(-1);
    expect(storm?.kind).toBe("storm");
    const before = scene.entries(storm).length;
    await scene.pass("1s");
    await breakUnit("t0", "second");
    expect([scene.entries(own).length, scene.entries(storm).length]).toEqual([1, before + 1]);
    await scene.pass("31s");
    await breakUnit("t0", "third");
    expect([scene.entries(own).length, scene.entries(storm).length]).toEqual([2, before + 1]);
  });

  it("takes what comes later too, until it has ended, and swallows no end", async () => {
    const targets = names(10);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    await breakAll(scene, targets.slice(0, 5));
    await scene.post();
    await breakAll(scene, targets.slice(5, 7));
    await scene.post();
    await scene.pass("20m");
    await breakAll(scene, ["t8"]);
    expect(scene.open()).toHaveLength(6);
    expect(scene.entries(scene.open()[5])).toHaveLength(3);
    await mendAll(scene, targets.slice(0, 8));
    expect(scene.open().map(({ kind }) => kind)).toEqual(["storm"]);
    await mendAll(scene, ["t8"]);
    expect(scene.open()).toEqual([]);
    const ended = scene
      .incidents()
      .flatMap((incident) => scene.entries(incident))
      .map(({ alert }) => alert.state);
    expect(ended).toEqual(Array.from({ length: 8 }, () => "resolved"));
    await scene.pass("20m");
    await breakAll(scene, ["t9"]);
    expect(scene.open().map(({ kind }) => kind)).toEqual(["group"]);
  });

  it("does not begin when five begin within thirty seconds and the sixth later", async () => {
    const targets = names(6);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    await breakAll(scene, targets.slice(0, 5));
    await scene.pass("31s");
    await breakAll(scene, ["t5"]);
    expect(scene.open().map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => "group"));
  });

  it("also takes what would begin again, so that a flapping crowd is still one message", async () => {
    const targets = names(12);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    for (const target of targets) {
      await breakAll(scene, [target]);
      await scene.pass("31s");
    }
    await scene.post();
    await mendAll(scene, targets);
    expect(scene.open()).toEqual([]);
    await scene.pass("1s");
    await breakAll(scene, targets);
    expect(
      scene
        .open()
        .map(({ kind }) => kind)
        .filter((kind) => kind === "storm"),
    ).toHaveLength(1);
    expect(scene.open()).toHaveLength(6);
  });

  it("is counted for each channel by itself", async () => {
    const targets = names(8);
    const routes = [aRoute({ channel: "a", match: { targets: ["t0", "t1", "t2", "t3"] } }), aRoute({ fallback: true })];
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)), routes });
    await breakAll(scene, targets);
    expect(scene.open().map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => "group"));
    expect(new Set(scene.open().map(({ channel }) => channel))).toEqual(new Set(["a", OPS]));
  });

  it("goes on after a restart in the middle", async () => {
    const targets = names(12);
    const scene = await Scene.open({ targets: targets.map((name) => aTarget(name)) });
    await breakAll(scene, targets.slice(0, 5));
    await scene.post();
    await scene.restart("3s");
    await breakAll(scene, targets.slice(5, 8));
    expect(
      scene
        .open()
        .map(({ kind }) => kind)
        .at(-1),
    ).toBe("storm");
    await scene.restart("3s");
    await breakAll(scene, targets.slice(8));
    expect(scene.open()).toHaveLength(6);
    expect(scene.entries(scene.open()[5])).toHaveLength(7);
  });
});
