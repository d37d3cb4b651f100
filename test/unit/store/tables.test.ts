import { describe, expect, test } from "vitest";

import type { Tables } from "../../../src/store/contract.js";
import {
  NOON,
  aMessage,
  aRun,
  anAlert,
  anAnnouncement,
  anEntry,
  anIncident,
  openTestStore,
} from "../../support/store.js";

async function withTables(work: (tables: Tables) => void): Promise<void> {
  const store = await openTestStore();
  await store.write("test", work);
  await store.close();
}

describe("outbox", () => {
  test("what is due comes by severity, then age, then id; only what waits and is due", () =>
    withTables(({ outbox }) => {
      outbox.add(anAnnouncement("i", { severity: "info", createdAt: NOON - 9 }));
      outbox.add(anAnnouncement("w2", { createdAt: NOON }));
      outbox.add(anAnnouncement("w1", { createdAt: NOON }));
      outbox.add(anAnnouncement("c-late", { severity: "critical", createdAt: NOON + 5, state: "sending" }));
      outbox.add(anAnnouncement("c", { severity: "critical", createdAt: NOON }));
      outbox.add(anAnnouncement("not-yet", { severity: "critical", dueAt: NOON + 1 }));
      for (const state of ["sent", "dead", "dropped"] as const) outbox.add(anAnnouncement(state, { state }));
      expect(outbox.due(NOON, 10).map(({ id }) => id)).toEqual(["c", "c-late", "w1", "w2", "i"]);
      expect(outbox.due(NOON, 2).map(({ id }) => id)).toEqual(["c", "c-late"]);
      expect(outbox.due(NOON + 1, 10)).toHaveLength(6);
    }));

  test("depth and the next due moment leave out what is over", () =>
    withTables(({ outbox }) => {
      expect(outbox.depth()).toEqual({ pending: 0, dead: 0 });
      expect(outbox.nextDueAt()).toBeUndefined();
      outbox.add(anAnnouncement("a", { dueAt: NOON + 50, createdAt: NOON - 5 }));
      outbox.add(anAnnouncement("b", { dueAt: NOON + 20, createdAt: NOON - 1 }));
      outbox.add(anAnnouncement("x", { state: "dead", dueAt: 0, createdAt: 0 }));
      outbox.add(anAnnouncement("y", { state: "sent", dueAt: 0, createdAt: 0 }));
      expect(outbox.depth()).toEqual({ pending: 2, oldestCreatedAt: NOON - 5, dead: 1 });
      expect(outbox.nextDueAt()).toBe(NOON + 20);
    }));

  test("what waits is given by the moment it becomes due, from any place on", () =>
    withTables(({ outbox }) => {
      const rows = [
        anAnnouncement("b", { dueAt: NOON }),
        anAnnouncement("c", { dueAt: NOON + 5, state: "sending" }),
        anAnnouncement("a", { dueAt: NOON + 5 }),
        anAnnouncement("d", { dueAt: NOON + 9 }),
        anAnnouncement("x", { dueAt: NOON + 9, state: "sent" }),
      ];
      for (const row of rows) outbox.add(row);
      const ids = (after: { dueAt: number; id: string }, limit: number) =>
        outbox.waiting(after, limit).map(({ id }) => id);
      expect(ids({ dueAt: 0, id: "" }, 10)).toEqual(["b", "a", "c", "d"]);
      expect(ids({ dueAt: NOON + 5, id: "" }, 2)).toEqual(["a", "c"]);
      expect(ids({ dueAt: NOON + 5, id: "c" }, 10)).toEqual(["d"]);
      expect(ids({ dueAt: NOON + 9, id: "d" }, 10)).toEqual([]);
    }));

  test("an id is added once; the same id again is a mistake and changes nothing", async () => {
    const store = await openTestStore();
    await store.write("first", ({ outbox }) => outbox.add(anAnnouncement("a")));
    const again = store.write("second", ({ outbox, meta }) => {
      meta.set("seen", 1);
      outbox.add(anAnnouncement("a", { severity: "critical" }));
    });
    await expect(again).rejects.toThrow(/UNIQUE/);
    store.read(({ outbox, meta }) => {
      expect(outbox.get("a")?.severity).toBe("warning");
      expect(meta.get("seen")).toBeUndefined();
    });
    expect(store.status().trouble).toBeUndefined();
  });

  test("rows of an incident come oldest first", () =>
    withTables(({ outbox }) => {
      outbox.add(anAnnouncement("b", { incident: "i", createdAt: NOON + 1 }));
      outbox.add(anAnnouncement("c", { incident: "other" }));
      outbox.add(anAnnouncement("a", { incident: "i", state: "sent" }));
      expect(outbox.ofIncident("i").map(({ id }) => id)).toEqual(["a", "b"]);
    }));
});

describe("messages", () => {
  test("stale are those behind their incident: open ones first, severest first, then the longest due", () =>
    withTables(({ incidents, messages }) => {
      const add = (id: string, number: number, changes: object, message: object = {}): void => {
        incidents.put(anIncident(id, number, { revision: 3, ...changes }));
        messages.put(aMessage(id, message));
      };
      add("ended", 1, { endedAt: NOON, announcedSeverity: "critical" });
      add("warning", 2, {});
      add("critical-later", 3, { announcedSeverity: "critical" }, { dueAt: NOON - 1 });
      add("critical", 4, { announcedSeverity: "critical" }, { dueAt: NOON - 2 });
      add("shown", 5, {}, { shownRevision: 3 });
      add("not-yet", 6, {}, { dueAt: NOON + 1 });
      expect(messages.stale(NOON, 10).map(({ incident }) => incident)).toEqual([
        "critical",
        "critical-later",
        "warning",
        "ended",
      ]);
      expect(messages.stale(NOON, 1)).toHaveLength(1);
    }));

  test("become stale when the incident's revision rises, and are not when it is shown", () =>
    withTables(({ incidents, messages }) => {
      incidents.put(anIncident("i", 1));
      messages.put(aMessage("i"));
      expect(messages.stale(NOON, 1)).toEqual([]);
      expect(messages.nextDueAt()).toBeUndefined();
      incidents.put(anIncident("i", 1, { revision: 2 }));
      expect(messages.stale(NOON, 1)).toHaveLength(1);
      expect(messages.nextDueAt()).toBe(NOON);
      messages.put(aMessage("i", { shownRevision: 2 }));
      expect(messages.stale(NOON, 1)).toEqual([]);
      messages.remove("i", "111");
      expect(messages.get("i", "111")).toBeUndefined();
    }));
});

describe("incidents", () => {
  test("are found by id, number, group, time of opening and end", () =>
    withTables(({ incidents }) => {
      incidents.put(anIncident("a", 1, { group: "g", endedAt: NOON + 60 }));
      incidents.put(anIncident("b", 2, { group: "g", openedAt: NOON + 70 }));
      incidents.put(anIncident("c", 3, { group: "h", channel: "222", openedAt: NOON + 80 }));
      expect(incidents.get("a")?.number).toBe(1);
      expect(incidents.byNumber(3)?.id).toBe("c");
      expect(incidents.byNumber(4)).toBeUndefined();
      expect(incidents.open().map(({ id }) => id)).toEqual(["b", "c"]);
      expect(incidents.latest("111", "g")?.id).toBe("b");
      expect(incidents.latest("222", "g")).toBeUndefined();
      expect(incidents.openedSince("111", NOON + 70).map(({ id }) => id)).toEqual(["b"]);
      expect(incidents.endedSince(NOON + 60).map(({ id }) => id)).toEqual(["a"]);
      expect(incidents.endedSince(NOON + 61)).toEqual([]);
      expect(incidents.nextNumber()).toBe(4);
    }));

  test("an episode is found in open incidents alone; an entry is replaced, not doubled", () =>
    withTables(({ incidents }) => {
      const alert = anAlert("a");
      incidents.put(anIncident("one", 1));
      incidents.put(anIncident("two", 2, { endedAt: NOON + 5 }));
      for (const id of ["one", "two"]) incidents.putEntry(anEntry(id, alert));
      incidents.putEntry({ ...anEntry("one", alert), endedAt: NOON + 9 });
      expect(incidents.entries("one")).toEqual([{ ...anEntry("one", alert), endedAt: NOON + 9 }]);
      expect(incidents.entriesOfEpisode(alert.episode ?? "").map(({ incident }) => incident)).toEqual(["one"]);
    }));

  test("an entry needs its incident", async () => {
    const store = await openTestStore();
    await expect(store.write("orphan", (t) => t.incidents.putEntry(anEntry("none", anAlert("a"))))).rejects.toThrow(
      /FOREIGN/,
    );
  });
});

describe("small tables", () => {
  test("alerts, runs and meta values come back as they were put, also numbers JSON has no word for", () =>
    withTables(({ alerts, runs, meta }) => {
      const alert = anAlert("a", { value: Number.POSITIVE_INFINITY, worst: Number.NEGATIVE_INFINITY });
      const run = aRun("host", NOON, { cpu: Number.NaN, memory: 0.5 });
      alerts.put(alert);
      runs.put(run);
      meta.set("k", { deep: [1, null, "x"] });
      expect(alerts.all()).toEqual([alert]);
      expect(runs.latest("host")).toEqual(run);
      expect(runs.all()).toEqual([run]);
      expect(meta.get("k")).toEqual({ deep: [1, null, "x"] });
      alerts.remove("a");
      runs.remove("host");
      meta.set("k", undefined);
      expect([alerts.all(), runs.latest("host"), meta.get("k")]).toEqual([[], undefined, undefined]);
    }));

  test("identifies of the same millisecond are each counted", () =>
    withTables(({ identifies }) => {
      identifies.add("identify", NOON);
      identifies.add("identify", NOON);
      identifies.add("start", NOON + 1);
      identifies.add("identify", NOON - 1);
      expect(identifies.since("identify", NOON)).toEqual([NOON, NOON]);
      expect(identifies.since("start", 0)).toEqual([NOON + 1]);
    }));

  test("a panel is gone from the very moment of its expiry", () =>
    withTables(({ panels }) => {
      const panel = { id: "p", verb: "health", data: { page: 2 }, owner: "5", expiresAt: NOON };
      panels.put(panel);
      expect(panels.get("p", NOON - 1)).toEqual(panel);
      expect(panels.get("p", NOON)).toBeUndefined();
      expect(panels.sweep(NOON - 1)).toBe(0);
      expect(panels.sweep(NOON)).toBe(1);
    }));
});
