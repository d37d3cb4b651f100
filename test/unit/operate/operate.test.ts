import { describe, expect, it } from "vitest";

import { UserError } from "../../../src/base/errors.js";
import type { Run } from "../../../src/model/run.js";
import type { UserErrorCode } from "../../../src/base/errors.js";
import { OPS, actionable, aMember, bench, deputy, operator, root, unitAction } from "../../support/operate/bench.js";
import { aRun, aTarget } from "../../support/runs.js";

const PLAN = { principal: operator, target: "shop-bot", action: "restart" } as const;
const FIVE_MINUTES = 5 * 60_000;

async function refusal(work: Promise<unknown>): Promise<UserErrorCode> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.code;
    throw thrown;
  }
  throw new Error("not refused");
}

describe("a plan", () => {
  it("tells how it stands, what depends on it, the last time and the budget, and does nothing", async () => {
    const world = await bench();
    const web = aTarget("web", "unit");
    const facts = { kind: "unit", unit: "web.service", load: "loaded", active: "active", sub: "running" } as const;
    await world.store.write("runs", (tables) => tables.runs.put(aRun(web, {}, facts)));
    world.actor.state = {
      ...world.actor.state,
      dependents: [
        { unit: "web.service", relation: "RequiredBy", active: "active" },
        { unit: "web.service", relation: "BoundBy", active: "active" },
        { unit: "mail.service", relation: "ConsistsOf", active: "failed" },
      ],
    };
    await world.confirmed();
    await world.clock.advance(31_000);
    const view = await world.operate.plan({ ...PLAN, principal: deputy });
    expect(view.dependents).toEqual([
      { name: "web", active: "active" },
      { name: "mail.service", active: "failed" },
    ]);
    expect(view.last).toMatchObject({ by: "operator", tookMs: 3_200 });
    expect(view.standing).toEqual({ used: 1, perHour: 3, halfOpen: false });
    expect(world.actor.acts).toEqual(["restart"]);
    expect(world.logged().at(-1)).toBe("planned");
  });

  it("tells what the target's own probe found last, if that may be believed", async () => {
    const world = await bench();
    const put = (over: Partial<Run>) =>
      world.store.write("runs", (tables) =>
        tables.runs.put(aRun(actionable(), { http_status_code: 200 }, undefined, over)),
      );
    await put({ at: 7_000 });
    const seen = { at: 7_000, answer: { kind: "unit", success: true, status: 200 } };
    expect((await world.operate.plan(PLAN)).seen).toEqual(seen);
    await put({ untrusted: ["loop_lag"] });
    expect((await world.operate.plan(PLAN)).seen).toBeUndefined();
  });

  it("is refused for what is not watched, not listed, not permitted, with what would help", async () => {
    const world = await bench();
    world.targets = [actionable("shop-bot", ["restart"]), aTarget("web", "http")];
    expect(await refusal(world.operate.plan({ ...PLAN, target: "nothing" }))).toBe("unknown_target");
    expect(await refusal(world.operate.plan({ ...PLAN, target: "web" }))).toBe("no_such_action");
    expect(await refusal(world.operate.plan({ ...PLAN, action: "stop" }))).toBe("no_such_action");
    const nobody = aMember("1300000000000000007", "guest", { permissions: 0n });
    expect(await refusal(world.operate.plan({ ...PLAN, principal: nobody }))).toBe("not_permitted");
    const direct = aMember("1300000000000000001", "operator", { guild: undefined });
    expect(await refusal(world.operate.plan({ ...PLAN, principal: direct }))).toBe("direct_message");
    expect(world.logged()).toEqual([]);
  });

  it("keeps no secret of a reason, and no character that plays tricks", async () => {
    const world = await bench();
    const id = await world.confirmed("restart", operator, "uses password=hunter2hunter2 \u202Eevil\nline");
    await world.clock.advance(31_000);
    const { reason, masked } = world.record(id);
    expect(masked).toBe(1);
    expect(reason).not.toContain("hunter2");
    expect(reason).not.toMatch(/[\n\u202E]/u);
    expect(world.said()[0]?.text).toContain("1 secret masked");
    expect(JSON.stringify(world.store.read((tables) => tables.audit.newest(10)))).not.toContain("hunter2");
  });
});

describe("the word", () => {
  it("watches for as long as is configured", async () => {
    const world = await bench({ limits: () => ({ perHour: 3, watchMs: 5_000 }) });
    const { record } = await world.operate.plan(PLAN);
    const underway = await world.operate.approve(record.id, operator);
    expect(await world.operate.progress(underway)).toMatchObject({ watchMs: 5_000 });
    await world.clock.advance(4_999);
    expect(world.said()).toEqual([]);
    await world.clock.advance(1);
    await underway.ended;
    expect(world.said()).toHaveLength(1);
  });

  it("acts once, watches for 30 s, and tells everybody where it was asked", async () => {
    const world = await bench();
    world.errors = 0;
    world.run = (target, at) =>
      aRun(aTarget(target, "http"), { http_status_code: 200, http_duration_seconds: 0.015 }, undefined, { at });
    const { record } = await world.operate.plan({ ...PLAN, reason: "memory keeps growing", channel: "77" });
    const underway = await world.operate.approve(record.id, operator);
    const { record: acted, watchMs } = await world.operate.progress(underway);
    expect(acted).toMatchObject({ state: "started", outcome: { status: "done", tookMs: 3_200 } });
    expect(watchMs).toBe(30_000);
    expect(world.said()).toEqual([]);
    await world.clock.advance(30_000);
    await underway.ended;
    expect(world.said()).toEqual([
      {
        channel: "77",
        text: expect.stringMatching(
          /🟢.* shop-bot restarted in 3\.2 s by @operator: “memory keeps growing”\n┃ active, PID 4711 → 8123 · http 200 in 15 ms · no new errors in 30 s/u,
        ) as string,
      },
    ]);
    expect(world.logged()).toEqual(["planned", "approved", "started", "done"]);
    expect(world.actor.acts).toEqual(["restart"]);
  });

  it("is written down before the act, on the disk", async () => {
    const world = await bench();
    let states: readonly string[] = [];
    world.actor.answer = async () => {
      states = world.logged();
      return { status: "failed", by: "systemd", failure: "masked", detail: "" };
    };
    await world.confirmed();
    await world.clock.settle();
    expect(states).toEqual(["planned", "approved", "started"]);
  });

  it("counts once, whoever else clicks, and the others hear by whom", async () => {
    const world = await bench();
    const { record } = await world.operate.plan(PLAN);
    const clicks = await Promise.allSettled([1, 2, 3].map(() => world.operate.approve(record.id, operator)));
    expect(clicks.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const refused = clicks.flatMap((click) => (click.status === "rejected" ? [click.reason as unknown] : []));
    const told = { code: "already_done", details: { by: "operator" } };
    expect(refused).toMatchObject([told, told]);
    await world.clock.advance(31_000);
    expect(world.actor.acts).toEqual(["restart"]);
    expect(await refusal(world.operate.approve(record.id, operator))).toBe("already_done");
    expect(await refusal(world.operate.cancel(record.id, operator))).toBe("already_done");
  });

  it("is only the asker's, within five minutes, for what is still allowed and still configured", async () => {
    const world = await bench();
    const plan = async () => (await world.operate.plan(PLAN)).record.id;
    expect(await refusal(world.operate.approve(await plan(), deputy))).toBe("not_yours");
    expect(await refusal(world.operate.approve(await plan(), root))).toBe("not_yours");
    expect(await refusal(world.operate.cancel(await plan(), deputy))).toBe("not_yours");
    expect(await refusal(world.operate.approve("nothing", operator))).toBe("expired");

    const late = await plan();
    await world.clock.advance(FIVE_MINUTES);
    expect(await refusal(world.operate.approve(late, operator))).toBe("expired");

    const forbidden = await plan();
    world.policy = { ...world.policy, grants: [] };
    expect(await refusal(world.operate.approve(forbidden, operator))).toBe("not_permitted");
    world.policy = { guild: world.policy.guild };

    const unlisted = await plan();
    world.targets = [actionable("shop-bot", ["stop"])];
    expect(await refusal(world.operate.approve(unlisted, operator))).toBe("no_such_action");

    world.targets = [{ ...actionable(), actions: [unitAction("restart", "another.service")] }];
    expect(await refusal(world.operate.approve(unlisted, operator))).toBe("expired");
    expect(world.actor.acts).toEqual([]);
  });

  it("does nothing when it is no", async () => {
    const world = await bench();
    const { record } = await world.operate.plan(PLAN);
    expect((await world.operate.cancel(record.id, operator)).state).toBe("cancelled");
    expect(await refusal(world.operate.approve(record.id, operator))).toBe("already_done");
    expect(world.actor.acts).toEqual([]);
    expect(world.logged()).toEqual(["planned", "cancelled"]);
  });

  it("of a plan that another action has overtaken does nothing: its state is no more", async () => {
    const world = await bench();
    const old = (await world.operate.plan({ ...PLAN, principal: deputy })).record.id;
    await world.clock.advance(10);
    await world.confirmed();
    expect(await refusal(world.operate.approve(old, deputy))).toBe("action_running");
    await world.clock.advance(31_000);
    expect(await refusal(world.operate.approve(old, deputy))).toBe("already_done");
    expect(await refusal(world.operate.plan({ ...PLAN, target: "web" }))).toBe("unknown_target");
    expect(world.actor.acts).toEqual(["restart"]);
  });

  it("is refused beyond the budget, and after failures in a row", async () => {
    const world = await bench();
    for (let count = 0; count < 3; count += 1) {
      await world.confirmed();
      await world.clock.advance(31_000);
    }
    expect(await refusal(world.operate.plan(PLAN))).toBe("budget_spent");
    await world.clock.advance(3_600_000);
    world.actor.answer = { status: "failed", by: "systemd", failure: "job_failed", detail: "failed" };
    for (let count = 0; count < 3; count += 1) {
      await world.confirmed();
      await world.clock.advance(31 * 60_000);
    }
    expect(await refusal(world.operate.plan(PLAN))).toBe("breaker_open");
    await world.clock.advance(60 * 60_000);
    expect((await world.operate.plan(PLAN)).standing.halfOpen).toBe(true);
  });
});

describe("what came of it", () => {
  it("tells at once why it failed, and what to do", async () => {
    const world = await bench();
    world.actor.answer = { status: "failed", by: "systemd", failure: "job_failed", detail: "dependency" };
    const id = await world.confirmed();
    await world.clock.settle();
    expect(world.record(id).state).toBe("failed");
    expect(world.said()).toEqual([{ channel: OPS, text: expect.stringMatching(/🔴.*was not restarted/u) as string }]);
    expect(world.said()[0]?.text).toContain("Why: its job failed: dependency");
    expect(world.said()[0]?.text).toContain("/logs shop-bot");
  });

  it("is not called well when the target is not", async () => {
    const world = await bench();
    world.run = (target, at) =>
      aRun(aTarget(target, "http"), { probe_success: 0, http_status_code: 502 }, undefined, { at });
    const id = await world.confirmed();
    await world.clock.advance(31_000);
    expect(world.record(id)).toMatchObject({ state: "failed", verification: { faults: ["bad_answer"] } });
    expect(world.said()[0]?.text).toMatch(/🔴.*restarted, but it is not well; asked by @operator/u);
  });

  it("does not keep who asked waiting when the order takes long", async () => {
    const world = await bench();
    let end: () => void = () => undefined;
    world.actor.answer = (action) =>
      new Promise((resolve) => {
        end = () => {
          world.actor.move(action);
          resolve({ status: "done", by: "systemd", tookMs: 20_000 });
        };
      });
    const { record } = await world.operate.plan(PLAN);
    const underway = await world.operate.approve(record.id, operator);
    const progress = world.operate.progress(underway);
    await world.clock.advance(5_000);
    expect((await progress).record).toMatchObject({ state: "started" });
    end();
    await world.clock.advance(31_000);
    expect((await underway.ended).state).toBe("done");
  });
});
