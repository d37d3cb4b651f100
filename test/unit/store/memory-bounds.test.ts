import { expect, test } from "vitest";

import { Merge, noteChanges } from "../../../src/store/carry.js";
import { Engine } from "../../../src/store/engine.js";
import { boundMemory } from "../../../src/store/memory-bounds.js";
import { NOON, aMessage, anAlert, anAnnouncement, anEntry, anIncident } from "../../support/store.js";

const OVER = 2_050;

function fullMemory(): Engine {
  const memory = Engine.inMemory();
  noteChanges(memory);
  memory.write(({ incidents, outbox, messages }) => {
    for (let number = 1; number <= OVER; number += 1) {
      const id = `inc-${String(number).padStart(5, "0")}`;
      incidents.put(anIncident(id, number, { endedAt: NOON + number }));
      incidents.putEntry(anEntry(id, anAlert(id)));
      messages.put(aMessage(id));
      outbox.add(anAnnouncement(`sent-${number}`, { state: "sent", createdAt: NOON + number }));
    }
    incidents.put(anIncident("open", OVER + 1, { openedAt: 0 }));
    outbox.add(anAnnouncement("waiting", { createdAt: 0 }));
  });
  return memory;
}

test("memory keeps the newest of what is over, and all that is not", () => {
  const memory = fullMemory();
  boundMemory(memory);
  memory.read(({ incidents, outbox, messages }) => {
    expect(incidents.endedSince(0)).toHaveLength(2_000);
    expect(incidents.get("inc-00050")).toBeUndefined();
    expect(messages.get("inc-00050", "111")).toBeUndefined();
    expect(incidents.entries("inc-00051")).toHaveLength(1);
    expect(incidents.open().map(({ id }) => id)).toEqual(["open"]);
    expect(outbox.get("sent-50")).toBeUndefined();
    expect(outbox.get("sent-51")).toBeDefined();
    expect(outbox.due(NOON, 5).map(({ id }) => id)).toEqual(["waiting"]);
  });
});

test("what was dropped for want of room is not taken for removed when the file comes back", () => {
  const memory = fullMemory();
  const file = Engine.inMemory();
  file.write(({ incidents, outbox }) => {
    incidents.put(anIncident("inc-00007", 7));
    outbox.add(anAnnouncement("sent-7"));
  });
  boundMemory(memory);
  const merge = new Merge(memory, file, { runsDone: 0, now: NOON });
  let slices = 0;
  while (merge.slice()) slices += 1;
  expect(slices).toBeGreaterThan(20);
  file.read(({ incidents, outbox }) => {
    expect(incidents.get("inc-00007")).toBeDefined();
    expect(outbox.get("sent-7")).toBeDefined();
    expect(incidents.endedSince(0)).toHaveLength(2_000);
    expect(outbox.get("waiting")?.state).toBe("pending");
  });
});
