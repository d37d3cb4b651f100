import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createAuditReading, writePostedHead } from "../../../src/answer/audit.js";
import type { AuditReading } from "../../../src/answer/audit.js";
import type { AuditRow, Store } from "../../../src/store/contract.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { FakeClock } from "../../support/fake-clock.js";
import { NOON, openTestStore, temporaryDirectory } from "../../support/store.js";

const row = (id: string, changes: Partial<AuditRow> = {}): AuditRow => ({
  id,
  at: NOON,
  principal: "member:1300000000000000001 operator",
  verb: "restart",
  target: "web",
  reason: "",
  state: "done",
  detail: "",
  ...changes,
});

let directory: ReturnType<typeof temporaryDirectory>;
let clock: FakeClock;
let store: Store;
let reading: AuditReading;

async function open(): Promise<void> {
  store = await openTestStore({ dataDir: directory.path, clock });
  reading = createAuditReading({ store, clock, timezone: () => "Asia/Tokyo" });
}

beforeEach(async () => {
  directory = temporaryDirectory();
  clock = new FakeClock(NOON);
  await open();
});
afterEach(async () => {
  await store.close();
  directory[Symbol.dispose]();
});

function append(...rows: readonly AuditRow[]): Promise<void> {
  return store.write("audit", ({ audit }) => {
    for (const each of rows) audit.append(each);
  });
}

/** Somebody with the file in their hands. */
async function tamper(sql: string): Promise<void> {
  await store.close();
  const db = new BetterSqlite3(path.join(directory.path, STORE_FILE));
  db.exec(sql);
  db.close();
  await open();
}

async function head(): Promise<string> {
  const verdict = await reading.verify({});
  if (!verdict.ok || verdict.head === undefined) throw new Error("the log should be whole");
  return verdict.head;
}

describe("a page of the log", () => {
  const ids = (view: ReturnType<AuditReading["page"]>): readonly string[] => view.lines.map((line) => line.detail);

  it("knows its neighbours, from the newest to the oldest and back", async () => {
    await append(...Array.from({ length: 5 }, (_, index) => row(`r${index}`, { detail: String(index) })));
    const first = reading.page({}, 2);
    expect([ids(first), first.newer]).toEqual([["4", "3"], undefined]);
    const second = reading.page({}, 2, first.older);
    expect(ids(second)).toEqual(["2", "1"]);
    const third = reading.page({}, 2, second.older);
    expect([ids(third), third.older]).toEqual([["0"], undefined]);
    const back = reading.page({}, 2, third.newer);
    expect(ids(back)).toEqual(["2", "1"]);
    expect(back.older).toBeDefined();
    const top = reading.page({}, 2, back.newer);
    expect([ids(top), top.newer]).toEqual([["4", "3"], undefined]);
  });

  it("shows the newest page whole when one comes back to it and more has happened", async () => {
    await append(row("a", { detail: "0" }), row("b", { detail: "1" }));
    const { older } = reading.page({}, 1);
    const last = reading.page({}, 1, older);
    await append(row("c", { detail: "2" }));
    expect(ids(reading.page({}, 2, last.newer))).toEqual(["2", "1"]);
  });

  it("masks secrets and counts them, and takes who asked apart", async () => {
    await append(
      row("a", { reason: "password=hunter2hunter2", detail: "Authorization: Bearer abcdef0123456789abcdef" }),
    );
    const view = reading.page({}, 5);
    expect(view.masked).toBe(2);
    expect(JSON.stringify(view)).not.toMatch(/hunter2|abcdef0123/);
    expect(view.lines[0]?.who).toEqual({ key: "member:1300000000000000001", name: "operator" });
  });
});

describe("the check of the log", () => {
  it("says how much is whole, and its head", async () => {
    expect(await reading.verify({})).toEqual({ ok: true, rows: 0, removed: 0 });
    await append(...Array.from({ length: 450 }, (_, index) => row(`r${index}`)));
    expect(await reading.verify({})).toMatchObject({ ok: true, rows: 450, removed: 0 });
    await store.write("age", ({ audit }) => audit.removeOld(NOON + 1, 50, 1_000));
    expect(await reading.verify({})).toMatchObject({ ok: true, rows: 50, removed: 400 });
  });

  it("lets other work in between stretches, and can be stopped", async () => {
    await append(...Array.from({ length: 450 }, (_, index) => row(`r${index}`)));
    const stop = new AbortController();
    const verdict = reading.verify({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(verdict).rejects.toThrow("enough");
  });

  it.each([
    ["an edit", "UPDATE audit SET target = 'db' WHERE seq = 2", { kind: "broken", number: 2, id: "b", at: NOON }],
    ["a row out of the middle", "DELETE FROM audit WHERE seq = 2", { kind: "broken", number: 3, id: "c", at: NOON }],
    ["a cut end", "DELETE FROM audit WHERE seq > 1", { kind: "cut", missing: 2, after: 1 }],
    ["an emptied log", "DELETE FROM audit", { kind: "cut", missing: 3, after: 0 }],
  ])("finds %s", async (_what, sql, problem) => {
    await append(row("a"), row("b"), row("c"));
    await tamper(sql);
    expect(await reading.verify({})).toMatchObject({ ok: false, problem });
  });

  const CUT = "DELETE FROM audit WHERE seq > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'";

  it("finds a cut end without other traces by the head that was posted, noted or not", async () => {
    await append(row("a"), row("b"), row("c"));
    const posted = await head();
    await tamper(CUT);
    expect(await reading.verify({})).toMatchObject({ ok: true, rows: 2 });
    expect(await reading.verify({ head: posted })).toMatchObject({
      ok: false,
      problem: { kind: "head", hash: posted, from: "asked" },
    });
    await store.write("posted", (tables) => writePostedHead(tables, { seq: 3, hash: posted, day: "2026-01-05" }));
    expect(await reading.verify({})).toMatchObject({ ok: false, problem: { kind: "head", from: "posted" } });
    await append(row("d"));
    const later = await head().catch(() => "");
    expect(later).toBe("");
  });

  it("takes a head that is in it, also the one that rows were removed up to", async () => {
    await append(row("a"), row("b"));
    const posted = await head();
    await store.write("posted", (tables) => writePostedHead(tables, { seq: 2, hash: posted, day: "2026-01-05" }));
    await append(row("c"));
    expect(await reading.verify({ head: posted })).toMatchObject({ ok: true });
    await store.write("age", ({ audit }) => audit.removeOld(NOON + 1, 1, 100));
    expect(await reading.verify({ head: posted })).toMatchObject({ ok: true, rows: 1, removed: 2 });
    await append(row("d"));
    await store.write("age", ({ audit }) => audit.removeOld(NOON + 1, 1, 100));
    // What was posted is older than what is kept: that is age, no harm.
    expect(await reading.verify({})).toMatchObject({ ok: true, rows: 1, removed: 3 });
  });
});
