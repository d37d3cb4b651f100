import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { createActor } from "../../../src/action/actor.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { byVector, onUnit, patience, UNITS } from "../../support/act/world.js";
import type { ActWorld } from "../../support/act/world.js";
import { needs } from "../../support/engine/needs.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { actorSuite } from "./suite.js";

needs("root", "systemd", "dbus");

async function open(): Promise<ActWorld> {
  const engine = await SystemdEngine.start(UNITS);
  const actor = createActor({
    clock: systemClock,
    log: silentLogs.for("operate"),
    systemBusAddress: engine.busAddress,
  });
  return {
    actor,
    activeOf: (unit) => engine.property(unit, "ActiveState"),
    pidOf: async (unit) => Number(await engine.property(unit, "MainPID")),
    async mask(unit) {
      await rm(join(engine.directory, "units", unit));
      await symlink("/dev/null", join(engine.directory, "units", unit));
      await engine.systemctl("daemon-reload");
    },
    async [Symbol.asyncDispose]() {
      await actor.close();
      await engine.stop();
    },
  };
}

/** How things fail is for systemd to say. */
function failures(world: () => ActWorld): void {
  it.each([
    ["failing.service", "exit_status", /exit status 3/],
    ["crashing.service", "job_failed", /signal|core-dump/],
    ["late.service", "deadline", /timeout/],
    ["leaning.service", "job_failed", /dependency/],
    ["refusing.service", "job_failed", /dependency only/],
    ["broken.service", "job_failed", /bad unit file setting/],
  ])("says how %s failed: %s", async (unit, failure, detail) => {
    expect(await world().actor.act(onUnit("start", unit), patience())).toEqual({
      status: "failed",
      by: "systemd",
      failure,
      detail: expect.stringMatching(detail),
    });
  });

  it("says how the unit that stands for a vector failed", async () => {
    const by = { target: "shop" };
    expect(await world().actor.act(byVector("stop", ["/bin/true"], by), patience())).toEqual({
      status: "failed",
      by: "action_unit",
      failure: "exit_status",
      detail: "exit status 7",
    });
    expect(await world().actor.act(byVector("start", ["/bin/true"], by), patience())).toMatchObject({
      status: "failed",
      by: "action_unit",
      failure: "deadline",
    });
  });
}

actorSuite("on a real systemd", open, failures);
