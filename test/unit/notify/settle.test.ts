import { describe, expect, it } from "vitest";

import type { Incident, OutboxRow, ShownMessage } from "../../../src/model/incident.js";
import { newNotice, settleEdit, settlePost } from "../../../src/notify/settle.js";
import type { EditOutcome, PostOutcome } from "../../../src/notify/settle.js";

const NOW = 1_000_000_000_000;

const incident: Incident = {
  id: "i",
  number: 1,
  channel: "c",
  group: "g",
  kind: "group",
  revision: 3,
  openedAt: NOW,
  announcedSeverity: "critical",
  announcedAt: NOW,
  joining: [],
  mentions: [],
};

const row: OutboxRow = {
  id: "r",
  channel: "c",
  kind: "opened",
  severity: "warning",
  incident: "i",
  episodes: [],
  createdAt: NOW,
  state: "sending",
  sendingSince: NOW,
  attempts: 2,
  dueAt: NOW,
  reduced: 0,
};

function outcome(change: Partial<PostOutcome>): PostOutcome {
  return {
    row,
    plan: { do: "post", place: "incident", merges: [] },
    verdict: { kind: "delivered" },
    incident,
    reposted: false,
    now: NOW,
    dueAt: NOW + 5_000,
    newId: () => "new",
    ...change,
  };
}

describe("the outcome of a post", () => {
  it("delivered: the row is sent and its message stands with the revision that was rendered", () => {
    const change = settlePost(outcome({ messageId: "m" }));
    expect(change.rows).toMatchObject([{ state: "sent", messageId: "m", sentAt: NOW }]);
    expect(change.shown).toMatchObject({ messageId: "m", shownRevision: 3, postedAt: NOW, reposted: false });
  });

  it("delivered after a doubt: what it shows is unknown, and it stands since the doubt began", () => {
    const { shown } = settlePost(outcome({ messageId: "m", doubtSince: NOW - 9_000 }));
    expect(shown?.shownRevision).toBeLessThan(0);
    expect(shown?.postedAt).toBe(NOW - 9_000);
  });

  it("delivered as a reply: no other message stands for it", () => {
    const plan = { do: "post", place: "reply", merges: [] } as const;
    expect(settlePost(outcome({ messageId: "m", plan })).shown).toBeUndefined();
  });

  it("made and deleted: posted anew once while it burns", () => {
    const verdict = { kind: "already_made" } as const;
    expect(settlePost(outcome({ verdict })).added).toMatchObject([{ kind: "reposted", severity: "critical" }]);
    expect(settlePost(outcome({ verdict, reposted: true })).added).toEqual([]);
    expect(settlePost(outcome({ verdict, incident: { ...incident, endedAt: NOW } })).added).toEqual([]);
  });

  it("certainly not done: pending again, unless it was in doubt before", () => {
    const verdict = { kind: "retry", certain: true } as const;
    const [fresh] = settlePost(outcome({ verdict })).rows;
    expect(fresh).toMatchObject({ state: "pending", dueAt: NOW + 5_000 });
    expect(fresh).not.toHaveProperty("sendingSince");
    const [doubted] = settlePost(outcome({ verdict, doubtSince: NOW - 9_000 })).rows;
    expect(doubted).toMatchObject({ state: "sending", sendingSince: NOW - 9_000 });
  });

  it("perhaps done: in doubt since the first request that may have been accepted", () => {
    const verdict = { kind: "retry", certain: false } as const;
    const later = { ...row, sendingSince: NOW - 10_000 };
    expect(settlePost(outcome({ verdict, row: later })).rows).toMatchObject([{ sendingSince: NOW - 10_000 }]);
    const change = settlePost(outcome({ verdict, row: later, doubtSince: NOW - 30_000 }));
    expect(change.rows).toMatchObject([{ state: "sending", sendingSince: NOW - 30_000 }]);
  });

  it("a wait is no failed attempt", () => {
    const verdict = { kind: "wait", ms: 5_000, shared: false, everywhere: false } as const;
    expect(settlePost(outcome({ verdict })).rows).toMatchObject([
      { state: "pending", attempts: 1, dueAt: NOW + 5_000 },
    ]);
  });

  it("refused content: shrunk, plain, then dead and said; but a dead notice is not said", () => {
    const verdict = { kind: "shrink" } as const;
    expect(settlePost(outcome({ verdict })).rows).toMatchObject([{ state: "pending", reduced: 1, dueAt: NOW }]);
    expect(settlePost(outcome({ verdict, row: { ...row, reduced: 1 } })).rows).toMatchObject([{ reduced: 2 }]);
    const last = settlePost(outcome({ verdict, row: { ...row, reduced: 2 }, detail: "Invalid Form Body" }));
    expect(last.rows).toMatchObject([{ state: "dead" }]);
    expect(last.added).toMatchObject([
      { kind: "notice", notice: { key: "posts_dead", values: { count: 1, detail: "Invalid Form Body" } } },
    ]);
    const base = { id: "n", channel: "c", severity: "info", now: NOW } as const;
    const notice = { ...newNotice({ ...base, key: "posts_dead", values: {} }), reduced: 2 };
    expect(settlePost(outcome({ verdict, row: notice })).added).toEqual([]);
  });
});

describe("the outcome of an edit", () => {
  const shown: ShownMessage = {
    incident: "i",
    channel: "c",
    messageId: "m",
    announcement: "r",
    shownRevision: 1,
    postedAt: NOW,
    dueAt: NOW,
    attempts: 4,
    reposted: false,
  };
  const edit = (change: Partial<EditOutcome>): EditOutcome => ({
    shown,
    incident,
    verdict: { kind: "delivered" },
    reduced: 0,
    now: NOW,
    dueAt: NOW + 5_000,
    newId: () => "new",
    ...change,
  });

  it("delivered: the rendered revision stands", () => {
    expect(settleEdit(edit({})).shown).toMatchObject({ shownRevision: 3, editedAt: NOW, attempts: 0 });
  });

  it("deleted by a person: posted anew once while it burns, and forgotten in any case", () => {
    const verdict = { kind: "repost" } as const;
    expect(settleEdit(edit({ verdict }))).toMatchObject({ removed: { incident: "i" }, added: [{ kind: "reposted" }] });
    expect(settleEdit(edit({ verdict, shown: { ...shown, reposted: true } }))).toMatchObject({
      removed: { incident: "i" },
      added: [],
    });
    expect(settleEdit(edit({ verdict, incident: { ...incident, endedAt: NOW } })).added).toEqual([]);
  });

  it("too old: continued in a reply", () => {
    const change = settleEdit(edit({ verdict: { kind: "continue_in_reply" } }));
    expect(change.added).toMatchObject([{ kind: "continued", incident: "i" }]);
    expect(change.removed).toBeUndefined();
  });

  it("refused content: tried smaller, then left as it is", () => {
    const verdict = { kind: "shrink" } as const;
    expect(settleEdit(edit({ verdict })).shown).toMatchObject({ shownRevision: 1, dueAt: NOW });
    expect(settleEdit(edit({ verdict, reduced: 2 })).shown).toMatchObject({ shownRevision: 3 });
  });
});
