import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ActionState } from "../../../src/model/action.js";
import { byVector, onUnit, patience } from "../../support/act/world.js";
import type { ActWorld } from "../../support/act/world.js";
import { until } from "../../support/until.js";

/** What every actor keeps to, the real one and the one that stands in for it. `more`: what only this one has to show, on the same world. */
export function actorSuite(
  name: string,
  open: () => Promise<ActWorld>,
  more: (world: () => ActWorld) => void = () => undefined,
): void {
  describe(`an actor: ${name}`, () => {
    let world: ActWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world[Symbol.asyncDispose]());

    const act = (...[action, unit]: Parameters<typeof onUnit>) => world.actor.act(onUnit(action, unit), patience());
    const look = (unit: string): Promise<ActionState> => world.actor.look(onUnit("restart", unit), patience());

    it("starts, restarts and stops a unit, and tells how it stands afterwards", async () => {
      expect(await act("start", "steady.service")).toMatchObject({ status: "done", by: "systemd" });
      const first = await world.pidOf("steady.service");
      expect(await look("steady.service")).toMatchObject({ active: "active", sub: "running", mainPid: first });
      const restarted = await act("restart", "steady.service");
      const second = await world.pidOf("steady.service");
      expect(second).not.toBe(first);
      expect(restarted).toMatchObject({
        status: "done",
        by: "systemd",
        tookMs: expect.any(Number),
        after: { active: "active", mainPid: second },
      });
      expect(await act("stop", "steady.service")).toMatchObject({ status: "done", after: { active: "inactive" } });
      expect(await world.activeOf("steady.service")).toBe("inactive");
      expect((await look("steady.service")).mainPid).toBeUndefined();
    });

    it("tells what hangs on a unit, and how each of it stands", async () => {
      await act("start", "front.service");
      await act("start", "side.service");
      const { dependents } = await look("steady.service");
      expect(dependents.toSorted((a, b) => (a.unit < b.unit ? -1 : 1))).toEqual([
        { unit: "front.service", relation: "RequiredBy", active: "active" },
        { unit: "side.service", relation: "BoundBy", active: "active" },
      ]);
      await act("stop", "steady.service");
      expect(await world.activeOf("front.service")).toBe("inactive");
    });

    it("kills what runs, and says when nothing does", async () => {
      await act("start", "steady.service");
      expect(await act("kill", "steady.service")).toMatchObject({ status: "done", after: { by: "systemd" } });
      await until("it has failed", async () => (await world.activeOf("steady.service")) === "failed");
      expect(await act("kill", "steady.service")).toMatchObject({ status: "failed", failure: "job_failed" });
    });

    it("kills what systemd starts again at once", async () => {
      await act("start", "stubborn.service");
      const before = await world.pidOf("stubborn.service");
      expect(await act("kill", "stubborn.service")).toMatchObject({ status: "done" });
      await until("it runs again", async () => (await world.activeOf("stubborn.service")) === "active");
      expect(await world.pidOf("stubborn.service")).not.toBe(before);
      await act("stop", "stubborn.service");
    });

    it.each(["start", "restart", "stop", "kill"] as const)(
      "finds nothing to %s where there is no unit",
      async (action) => {
        expect(await act(action, "nowhere.service")).toMatchObject({ status: "failed", failure: "not_found" });
      },
    );

    it("tells a masked unit from a missing one", async () => {
      await world.mask("slow.service");
      expect(await act("start", "slow.service")).toMatchObject({ status: "failed", failure: "masked" });
    });

    it("has a unit with escapes in its name acted on, and no other", async () => {
      expect(await act("start", "a\\x2db@c:d.service")).toMatchObject({ status: "done" });
      expect(await world.activeOf("a\\x2db@c:d.service")).toBe("active");
    });

    it.each([
      "--help",
      "-H host",
      "-.mount",
      "-Hhost.service",
      "../../etc/passwd",
      "steady.service\n",
      "steady.service\0",
      "steady.service;reboot.service",
      "$(reboot).service",
      "ste\u202eady.service",
      "ѕteady.service",
      "steady",
      "steady@.service",
      "*.service",
      "/steady.service",
      "",
      "a".repeat(248),
    ])("takes %j for no unit", async (unit) => {
      for (const action of ["start", "restart", "stop", "kill"] as const) {
        expect(await act(action, unit)).toMatchObject({ status: "failed", failure: "not_found" });
      }
      expect(await look(unit)).toEqual({ by: "systemd", dependents: [] });
      expect(await world.activeOf("steady.service")).not.toBe("active");
    });

    it("does what a configured vector says by the unit that stands for it", async () => {
      const by = { target: "shop" };
      const restart = byVector("restart", ["/bin/true"], by);
      expect(await world.actor.look(restart, patience())).toEqual({ by: "action_unit", user: "root", dependents: [] });
      expect(await world.actor.act(restart, patience())).toMatchObject({ status: "done", by: "action_unit" });
      // Again: a unit that has done its work once can do it anew.
      expect(await world.actor.act(restart, patience())).toMatchObject({ status: "done", by: "action_unit" });
    });

    it("does it itself where no unit stands for a vector", async () => {
      const action = byVector("restart", ["/bin/true"]);
      expect(await world.actor.look(action, patience())).toEqual({
        by: "child",
        user: expect.any(String) as string,
        dependents: [],
      });
      expect(await world.actor.act(action, patience())).toMatchObject({ status: "done", by: "child" });
    });

    it("answers unknown when it is cut off, and leaves the work to systemd", async () => {
      expect(await world.actor.act(onUnit("start", "steady.service"), AbortSignal.abort())).toMatchObject({
        status: "unknown",
      });
      expect(await world.actor.look(onUnit("start", "steady.service"), AbortSignal.abort())).toEqual({
        by: "systemd",
        dependents: [],
      });
    });

    more(() => world);

    it("is closed at last: what comes later ends at once, and is not taken for done", async () => {
      await world.actor.close();
      expect(await act("start", "steady.service")).toMatchObject({ status: "unknown" });
      expect(await look("steady.service")).toEqual({ by: "systemd", dependents: [] });
    });
  });
}
