import { expect, it } from "vitest";

import { Scene, aTarget } from "../../support/evaluate/scene.js";

it("says nothing of a target that a person has stopped, until it should run again", async () => {
  const scene = await Scene.open({ targets: [aTarget("web"), aTarget("api")] });
  await scene.keep("1m", "web", { probe_success: 1 });
  scene.stopped.add("web");
  await scene.keep("10m", "web", { probe_success: 0 });
  expect(scene.said()).toEqual([]);
  await scene.restart();
  await scene.keep("1m", "web", { probe_success: 0 });
  expect(scene.said()).toEqual([]);

  scene.stopped.delete("web");
  await scene.keep("15s", "web", { probe_success: 0 });
  expect(scene.said()).toEqual(["opened critical"]);
});

it("goes on about what was said before the target was stopped, and about other targets", async () => {
  const scene = await Scene.open({ targets: [aTarget("web"), aTarget("api")] });
  await scene.keep("1m", "web", { probe_success: 0 });
  await scene.post();
  scene.stopped.add("web");
  await scene.keep("1m", "api", { probe_success: 0 });
  expect(scene.said()).toEqual(["opened critical", "opened critical"]);
  await scene.keep("1m", "web", { probe_success: 1 });
  expect(scene.open().map(({ group }) => group)).toEqual([expect.stringContaining("api") as string]);
});
