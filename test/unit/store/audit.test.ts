import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";

import type { AuditRow } from "../../../src/store/contract.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { NOON, openTestStore, temporaryDirectory } from "../../support/store.js";

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

async function withRows(dataDir: string): Promise<void> {
  const store = await openTestStore({ dataDir });
  for (const id of ["a", "b", "c"]) await store.write("audit", ({ audit }) => audit.append(row(id)), { durable: true });
  await store.write("audit", ({ audit }) => audit.append(row("c", { state: "done" })), { durable: true });
  await store.close();
}

async function verdictAfter(dataDir: string, sql: string) {
  const db = new BetterSqlite3(path.join(dataDir, STORE_FILE));
  db.exec(sql);
  db.close();
  const store = await openTestStore({ dataDir });
  const verdict = store.read(({ audit }) => audit.verify());
  await store.close();
  return verdict;
}

describe("the chain of the audit log", () => {
  test("holds over a restart, and its head changes with every row", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    const store = await openTestStore({ dataDir: directory.path });
    const before = store.read(({ audit }) => audit.verify());
    expect(before).toMatchObject({ ok: true, rows: 4 });
    await store.write("audit", ({ audit }) => audit.append(row("d")), { durable: true });
    const after = store.read(({ audit }) => audit.verify());
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

  test("pages backwards from an id, all states of an action included", async () => {
    using directory = temporaryDirectory();
    await withRows(directory.path);
    const store = await openTestStore({ dataDir: directory.path });
    store.read(({ audit }) => {
      expect(audit.newest(2)).toEqual([row("c", { state: "done" }), row("c")]);
      expect(audit.newest(5, "c")).toEqual([row("b"), row("a")]);
      expect(audit.newest(5, "a")).toEqual([]);
    });
    await store.close();
  });
});
