/**
 * A process that plans and does a restart on a store, and kills itself with SIGKILL at the moment it is told: `<transaction>:before`,
 * `<transaction>:after`, `act` or `watch`. Each act leaves a line in a file.
 */
import { appendFileSync } from "node:fs";

import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../fake-clock.js";
import { openTestStore } from "../store.js";
import { bench, operator } from "./bench.js";

const [dataDir = "", acts = "", moment = ""] = process.argv.slice(2);

/** Nothing after this runs. */
function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function mortal(store: Store): Store {
  return {
    read: (work) => store.read(work),
    write: async (name, work, options) => {
      if (moment === `${name}:before`) die();
      const result = await store.write(name, work, options);
      if (moment === `${name}:after`) die();
      return result;
    },
    status: () => store.status(),
    numbers: () => store.numbers(),
    onStatus: (listener) => store.onStatus(listener),
    upkeep: () => store.upkeep(),
    close: () => store.close(),
  };
}

const clock = new FakeClock();
const store = mortal(await openTestStore({ dataDir, clock }));
const world = await bench({ store, clock, holder: { pid: process.pid } });
world.actor.answer = async (action) => {
  appendFileSync(acts, `${action.name}\n`);
  if (moment === "act") die();
  world.actor.move(action);
  return { status: "done", by: "systemd", tookMs: 3_200 };
};
await world.confirmed("restart", operator, "killed");
await clock.advance(10_000);
if (moment === "watch") die();
await clock.advance(60_000);
throw new Error(`the moment ${moment} never came`);
