import { existsSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";

import { encodeBody } from "../../../src/store/body.js";
import type { Store } from "../../../src/store/contract.js";
import { configure } from "../../../src/store/engine.js";
import { ForeignFileError, STORE_FILE } from "../../../src/store/file.js";
import { acquireInstanceLock, createInstance } from "../../../src/store/instance-lock.js";
import { NewerSchemaError, backupPath, migrate } from "../../../src/store/migrate.js";
import { MIGRATIONS } from "../../../src/store/migrations/index.js";
import type { Migration } from "../../../src/store/migrations/index.js";
import { FakeClock } from "../../support/fake-clock.js";
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

/** A file as an older program left it: today's program has statements for tables that it did not know. */
function writtenBy(migrations: readonly Migration[], file: string): void {
  const db = new BetterSqlite3(file);
  configure(db, "file");
  migrate(db, migrations);
  const [incident, entry] = [anIncident("inc-1", 1), anEntry("inc-1", anAlert("a"))];
  db.prepare(
    "INSERT INTO incident (id, number, channel, group_key, revision, rank, opened_at, body) VALUES (?, ?, ?, ?, ?, 3, ?, ?)",
  ).run("inc-1", 1, incident.channel, incident.group, incident.revision, incident.openedAt, encodeBody(incident));
  db.prepare("INSERT INTO entry (incident, episode, joined_at, body) VALUES (?, ?, ?, ?)").run(
    "inc-1",
    entry.episode,
    entry.joinedAt,
    encodeBody(entry),
  );
  db.close();
}

async function withOpenIncident(dataDir: string): Promise<void> {
  const store = await openTestStore({ dataDir });
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
      writtenBy(MIGRATIONS.slice(0, from), file);
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

describe("damage below the open file", () => {
  /** Begins with an open incident, has it damaged after `meanwhile`, and tells which incidents are open after a restart. */
  async function openAfterDamage(meanwhile: (dataDir: string, owner: Store, clock: FakeClock) => Promise<void>) {
    using directory = temporaryDirectory();
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir: directory.path, clock });
    await store.write("before", (tables) => {
      tables.incidents.put(anIncident("inc-1", 1));
      tables.incidents.putEntry(anEntry("inc-1", anAlert("a")));
    });
    await meanwhile(directory.path, store, clock);
    for (const name of readdirSync(directory.path)) {
      const file = path.join(directory.path, name);
      const size = statSync(file).size;
      if (!name.endsWith("-shm") && size > 4_096) writeFileSync(file, Buffer.alloc(size, 7));
    }
    await clock.advance(40_000);
    while (await store.upkeep());
    const { mode, path: aside } = store.status();
    expect({ mode, aside }).toEqual({ mode: "file", aside: expect.stringContaining(".corrupt-") });
    await store.close();
    const again = await openTestStore({ dataDir: directory.path });
    const open = again.read((tables) => tables.incidents.open().map(({ id }) => id));
    await again.close();
    return open;
  }

  test("is found while what is in memory can still be saved", async () => {
    expect(await openAfterDamage(() => Promise.resolve())).toEqual(["inc-1"]);
  });

  test("costs nothing although somebody looked at the store from beside", async () => {
    const open = await openAfterDamage(async (dataDir) => {
      const guest = await openTestStore({ dataDir, role: "guest" });
      expect(guest.read((tables) => tables.incidents.open())).toHaveLength(1);
      await guest.close();
    });
    expect(open).toEqual(["inc-1"]);
  });

  test("costs nothing although somebody wrote to the store from beside, half a minute before", async () => {
    const open = await openAfterDamage(async (dataDir, owner, clock) => {
      const guest = await openTestStore({ dataDir, role: "guest" });
      await guest.write("note", ({ meta }) => meta.set("a", 1));
      await guest.close();
      await clock.advance(40_000);
      while (await owner.upkeep());
    });
    expect(open).toEqual(["inc-1"]);
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

  test("is had anew where the directory stands after it was away, and not where another took it meanwhile", () => {
    using directory = temporaryDirectory();
    const data = path.join(directory.path, "data");
    const mine = createInstance(data, self);
    expect(mine.claim()).toEqual({ status: "held" });
    renameSync(data, `${data}-away`);
    const other = createInstance(data, { pid: 7, since: NOON });
    expect(other.claim()).toEqual({ status: "held" });
    expect(mine.claim()).toEqual({ status: "taken", pid: 7, since: NOON });
    other.release();
    expect(mine.claim()).toEqual({ status: "held" });
    expect(acquireInstanceLock(data, { pid: 1, since: 0 })).toEqual({ status: "taken", ...self });
    mine.release();
    expect(createInstance(`${data}-away`, self).claim()).toEqual({ status: "held" });
  });

  test("keeps the owner in memory while another has it", async () => {
    using directory = temporaryDirectory();
    let mine = false;
    const clock = new FakeClock();
    const opening = openTestStore({ dataDir: directory.path, clock, mayUse: () => mine });
    await clock.advance(5_000);
    const store = await opening;
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "locked" });
    await store.write("note", ({ meta }) => meta.set("a", 1));
    expect(existsSync(path.join(directory.path, STORE_FILE))).toBe(false);
    mine = true;
    await clock.advance(60_000);
    await store.upkeep();
    expect(store.status().mode).toBe("file");
    expect(store.read(({ meta }) => meta.get("a"))).toBe(1);
    await store.close();
  });

  test("that cannot be kept says why", () => {
    expect(acquireInstanceLock("/proc/nowhere", self)).toMatchObject({
      status: "unavailable",
      detail: expect.any(String),
    });
  });
});
