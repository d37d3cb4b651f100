import { describe, expect, it } from "vitest";

import type { RuleOverride } from "../../../src/model/rule.js";
import type { Scene as OpenScene, SceneTarget } from "../../support/evaluate/scene.js";
import { OPS, Scene, aRoute, aTarget } from "../../support/evaluate/scene.js";
import { fc } from "../../support/fast-check.js";

const NAMES = Array.from({ length: 9 }, (_, i) => `t${i}`);
const ALL = NAMES.map((name) => aTarget(name));

const CONFIGS: readonly {
  readonly targets: readonly SceneTarget[];
  readonly routes: ReturnType<typeof aRoute>[];
  readonly rules?: readonly RuleOverride[];
}[] = [
  { targets: ALL, routes: [aRoute()] },
  { targets: ALL.slice(0, 6), routes: [aRoute()] },
  {
    targets: ALL,
    routes: [aRoute({ channel: "a", match: { severity: ["critical"] } }), aRoute({ groupBy: ["rule"] })],
  },
  { targets: ALL, routes: [aRoute({ groupBy: [] })] },
  { targets: ALL, routes: [aRoute()], rules: [{ name: "TargetDown", enabled: false }] },
  { targets: ALL, routes: [aRoute()], rules: [{ name: "HttpSlow", forMs: 0, warning: "> 2s" }] },
];

const act = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("run" as const),
      targets: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 9 }),
      up: fc.boolean(),
      slow: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), target: fc.constantFrom(...NAMES) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("pass" as const), time: fc.constantFrom("1s", "15s", "40s", "11m", "5h") }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("post" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("restart" as const),
      away: fc.constantFrom("1s", "5m", "3h"),
      config: fc.nat(CONFIGS.length - 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconfigure" as const), config: fc.nat(CONFIGS.length - 1) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

async function perform(scene: OpenScene, one: Act): Promise<void> {
  switch (one.do) {
    case "run": {
      await scene.pass("1s");
      const samples = {
        probe_success: one.up ? 1 : 0,
        ...(one.up ? { http_duration_seconds: one.slow ? 9 : 0.01 } : {}),
      };
      await Promise.all(one.targets.map((target) => scene.run(target, samples)));
      return;
    }
    case "fail":
      await scene.pass("1s");
      await scene.run(one.target, {}, { failed: "resolver" });
      return;
    case "pass":
      await scene.pass(one.time);
      return;
    case "post":
      await scene.post();
      return;
    case "restart":
      await scene.restart(one.away, CONFIGS[one.config]);
      return;
    case "reconfigure":
      await scene.reconfigure(CONFIGS[one.config] ?? { targets: ALL });
      return;
    default:
      throw new Error("no such act");
  }
}

/** Everything that must hold of what stands in the store, at any moment. */
function faults(scene: OpenScene): readonly string[] {
  const found: string[] = [];
  const incidents = scene.incidents();
  const open = incidents.filter((incident) => incident.endedAt === undefined);
  const keys = open.map((incident) => `${incident.channel} ${incident.group}`);
  if (new Set(keys).size !== keys.length) found.push("two open incidents for one group and channel");
  const placed = new Map<string, number>();
  for (const incident of incidents) {
    const entries = scene.entries(incident);
    const firing = entries.filter((entry) => entry.endedAt === undefined);
    for (const entry of entries) {
      const key = `${incident.channel} ${entry.episode}`;
      placed.set(key, (placed.get(key) ?? 0) + 1);
      if ((entry.endedAt === undefined) !== (entry.alert.state === "firing"))
        found.push("an entry and its alert disagree");
      if (entry.alert.episode !== entry.episode) found.push("an entry shows another episode");
    }
    if ((firing.length === 0) !== (incident.endedAt !== undefined))
      found.push("an incident is open exactly while something fires");
    const recovered = entries.some((entry) => entry.alert.state === "resolved");
    if (incident.endedAt !== undefined && recovered !== (incident.outcome === "recovered"))
      found.push("a wrong outcome");
    const rows = scene.store.read((tables) => tables.outbox.ofIncident(incident.id));
    if (rows.filter((row) => row.kind === "opened").length !== 1) found.push("an incident is opened once");
    // A line of the thread announces nothing.
    const announced = rows.filter((row) => row.kind !== "thread");
    if (announced.filter((row) => row.state === "pending").length > 1)
      found.push("two announcements wait for one incident");
  }
  if ([...placed.values()].some((count) => count > 1)) found.push("an episode stands twice in one channel");
  const alerts = scene.store.read((tables) => tables.alerts.all());
  const standing = new Set(
    incidents
      .flatMap((incident) => scene.entries(incident))
      .filter((entry) => entry.endedAt === undefined)
      .map(({ episode }) => episode),
  );
  for (const episode of standing) {
    if (!alerts.some((alert) => alert.episode === episode && alert.state === "firing"))
      found.push("an entry fires without an alert");
  }
  return found;
}

describe("whatever happens, in any order, over restarts and new configurations", () => {
  it("each episode stands once in one incident per channel, and never are two open for one group", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
        const scene = await Scene.open({ targets: ALL });
        for (const one of acts) {
          await perform(scene, one);
          expect(faults(scene)).toEqual([]);
        }
        await scene.evaluator.stop();
        await scene.store.close();
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it("what fires and is routed stands in a message once everything else has been decided", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 20 }), async (acts) => {
        const scene = await Scene.open({ targets: ALL });
        for (const one of acts) await perform(scene, one);
        await scene.reconfigure({ targets: ALL, routes: [aRoute()] });
        await scene.pass("11s");
        const alerts = scene.store.read((tables) => tables.alerts.all()).filter((alert) => alert.state === "firing");
        const inhibited = new Set(alerts.filter((alert) => alert.rule === "TargetDown").map((alert) => alert.target));
        const due = alerts
          .filter((alert) => alert.rule !== "HttpSlow" || !inhibited.has(alert.target))
          .map((alert) => alert.episode);
        const standing = scene
          .open()
          .flatMap((incident) => scene.entries(incident))
          .map((entry) => entry.episode);
        expect(due.filter((episode) => !standing.includes(episode ?? ""))).toEqual([]);
        expect(scene.open().every(({ channel }) => channel === OPS || channel === "a")).toBe(true);
        await scene.evaluator.stop();
        await scene.store.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
