/**
 * A program that writes to a store until it is killed, and says on its standard output what has been acknowledged: one number a line. Each
 * number is one transaction over several tables.
 */
import { systemClock } from "../../src/base/clock.js";
import { openStore } from "../../src/store/open.js";
import { aRun, anAlert, anAnnouncement, anIncident, storeLog } from "./store.js";

const [dataDir, from] = process.argv.slice(2);
const store = await openStore({ dataDir, clock: systemClock, log: storeLog });
process.stdout.write("ready\n");
for (let number = Number(from); ; number += 1) {
  await store.write("step", (tables) => {
    tables.alerts.put(anAlert("counter", { value: number }));
    tables.incidents.put(anIncident(`inc-${number}`, number));
    tables.outbox.add(anAnnouncement(`post-${number}`, { incident: `inc-${number}` }));
    // Two hours a step, so that blocks, roll-ups and retention are at work too.
    tables.samples.append(aRun("host", Date.UTC(2026, 0, 5) + number * 600_000, { cpu: number, memory: -number }));
  });
  process.stdout.write(`${number}\n`);
  await store.upkeep();
}
