import { describe, expect, it } from "vitest";

import type { AnnouncementKind, Incident, OutboxRow, ShownMessage } from "../../../src/model/incident.js";
import {
  GIVE_UP_AFTER_MS,
  OLD_MESSAGE_MS,
  RESEND_WITHIN_MS,
  happeningsOf,
  latenessOf,
  planEdit,
  planRow,
} from "../../../src/notify/plan.js";
import { alertOf, entryOf } from "../../support/notify/stage.js";

const NOW = 1_000_000_000_000;

const incident: Incident = {
  id: "i",
  number: 1,
  channel: "c",
  group: "g",
  kind: "group",
  revision: 3,
  openedAt: NOW - 1_000,
  announcedSeverity: "warning",
  announcedAt: NOW,
  joining: [],
  mentions: [],
};

function row(kind: AnnouncementKind, change: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: kind,
    channel: "c",
    kind,
    severity: "warning",
    incident: "i",
    episodes: [],
    createdAt: NOW,
    state: "pending",
    attempts: 0,
    dueAt: NOW,
    reduced: 0,
    ...change,
  };
}

const shown: ShownMessage = {
  incident: "i",
  channel: "c",
  messageId: "m",
  announcement: "opened",
  shownRevision: 2,
  postedAt: NOW,
  dueAt: NOW,
  attempts: 0,
  reposted: false,
};
const doubtful = { state: "sending", sendingSince: NOW - 1_000 } as const;

describe("the plan for a row of the outbox", () => {
  it.each(["rose", "joined", "repeated", "reopened"] as const)("%s is a reply to the incident's message", (kind) => {
    expect(planRow(row(kind), { now: NOW, incident, shown, siblings: [] })).toEqual({
      do: "post",
      place: "reply",
      replyTo: "m",
      merges: [],
    });
  });

  it.each(["pending", "sending"] as const)("a reply waits for a first post that is %s", (state) => {
    const siblings = [row("opened", { state })];
    expect(planRow(row("rose"), { now: NOW, incident, siblings })).toEqual({ do: "wait" });
  });

  it("a reply waits for another row that may already have become the message", () => {
    const siblings = [row("joined", doubtful)];
    expect(planRow(row("rose"), { now: NOW, incident, siblings })).toEqual({ do: "wait" });
  });

  it.each(["dead", "dropped", "sent"] as const)(
    "a reply takes the place of a first post that is %s and gone",
    (state) => {
      const siblings = [row("opened", { state })];
      expect(planRow(row("rose"), { now: NOW, incident, siblings })).toMatchObject({ do: "post", place: "incident" });
    },
  );

  it("a first post takes along what waits, but no notice and nothing that may stand already", () => {
    const siblings = [row("rose"), row("joined", doubtful), row("notice"), row("repeated", { state: "sent" })];
    expect(planRow(row("opened"), { now: NOW, incident, siblings })).toMatchObject({ merges: ["rose"] });
    const plan = planRow(row("opened", doubtful), { now: NOW, doubtMs: 1_000, incident, siblings });
    expect(plan).toMatchObject({ do: "post", place: "incident", merges: [] });
  });

  it.each([
    [0, "post"],
    [RESEND_WITHIN_MS - 1, "post"],
    [RESEND_WITHIN_MS, "look_up"],
    [-1, "look_up"],
  ])("a doubt of %i ms means: %s", (doubtMs, wanted) => {
    expect(planRow(row("opened", doubtful), { now: NOW, doubtMs, incident, siblings: [] }).do).toBe(wanted);
  });

  it("looks up even what it would give up otherwise", () => {
    const old = { ...incident, endedAt: NOW - GIVE_UP_AFTER_MS - 1 };
    const context = { now: NOW, incident: old, siblings: [] };
    expect(planRow(row("opened"), context).do).toBe("give_up");
    expect(planRow(row("opened", doubtful), { ...context, doubtMs: 1e9 }).do).toBe("look_up");
    const ended = { ...incident, endedAt: NOW - GIVE_UP_AFTER_MS };
    expect(planRow(row("opened"), { ...context, incident: ended }).do).toBe("post");
  });

  it("a notice without an incident stands alone and is given up after a day", () => {
    const { incident: _none, ...alone } = row("notice");
    expect(planRow(alone, { now: NOW, siblings: [] })).toEqual({ do: "post", place: "notice", merges: [] });
    expect(planRow(alone, { now: NOW + GIVE_UP_AFTER_MS + 1, siblings: [] }).do).toBe("give_up");
  });

  it("a continuation replies to the message it continues, also after the end", () => {
    const ended = { ...incident, endedAt: NOW };
    expect(planRow(row("continued"), { now: NOW, incident: ended, shown, siblings: [] })).toEqual({
      do: "post",
      place: "incident",
      replyTo: "m",
      merges: [],
    });
  });

  it("drops what has nothing left to say", () => {
    const ended = { ...incident, endedAt: NOW };
    expect(planRow(row("opened"), { now: NOW, incident, shown, siblings: [] }).do).toBe("drop");
    expect(planRow(row("reposted"), { now: NOW, incident: ended, siblings: [] }).do).toBe("drop");
    expect(planRow(row("repeated"), { now: NOW, incident: ended, shown, siblings: [] }).do).toBe("drop");
    expect(planRow(row("rose"), { now: NOW, siblings: [] }).do).toBe("drop");
    expect(planRow(row("rose"), { now: NOW, incident: ended, shown, siblings: [] }).do).toBe("post");
  });
});

describe("the plan for a message", () => {
  const base = { now: NOW, shown, incident, rows: [], happened: true };

  it("edits what shows an older revision, and nothing else", () => {
    expect(planEdit(base)).toEqual({ do: "edit" });
    expect(planEdit({ ...base, shown: { ...shown, shownRevision: 3 } })).toEqual({ do: "nothing" });
  });

  it.each(["continued", "reposted"] as const)("waits for the post that takes its place (%s)", (kind) => {
    expect(planEdit({ ...base, rows: [row(kind)] })).toEqual({ do: "wait" });
    expect(planEdit({ ...base, rows: [row(kind, { state: "dead" })] })).toEqual({ do: "edit" });
  });

  it("leaves an old message alone when only values have moved", () => {
    const old = { ...base, now: NOW + OLD_MESSAGE_MS + 1 };
    expect(planEdit({ ...old, happened: false }).do).toBe("leave");
    expect(planEdit({ ...base, now: NOW + OLD_MESSAGE_MS, happened: false }).do).toBe("edit");
    expect(planEdit(old).do).toBe("edit");
  });

  it("tries once after a day, and gives up then", () => {
    const ended = { ...incident, endedAt: NOW - GIVE_UP_AFTER_MS - 1 };
    expect(planEdit({ ...base, incident: ended }).do).toBe("edit");
    expect(planEdit({ ...base, incident: ended, shown: { ...shown, attempts: 1 } }).do).toBe("leave");
  });
});

describe("what has happened", () => {
  const entry = entryOf("i", alertOf("web", "warning", NOW), NOW);
  const before = happeningsOf(incident, [entry]);

  it("is not that a value moved or that something was announced", () => {
    const moved = { ...entry, alert: { ...entry.alert, value: 0.99, worst: 0.99, lastSampleAt: NOW + 1 } };
    expect(happeningsOf({ ...incident, revision: 9, announcedAt: NOW + 1 }, [moved])).toBe(before);
  });

  it.each([
    ["an alert joined", incident, [entry, entryOf("i", alertOf("db", "warning", NOW), NOW)]],
    ["an alert ended", incident, [{ ...entry, endedAt: NOW + 1 }]],
    ["an alert rose", incident, [{ ...entry, alert: { ...entry.alert, severity: "critical" as const } }]],
    ["an alert is gone", incident, [{ ...entry, alert: { ...entry.alert, state: "gone" as const } }]],
    ["it ended", { ...incident, endedAt: NOW, outcome: "recovered" as const }, [entry]],
  ])("is that %s", (_what, later, entries) => {
    expect(happeningsOf(later, entries)).not.toBe(before);
  });
});

it("says how late a message is only when that is worth a word", () => {
  expect(latenessOf(NOW, NOW + 30_000)).toBeUndefined();
  expect(latenessOf(NOW, NOW + 30_001)).toBe(30_001);
  expect(latenessOf(NOW, NOW - 60_000)).toBeUndefined();
});
