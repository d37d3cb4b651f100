import { expect, test } from "vitest";

import { Merge, noteChanges } from "../../../src/store/carry.js";
import type { Tables } from "../../../src/store/contract.js";
import { Engine } from "../../../src/store/engine.js";
import { NOON, aMessage, aRun, anAlert, anAnnouncement, anIncident } from "../../support/store.js";

/** What the file is after both have had their say: `inMemory` while the file was away, `inFile` by somebody else at the same time. */
function merged(inFile: (tables: Tables) => void, inMemory: (tables: Tables) => void): Tables {
  const memory = Engine.inMemory();
  const file = Engine.inMemory();
  noteChanges(memory);
  file.write(inFile);
  memory.write(inMemory);
  const merge = new Merge(memory, file, { runsDone: 0, now: NOON });
  while (merge.slice());
  return file.tables;
}

test.each([
  ["sent", "pending", "sent"],
  ["sent", "dead", "sent"],
  ["dead", "sending", "dead"],
  ["pending", "sent", "sent"],
  ["sending", "dead", "dead"],
  ["dropped", "pending", "dropped"],
] as const)("an announcement that is %s in the file and %s in memory is %s", (inFile, inMemory, result) => {
  const tables = merged(
    ({ outbox }) => outbox.add(anAnnouncement("a", { state: inFile })),
    ({ outbox }) => outbox.add(anAnnouncement("a", { state: inMemory })),
  );
  expect(tables.outbox.get("a")?.state).toBe(result);
});

test.each([
  [2, 1, 2],
  [1, 2, 2],
])("of an alert seen at %d and at %d the newer is kept", (inFile, inMemory, result) => {
  const tables = merged(
    ({ alerts }) => alerts.put(anAlert("a", { lastSampleAt: inFile })),
    ({ alerts }) => alerts.put(anAlert("a", { lastSampleAt: inMemory })),
  );
  expect(tables.alerts.all()[0]?.lastSampleAt).toBe(result);
});

test("of an incident, a message and a run the newer is kept too", () => {
  const tables = merged(
    ({ incidents, messages, runs }) => {
      incidents.put(anIncident("i", 1, { revision: 6 }));
      messages.put(aMessage("i", { shownRevision: 4 }));
      runs.put(aRun("host", NOON + 9, {}));
    },
    ({ incidents, messages, runs }) => {
      incidents.put(anIncident("i", 1, { revision: 4 }));
      messages.put(aMessage("i", { shownRevision: 5 }));
      runs.put(aRun("host", NOON, {}));
    },
  );
  expect(tables.incidents.get("i")?.revision).toBe(6);
  expect(tables.messages.get("i", "111")?.shownRevision).toBe(5);
  // Revision 6 is in nobody's message yet.
  expect(tables.messages.stale(NOON, 5).map(({ incident }) => incident)).toEqual(["i"]);
  expect(tables.runs.latest("host")?.at).toBe(NOON + 9);
});

test("what was removed in memory is removed; what memory never touched stays", () => {
  const tables = merged(
    ({ alerts }) => {
      alerts.put(anAlert("removed"));
      alerts.put(anAlert("untouched"));
    },
    ({ alerts }) => {
      alerts.put(anAlert("removed"));
      alerts.remove("removed");
    },
  );
  expect(tables.alerts.all().map(({ fingerprint }) => fingerprint)).toEqual(["untouched"]);
});

test("identifies of both are counted together", () => {
  const tables = merged(
    ({ identifies }) => identifies.add("identify", NOON),
    ({ identifies }) => identifies.add("identify", NOON),
  );
  expect(tables.identifies.since("identify", NOON)).toHaveLength(2);
});
