import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";

import type { AuditQuery } from "../../../src/model/audit.js";
import { principalText } from "../../../src/model/principal.js";
import type { AuditRow, AuditTable, Store } from "../../../src/store/contract.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { FakeClock } from "../../support/fake-clock.js";
import { NOON, openTestStore, temporaryDirectory } from "../../support/store.js";

const DAY = 24 * 3_600_000;

const row = (id: string, changes: Partial<AuditRow> = {}): AuditRow => ({
  id,
  at: NOON,
  principal: "local:0",
  verb: "restart",
  target: "web",
  reason: "stuck",
  state: "planned",
  detail: "",
  ...changes,
});

function append(store: Store, rows: readonly AuditRow[]): Promise<void> {
  return store.write(
    "audit",
    ({ audit }) => {
      for (const each of rows) audit.append(each);
    },
    { durable: true },
  );
}

const asked = <T>(store: Store, question: (audit: AuditTable) => T): T => store.read(({ audit }) => question(audit));

async function withRows(dataDir: string): Promise<void> {
  const store = await openTestStore({ dataDir });
  for (const id of ["a", "b", "c"]) await append(store, [row(id)]);
  await append(store, [row("c", { state: "done" })]);
  await store.close();
}

async function verdictAfter(dataDir: string, sql: string) {
  const db = new BetterSqlite3(path.join(dataDir, STORE_FILE));
  db.exec(sql);
  db.close();
  const store = await openTestStore({ dataDir });
  const verdict = asked(store, (audit) => audit.verify());
  await store.close();
  return verdict;
}

describe("the chain of the audit log", () => {
  test("holds over a restart, and its head changes with every row", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    const store = await openTestStore({ dataDir: directory.path });
    const before = asked(store, (audit) => audit.verify());
    expect(before).toMatchObject({ ok: true, rows: 4 });
    await append(store, [row("d")]);
    const after = asked(store, (audit) => audit.verify());
    expect(after).toMatchObject({ ok: true, rows: 5 });
    expect(after).not.toMatchObject({ head: before.ok ? before.head : "" });
    await store.close();
  });

  test.each([
    ["an edit", "UPDATE audit SET reason = 'because' WHERE id = 'b'", "b"],
    ["a gap", "DELETE FROM audit WHERE id = 'a'", "b"],
    ["a row put in between", "UPDATE audit SET seq = 9 WHERE seq = 2", "c"],
  ])("shows %s", async (_what, sql, at) => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    expect(await verdictAfter(directory.path, sql)).toEqual({ ok: false, at });
  });

  test("can be followed in stretches, each from where the last one ended", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    const store = await openTestStore({ dataDir: directory.path });
    const first = asked(store, (audit) => audit.follow(undefined, 3));
    expect(first).toMatchObject({ ok: true, rows: 3, more: true, last: { seq: 3 } });
    const second = asked(store, (audit) => audit.follow(first.ok ? first.last : undefined, 3));
    expect(second).toMatchObject({ ok: true, rows: 1, more: false });
    expect(second).toMatchObject({ last: asked(store, (audit) => audit.head()) });
    await store.close();
  });

  test("remembers how many rows there ever were, also when its end is cut off", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    expect(await verdictAfter(directory.path, "DELETE FROM audit WHERE seq > 2")).toMatchObject({ ok: true, rows: 2 });
    const store = await openTestStore({ dataDir: directory.path });
    expect(asked(store, (audit) => [audit.head()?.seq, audit.issued(), audit.rowsAfter(1)])).toEqual([2, 4, 1]);
    await store.close();
  });

  test("finds the place of a hash", async () => {
    const store = await openTestStore();
    await append(store, [row("a"), row("b")]);
    const head = asked(store, (audit) => audit.head());
    await append(store, [row("c")]);
    expect(asked(store, (audit) => [audit.find(head?.hash ?? ""), audit.find("f".repeat(64))])).toEqual([2, undefined]);
    await store.close();
  });
});

describe("ageing of the audit log", () => {
  test("leaves an anchor that the kept rows follow from, and counts what went", async () => {
    using directory = temporaryDirectory();
    const store = await openTestStore({ dataDir: directory.path });
    await append(store, [row("a", { at: 1 }), row("b", { at: 2 }), row("c", { at: 30 }), row("d", { at: 3 })]);
    const third = asked(store, (audit) => audit.follow(undefined, 2));
    expect(await store.write("age", ({ audit }) => audit.removeOld(10, 0, 1))).toBe(1);
    expect(await store.write("age", ({ audit }) => audit.removeOld(10, 0, 100))).toBe(1);
    // The one behind is old as well, but a younger one stands before it.
    expect(await store.write("age", ({ audit }) => audit.removeOld(10, 0, 100))).toBe(0);
    expect(asked(store, (audit) => audit.anchor())).toEqual({ ...(third.ok ? third.last : {}), removed: 2 });
    expect(asked(store, (audit) => audit.verify())).toMatchObject({ ok: true, rows: 2 });
    await store.close();
    expect(await verdictAfter(directory.path, "DELETE FROM audit WHERE id = 'c'")).toEqual({ ok: false, at: "d" });
  });

  test("goes on when every row has gone, from the anchor", async () => {
    const store = await openTestStore();
    await append(store, [row("a"), row("b")]);
    const head = asked(store, (audit) => audit.head());
    await store.write("age", ({ audit }) => audit.removeOld(NOON + 1, 0, 100));
    expect(asked(store, (audit) => audit.head())).toMatchObject(head ?? {});
    await append(store, [row("c")]);
    expect(asked(store, (audit) => [audit.verify(), audit.head()?.seq])).toMatchObject([{ ok: true, rows: 1 }, 3]);
    await store.close();
  });

  test("a check under way goes on from the anchor when rows leave before it", async () => {
    const store = await openTestStore();
    await append(store, [row("a"), row("b"), row("c"), row("d")]);
    const first = asked(store, (audit) => audit.follow(undefined, 1));
    await store.write("age", ({ audit }) => audit.removeOld(NOON + 1, 1, 100));
    expect(asked(store, (audit) => audit.follow(first.ok ? first.last : undefined, 10))).toMatchObject({
      ok: true,
      rows: 1,
    });
    await store.close();
  });

  test("upkeep removes what is older than 400 days, and never the newest thousand", async () => {
    using directory = temporaryDirectory();
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir: directory.path, clock });
    const many = (from: number, count: number, at: number) =>
      Array.from({ length: count }, (_, index) => row(`r${from + index}`, { at }));
    await append(store, many(0, 700, NOON - 401 * DAY));
    await append(store, many(700, 700, NOON - 400 * DAY + 1_000));
    while (await store.upkeep());
    expect(asked(store, (audit) => [audit.anchor()?.removed, audit.verify()])).toMatchObject([
      400,
      { ok: true, rows: 1_000 },
    ]);
    await store.close();
  });
});

describe("pages of the audit log", () => {
  test("backwards from an id, all states of an action included", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    const store = await openTestStore({ dataDir: directory.path });
    asked(store, (audit) => {
      expect(audit.newest(2)).toEqual([row("c", { state: "done" }), row("c")]);
      expect(audit.newest(5, "c")).toEqual([row("b"), row("a")]);
      expect(audit.newest(5, "a")).toEqual([]);
    });
    await store.close();
  });

  const ANNA = principalText({ kind: "member", id: "7", name: "anna", guild: "1", roles: [], permissions: 0n });
  const LOG: readonly AuditRow[] = [
    row("a", { principal: ANNA, at: 10 }),
    row("a", { principal: ANNA, at: 11, state: "done" }),
    row("b", { principal: "member:70 bob", at: 5, target: "db" }),
    row("c", { principal: "member:7 renamed", verb: "stop", at: 20 }),
    row("d", { principal: "member:7", at: 12 }),
  ];

  test.each<[string, AuditQuery, readonly string[]]>([
    ["everything", {}, ["d", "c", "b", "a done"]],
    ["by target", { target: "db" }, ["b"]],
    ["by verb", { verb: "stop" }, ["c"]],
    ["by who, whatever the name was then", { who: "member:7" }, ["d", "c", "a done"]],
    ["by time, also where the clock had been set back", { since: 10 }, ["d", "c", "a done"]],
    ["by all of them", { target: "web", who: "member:7", verb: "restart", since: 11 }, ["d", "a done"]],
    ["nobody", { who: "member:8" }, []],
  ])("%s: one row an action, newest first", async (_what, filter, expected) => {
    const store = await openTestStore();
    await append(store, LOG);
    const shown = asked(store, (audit) => audit.page(filter, 10)).map(({ id, state }) =>
      state === "done" ? `${id} done` : id,
    );
    expect(shown).toEqual(expected);
    await store.close();
  });

  test("to and fro", async () => {
    const store = await openTestStore();
    await append(
      store,
      Array.from({ length: 7 }, (_, index) => row(`r${index}`, index % 2 === 0 ? {} : { target: "db" })),
    );
    const ids = (from?: { before: number } | { after: number }): readonly string[] =>
      asked(store, (audit) => audit.page({ target: "web" }, 2, from)).map(({ id }) => id);
    expect(ids()).toEqual(["r6", "r4"]);
    expect(ids({ before: 5 })).toEqual(["r2", "r0"]);
    expect(ids({ before: 1 })).toEqual([]);
    expect(ids({ after: 1 })).toEqual(["r4", "r2"]);
    expect(ids({ after: 7 })).toEqual([]);
    await store.close();
  });
});
