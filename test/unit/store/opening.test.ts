import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";

import { ForeignFileError, STORE_FILE } from "../../../src/store/file.js";
import { acquireInstanceLock } from "../../../src/store/instance-lock.js";
import { NewerSchemaError, backupPath } from "../../../src/store/migrate.js";
import { MIGRATIONS } from "../../../src/store/migrations/index.js";
import type { Migration } from "../../../src/store/migrations/index.js";
import { NOON, anAlert, anEntry, anIncident, openTestStore, temporaryDirectory } from "../../support/store.js";

const latest = MIGRATIONS.length;
const next: Migration = {
  version: latest + 1,
  name: "colour",
  sql: "ALTER TABLE incident ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'",
};
const broken: Migration = {
  version: latest + 1,
  name: "broken",
  sql: "CREATE TABLE half (a); CREATE TABLE incident (b)",
};

async function withOpenIncident(dataDir: string, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const store = await openTestStore({ dataDir, migrations });
  await store.write("before", (tables) => {
    tables.incidents.put(anIncident("inc-1", 1));
    tables.incidents.putEntry(anEntry("inc-1", anAlert("a")));
  });
  await store.close();
}

function versionOf(file: string): number {
  const db = new BetterSqlite3(file, { readonly: true });
  const version = db.pragma("user_version", { simple: true }) as number;
  db.close();
  return version;
}

describe("migrations", () => {
  test("are numbered from one without gaps", () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test.each(MIGRATIONS.map(({ version }) => version))(
    "from schema %d: a backup is made first and open incidents are kept",
    async (from) => {
      using directory = temporaryDirectory();
      const file = path.join(directory.path, STORE_FILE);
      await withOpenIncident(directory.path, MIGRATIONS.slice(0, from));
      const store = await openTestStore({ dataDir: directory.path, migrations: [...MIGRATIONS, next] });
      expect(store.status()).toEqual({ mode: "file" });
      expect(store.read(({ incidents }) => incidents.open().map(({ id }) => incidents.entries(id).length))).toEqual([
        1,
      ]);
      await store.close();
      expect(versionOf(file)).toBe(next.version);
      expect(versionOf(backupPath(file, from))).toBe(from);
    },
  );

  test("a new file needs no backup", async () => {
    using directory = temporaryDirectory();
    await withOpenIncident(directory.path);
    expect(readdirSync(directory.path)).toEqual([STORE_FILE]);
  });

  test("a step that fails leaves the file as it was", async () => {
    using directory = temporaryDirectory();
    await withOpenIncident(directory.path);
    await expect(openTestStore({ dataDir: directory.path, migrations: [...MIGRATIONS, broken] })).rejects.toThrow(
      /incident/,
    );
    expect(versionOf(path.join(directory.path, STORE_FILE))).toBe(latest);
    const store = await openTestStore({ dataDir: directory.path });
    expect(store.read(({ incidents }) => incidents.open())).toHaveLength(1);
    await store.close();
  });

  test("an older program refuses a newer schema, names the backup, and touches nothing", async () => {
    using directory = temporaryDirectory();
    const file = path.join(directory.path, STORE_FILE);
    await withOpenIncident(directory.path);
    await (await openTestStore({ dataDir: directory.path, migrations: [...MIGRATIONS, next] })).close();
    const refused = openTestStore({ dataDir: directory.path });
    await expect(refused).rejects.toThrow(NewerSchemaError);
    await expect(refused).rejects.toMatchObject({ found: latest + 1, known: latest, backup: backupPath(file, latest) });
    expect(versionOf(file)).toBe(latest + 1);
  });

  test("without a backup the refusal says so", async () => {
    using directory = temporaryDirectory();
    await (await openTestStore({ dataDir: directory.path, migrations: [...MIGRATIONS, next] })).close();
    await expect(openTestStore({ dataDir: directory.path })).rejects.toThrow(/no backup/);
  });
});

test("a SQLite file of another program is refused and left alone", async () => {
  using directory = temporaryDirectory();
  const file = path.join(directory.path, STORE_FILE);
  const other = new BetterSqlite3(file);
  other.exec("CREATE TABLE notes (words TEXT)");
  other.close();
  await expect(openTestStore({ dataDir: directory.path })).rejects.toThrow(ForeignFileError);
  const again = new BetterSqlite3(file);
  expect(again.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "notes" }]);
  again.close();
});

describe("a guest", () => {
  test("reads and writes beside the owner", async () => {
    using directory = temporaryDirectory();
    const owner = await openTestStore({ dataDir: directory.path });
    await owner.write("alert", ({ alerts }) => alerts.put(anAlert("a")));
    const guest = await openTestStore({ dataDir: directory.path, role: "guest" });
    expect(guest.read(({ alerts }) => alerts.all())).toHaveLength(1);
    await guest.write("note", ({ meta }) => meta.set("from", "guest"), { durable: true });
    expect(owner.read(({ meta }) => meta.get("from"))).toBe("guest");
    await guest.close();
    await owner.close();
  });

  test("makes no file and no directory", async () => {
    using directory = temporaryDirectory();
    const dataDir = path.join(directory.path, "none");
    await expect(openTestStore({ dataDir, role: "guest" })).rejects.toThrow(/directory does not exist/);
    expect(existsSync(dataDir)).toBe(false);
  });

  test("migrates nothing", async () => {
    using directory = temporaryDirectory();
    await withOpenIncident(directory.path);
    const opening = openTestStore({ dataDir: directory.path, role: "guest", migrations: [...MIGRATIONS, next] });
    await expect(opening).rejects.toThrow(/toban run/);
    expect(versionOf(path.join(directory.path, STORE_FILE))).toBe(latest);
  });
});

describe("the instance lock", () => {
  const self = { pid: 4_242, since: NOON };

  test("is held by one, who is named to the other, and can be had again afterwards", () => {
    using directory = temporaryDirectory();
    const first = acquireInstanceLock(directory.path, self);
    expect(first.status).toBe("held");
    expect(acquireInstanceLock(directory.path, { pid: 1, since: 0 })).toEqual({ status: "taken", ...self });
    if (first.status === "held") first.release();
    const second = acquireInstanceLock(directory.path, self);
    expect(second.status).toBe("held");
    if (second.status === "held") second.release();
  });

  test("does not keep a guest from the store", async () => {
    using directory = temporaryDirectory();
    const owner = await openTestStore({ dataDir: directory.path });
    const lock = acquireInstanceLock(directory.path, self);
    const guest = await openTestStore({ dataDir: directory.path, role: "guest" });
    await guest.write("note", ({ meta }) => meta.set("a", 1));
    expect(owner.read(({ meta }) => meta.get("a"))).toBe(1);
    for (const store of [guest, owner]) await store.close();
    if (lock.status === "held") lock.release();
  });

  test("that cannot be kept says why", () => {
    expect(acquireInstanceLock("/proc/nowhere", self)).toMatchObject({
      status: "unavailable",
      detail: expect.any(String),
    });
  });
});
