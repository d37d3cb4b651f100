import { describe, expect, it } from "vitest";

import { ACTION_STATES, isOver } from "../../../src/model/action-record.js";
import type { ActionLife, ActionRecord } from "../../../src/model/action-record.js";
import type { ActOutcome } from "../../../src/model/action.js";
import type { ActionEvent } from "../../../src/operate/step.js";
import { step } from "../../../src/operate/step.js";

const AT = 1_000_000;
const DONE: ActOutcome = { status: "done", by: "systemd", tookMs: 3_200 };
const FAILED: ActOutcome = { status: "failed", by: "systemd", failure: "job_failed", detail: "failed" };
const UNKNOWN: ActOutcome = { status: "unknown", by: "systemd", detail: "the bus went" };

function record(state: ActionLife, changes: Partial<ActionRecord> = {}): ActionRecord {
  return {
    id: "a",
    target: "shop-bot",
    action: "restart",
    means: { kind: "unit", unit: "shop-bot.service" },
    state,
    asker: { key: "member:1", name: "operator" },
    reason: "",
    masked: 0,
    plannedAt: AT - 10,
    expiresAt: AT + 300_000,
    ...changes,
  };
}

const before = { by: "systemd", dependents: [] } as const;
const holder = { pid: 1 };

const EVENTS: Readonly<Record<string, ActionEvent>> = {
  approve: { kind: "approve", at: AT, holder },
  "approve too late": { kind: "approve", at: AT + 300_000, holder },
  begin: { kind: "begin", at: AT, before, self: false },
  "acted done": { kind: "acted", at: AT, outcome: DONE },
  "acted failed": { kind: "acted", at: AT, outcome: FAILED },
  "acted unknown": { kind: "acted", at: AT, outcome: UNKNOWN },
  "verified well": { kind: "verified", at: AT, verification: { verdict: "verified", faults: [], watchedMs: 30_000 } },
  "verified unwell": {
    kind: "verified",
    at: AT,
    verification: { verdict: "not_verified", faults: ["not_active"], watchedMs: 30_000 },
  },
  "not watched": { kind: "verified", at: AT },
  cancel: { kind: "cancel", at: AT },
  "expire too early": { kind: "expire", at: AT },
  expire: { kind: "expire", at: AT + 300_000 },
  orphan: { kind: "orphan", at: AT, detail: "" },
};

/** What may follow what; whatever is not listed must be refused. */
const STARTS: Readonly<Record<string, ActionRecord>> = {
  ...Object.fromEntries(ACTION_STATES.map((state) => [state, record(state)])),
  "started and acted": record("started", { outcome: DONE }),
};
const MAY: Readonly<Record<string, Readonly<Record<string, ActionLife>>>> = {
  planned: { approve: "approved", cancel: "cancelled", expire: "expired" },
  approved: { begin: "started", orphan: "cancelled" },
  started: { "acted done": "started", "acted failed": "failed", "acted unknown": "unknown", orphan: "unknown" },
  "started and acted": { "verified well": "done", "verified unwell": "failed", "not watched": "done", orphan: "done" },
};

describe("what may follow what", () => {
  for (const [from, start] of Object.entries(STARTS)) {
    it.each(Object.entries(EVENTS))(`${from}, then %s`, (name, event) => {
      const wanted = MAY[from]?.[name];
      const stepped = step(start, event);
      const followed = { ok: true, record: { state: wanted, id: "a" } };
      expect(stepped).toMatchObject(wanted === undefined ? { ok: false, state: start.state } : followed);
    });
  }

  it("says of every end when it came, and of nothing else", () => {
    const steps = Object.values(STARTS).flatMap((start) => Object.values(EVENTS).map((event) => step(start, event)));
    const records = steps.flatMap((stepped) => (stepped.ok ? [stepped.record] : []));
    expect(records.filter(({ endedAt, state }) => (endedAt !== undefined) !== isOver(state))).toEqual([]);
    expect(records.length).toBeGreaterThan(10);
  });

  it("keeps who holds it, how it stood before, and that it ends its own process", () => {
    const approved = step(record("planned"), { kind: "approve", at: AT, holder });
    if (!approved.ok) throw new Error("refused");
    expect(approved.record.holder).toEqual(holder);
    const begun = step(approved.record, { kind: "begin", at: AT, before, self: true });
    expect(begun).toMatchObject({ record: { before, self: true, startedAt: AT, approvedAt: AT } });
  });
});
