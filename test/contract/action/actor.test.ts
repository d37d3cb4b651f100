import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { createActor } from "../../../src/action/actor.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { UNITS } from "../../support/act/world.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { actorSuite } from "./suite.js";

actorSuite("on a real systemd", async () => {
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
});
