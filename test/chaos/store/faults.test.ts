import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";

import type { AuditRow, Store, StoreStatus } from "../../../src/store/contract.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { needs } from "../../support/engine/needs.js";
import { FakeClock } from "../../support/fake-clock.js";
import {
  NOON,
  aMessage,
  aRun,
  anAlert,
  anAnnouncement,
  anEntry,
  anIncident,
  openTestStore,
  seriesOf,
  smallDisk,
  temporaryDirectory,
} from "../../support/store.js";

const ACTION: AuditRow = {
  id: "action-1",
  at: NOON,
  principal: "local:0",
  verb: "restart",
  target: "web",
  reason: "stuck",
  state: "started",
  detail: "",
};

/** What stands before the fault: an alert in an incident whose announcement has been made, and one that has not. */
async function before(store: Store): Promise<void> {
  await store.write("before", (tables) => {
    const alert = anAlert("old");
    tables.alerts.put(alert);
    tables.incidents.put(anIncident("inc-1", 1));
    tables.incidents.putEntry(anEntry("inc-1", alert));
    tables.outbox.add(anAnnouncement("post-1", { incident: "inc-1" }));
    tables.outbox.add(anAnnouncement("post-2", { incident: "inc-1", kind: "rose", createdAt: NOON + 1 }));
    tables.outbox.put(anAnnouncement("post-1", { incident: "inc-1", state: "sent", messageId: "900", sentAt: NOON }));
    tables.messages.put(aMessage("inc-1"));
    tables.samples.append(aRun("host", NOON - 15_000, { cpu: 0.5 }));
  });
}

async function act(store: Store): Promise<void> {
  await store.write("audit", ({ audit }) => audit.append(ACTION), { durable: true });
}

/** What happens during the fault: a new incident, and the waiting announcement is made. */
async function during(store: Store): Promise<void> {
  await store.write("during", (tables) => {
    tables.alerts.put(anAlert("old", { value: 0.9, lastSampleAt: NOON + 15_000 }));
    tables.alerts.put(anAlert("new"));
    tables.incidents.put(anIncident("inc-1", 1, { revision: 2 }));
    tables.incidents.put(anIncident("inc-2", tables.incidents.nextNumber()));
    tables.incidents.putEntry(anEntry("inc-2", anAlert("new")));
    tables.outbox.add(anAnnouncement("post-3", { incident: "inc-2" }));
    tables.outbox.put(
      anAnnouncement("post-2", {
        incident: "inc-1",
        kind: "rose",
        createdAt: NOON + 1,
        state: "sent",
        messageId: "901",
      }),
    );
    tables.samples.append(aRun("host", NOON, { cpu: 0.6 }));
  });
}

/** Old and new state, as one picture. */
function picture(store: Store) {
  return store.read((tables) => ({
    alerts: tables.alerts.all().map(({ fingerprint, value }) => [fingerprint, value]),
    incidents: tables.incidents.open().map(({ id, number, revision }) => [id, number, revision]),
    entries: tables.incidents.open().flatMap(({ id }) => tables.incidents.entries(id).map(({ episode }) => episode)),
    due: tables.outbox.due(NOON + 60_000, 10).map(({ id }) => id),
    sent: ["post-1", "post-2", "post-3"].map((id) => tables.outbox.get(id)?.state),
    shown: tables.messages.get("inc-1", "111")?.messageId,
    stale: tables.messages.stale(NOON + 60_000, 10).map(({ incident }) => incident),
    cpu: tables.samples.newest(seriesOf("host", "cpu"), 5).map(({ value }) => value),
  }));
}

const EVERYTHING = {
  alerts: [
    ["new", 0.85],
    ["old", 0.9],
  ],
  incidents: [
    ["inc-1", 1, 2],
    ["inc-2", 2, 1],
  ],
  entries: [`old:${NOON}`, `new:${NOON}`],
  due: ["post-3"],
  sent: ["sent", "sent", "pending"],
  shown: "900",
  stale: ["inc-1"],
  cpu: [0.5, 0.6],
};

/** Longer than the longest pause between two tries of the file. */
const SOON_MS = 61_000;

async function recovered(store: Store, clock: FakeClock): Promise<StoreStatus> {
  await clock.advance(SOON_MS);
  await store.upkeep();
  return store.status();
}

/** The state as another process finds it after a restart. */
async function afterRestart(store: Store, dataDir: string): Promise<ReturnType<typeof picture>> {
  await store.close();
  const again = await openTestStore({ dataDir });
  expect(again.status().mode).toBe("file");
  const found = picture(again);
  await again.close();
  return found;
}

/** A process of its own that holds the file's write lock until it is told to let go. */
async function lockHolder(file: string, begin: string): Promise<{ release(): Promise<void> }> {
  const script = `
    const db = new (require("better-sqlite3"))(${JSON.stringify(file)});
    ${begin}
    process.stdout.write("held");
    process.stdin.once("data", () => { db.close(); process.exit(0); });`;
  const child: ChildProcess = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  if (!child.stdout) throw new Error("no pipe to the process that holds the lock");
  await once(child.stdout, "data");
  return {
    release: async () => {
      child.stdin?.write("go");
      await once(child, "exit");
    },
  };
}

describe("the data directory is removed while it runs", () => {
  test("work goes on from what was known, and all of it is in the new file", async () => {
    using directory = temporaryDirectory();
    const dataDir = path.join(directory.path, "data");
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir, clock });
    const seen: StoreStatus[] = [];
    store.onStatus((status) => seen.push(status));
    await before(store);
    rmSync(dataDir, { recursive: true });
    await during(store);
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "missing", since: NOON });
    expect(picture(store)).toEqual(EVERYTHING);
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    expect(seen.map(({ mode }) => mode)).toEqual(["memory", "file"]);
    expect(picture(store)).toEqual(EVERYTHING);
    expect(await afterRestart(store, dataDir)).toEqual(EVERYTHING);
  });

  test("a file that is put back as it was gets what happened meanwhile, and what was sent stays sent", async () => {
    using directory = temporaryDirectory();
    const dataDir = path.join(directory.path, "data");
    const away = path.join(directory.path, "away");
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir, clock });
    await before(store);
    renameSync(dataDir, away);
    await during(store);
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "missing" });
    renameSync(away, dataDir);
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    expect(await afterRestart(store, dataDir)).toEqual(EVERYTHING);
  });

  test("a directory that cannot be made is a fault too, not a crash", async () => {
    using directory = temporaryDirectory();
    const dataDir = path.join(directory.path, "data");
    writeFileSync(dataDir, "a file stands where the directory should be");
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir, clock });
    expect(store.status()).toMatchObject({ mode: "memory" });
    await before(store);
    await during(store);
    rmSync(dataDir);
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    expect(await afterRestart(store, dataDir)).toEqual(EVERYTHING);
  });
});

test("a read-only disk: the old state is known, work goes on, and is kept when the disk is writable again", async () => {
  needs("root", "mount");
  using disk = smallDisk(4_096);
  const clock = new FakeClock();
  const first = await openTestStore({ dataDir: disk.path });
  await before(first);
  await first.close();
  disk.remount("ro");
  const store = await openTestStore({ dataDir: disk.path, clock });
  expect(store.status()).toMatchObject({ mode: "memory", trouble: "read_only" });
  await during(store);
  expect(picture(store)).toEqual(EVERYTHING);
  await expect(store.write("audit", () => undefined, { durable: true })).rejects.toMatchObject({
    code: "store_unavailable",
  });
  expect(await recovered(store, clock)).toMatchObject({ mode: "memory", trouble: "read_only" });
  disk.remount("rw");
  expect(await recovered(store, clock)).toEqual({ mode: "file" });
  await store.write("audit", () => undefined, { durable: true });
  expect(await afterRestart(store, disk.path)).toEqual(EVERYTHING);
});

test("a read-only disk with a WAL that was left behind by a kill: what the WAL holds is known too", async () => {
  needs("root", "mount");
  using disk = smallDisk(4_096);
  using copy = temporaryDirectory();
  const first = await openTestStore({ dataDir: disk.path });
  await before(first);
  for (const suffix of ["", "-wal"]) {
    writeFileSync(path.join(copy.path, STORE_FILE + suffix), readFileSync(path.join(disk.path, STORE_FILE + suffix)));
  }
  await first.close();
  for (const suffix of ["", "-wal"]) {
    writeFileSync(path.join(disk.path, STORE_FILE + suffix), readFileSync(path.join(copy.path, STORE_FILE + suffix)));
  }
  expect(statSync(path.join(disk.path, `${STORE_FILE}-wal`)).size).toBeGreaterThan(0);
  disk.remount("ro");
  const store = await openTestStore({ dataDir: disk.path });
  await during(store);
  expect(store.status()).toMatchObject({ mode: "memory", trouble: "read_only" });
  expect(picture(store)).toEqual(EVERYTHING);
  await store.close();
});

describe("another process holds the write lock", () => {
  test("for a moment: it is waited for, and nothing leaves the file", async () => {
    using directory = temporaryDirectory();
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir: directory.path, clock });
    const holder = await lockHolder(path.join(directory.path, STORE_FILE), `db.exec("BEGIN IMMEDIATE")`);
    const order: string[] = [];
    const writes = ["a", "b"].map((name) => store.write(name, () => void order.push(name)));
    await clock.advance(500);
    expect(order).toEqual([]);
    expect(store.read((tables) => tables.alerts.all())).toEqual([]);
    await holder.release();
    await clock.advance(200);
    await Promise.all(writes);
    expect(order).toEqual(["a", "b"]);
    expect(store.status()).toEqual({ mode: "file" });
    expect(store.numbers().successRatio).toBeLessThan(1);
    await store.close();
  });

  test("for long: work goes on in memory and is brought in afterwards", async () => {
    using directory = temporaryDirectory();
    const clock = new FakeClock();
    const store = await openTestStore({ dataDir: directory.path, clock });
    await before(store);
    const holder = await lockHolder(path.join(directory.path, STORE_FILE), `db.exec("BEGIN EXCLUSIVE")`);
    const written = during(store);
    await clock.advance(4_000);
    await written;
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "locked" });
    expect(picture(store)).toEqual(EVERYTHING);
    expect(await recovered(store, clock)).toMatchObject({ mode: "memory", trouble: "locked" });
    await holder.release();
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    expect(await afterRestart(store, directory.path)).toEqual(EVERYTHING);
  });

  test("already at the start: the old state is read, as a lock for writing lets readers in", async () => {
    using directory = temporaryDirectory();
    const first = await openTestStore({ dataDir: directory.path });
    await before(first);
    await first.close();
    const holder = await lockHolder(path.join(directory.path, STORE_FILE), `db.exec("BEGIN IMMEDIATE")`);
    const clock = new FakeClock();
    const opening = openTestStore({ dataDir: directory.path, clock });
    await clock.advance(5_000);
    const store = await opening;
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "locked" });
    await during(store);
    expect(picture(store)).toEqual(EVERYTHING);
    await holder.release();
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    expect(await afterRestart(store, directory.path)).toEqual(EVERYTHING);
  });

  test("already at the start and against readers: it begins empty, and both pasts are one afterwards", async () => {
    using directory = temporaryDirectory();
    const first = await openTestStore({ dataDir: directory.path });
    await before(first);
    await first.close();
    const exclusive = `db.pragma("locking_mode = EXCLUSIVE"); db.exec("BEGIN IMMEDIATE; CREATE TABLE x (y); ROLLBACK; BEGIN IMMEDIATE");`;
    const holder = await lockHolder(path.join(directory.path, STORE_FILE), exclusive);
    const clock = new FakeClock();
    const opening = openTestStore({ dataDir: directory.path, clock });
    await clock.advance(5_000);
    const store = await opening;
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "locked" });
    await store.write("during", (tables) => {
      tables.incidents.put(anIncident("inc-9", tables.incidents.nextNumber(), { group: "target=inc-1" }));
      tables.outbox.add(anAnnouncement("post-9", { incident: "inc-9" }));
    });
    await holder.release();
    expect(await recovered(store, clock)).toEqual({ mode: "file" });
    store.read((tables) => {
      // The old one of the same group is no longer watched; the new one got a number of its own.
      expect(tables.incidents.open().map(({ id, number }) => [id, number])).toEqual([["inc-9", 2]]);
      expect(tables.incidents.get("inc-1")).toMatchObject({ outcome: "gone", revision: 2, endedAt: clock.now() });
      expect(tables.messages.stale(clock.now(), 5).map(({ incident }) => incident)).toEqual(["inc-1"]);
      expect(tables.outbox.get("post-9")?.state).toBe("pending");
    });
    await store.close();
  });
});

test("a full disk: work goes on, and is kept when there is room again", async () => {
  needs("root", "mount");
  using disk = smallDisk(1_024);
  const clock = new FakeClock();
  const dataDir = path.join(disk.path, "data");
  mkdirSync(dataDir);
  const store = await openTestStore({ dataDir, clock });
  await before(store);
  const ballast = path.join(disk.path, "ballast");
  const descriptor = openSync(ballast, "w");
  expect(() => {
    for (;;) writeSync(descriptor, Buffer.alloc(4_096));
  }).toThrow(/ENOSPC/);
  closeSync(descriptor);
  // The WAL may still have room for a few pages that it has already reached.
  for (let run = 0; store.status().mode === "file" && run < 500; run += 1) {
    await store.write("fill", (tables) => tables.meta.set(`fill-${run}`, "x".repeat(8_000)));
  }
  expect(store.status()).toMatchObject({ mode: "memory", trouble: "full" });
  await during(store);
  expect(picture(store)).toEqual(EVERYTHING);
  expect((await recovered(store, clock)).mode).toBe("memory");
  rmSync(ballast);
  expect(await recovered(store, clock)).toEqual({ mode: "file" });
  expect(await afterRestart(store, dataDir)).toEqual(EVERYTHING);
});

describe("a damaged file", () => {
  async function damaged(dataDir: string, how: (file: string) => void): Promise<void> {
    const store = await openTestStore({ dataDir });
    await before(store);
    await act(store);
    await store.close();
    how(path.join(dataDir, STORE_FILE));
  }

  function aside(dataDir: string): string[] {
    return readdirSync(dataDir).filter((name) => /^toban\.db\.corrupt-\d{8}T\d{6}Z$/.test(name));
  }

  test("whose header is garbage is set aside, and a new one begun", async () => {
    using directory = temporaryDirectory();
    await damaged(directory.path, (file) => writeFileSync(file, "this is no database".repeat(1_000)));
    const store = await openTestStore({ dataDir: directory.path });
    expect(aside(directory.path)).toHaveLength(1);
    expect(store.status()).toEqual({ mode: "file", path: path.join(directory.path, aside(directory.path)[0] ?? "") });
    await before(store);
    await during(store);
    expect(await afterRestart(store, directory.path)).toEqual(EVERYTHING);
  });

  test("that is cut short is set aside", async () => {
    using directory = temporaryDirectory();
    await damaged(directory.path, (file) => truncateSync(file, 20_000));
    const store = await openTestStore({ dataDir: directory.path });
    expect(store.status().mode).toBe("file");
    expect(aside(directory.path)).toHaveLength(1);
    await before(store);
    await during(store);
    expect(await afterRestart(store, directory.path)).toEqual(EVERYTHING);
  });

  test("with one bad page keeps what stands on the others", async () => {
    using directory = temporaryDirectory();
    await damaged(directory.path, (file) => spoilTable(file, "series"));
    const store = await openTestStore({ dataDir: directory.path });
    expect(aside(directory.path)).toHaveLength(1);
    await during(store);
    expect(picture(store)).toEqual({ ...EVERYTHING, cpu: [0.6] });
    expect(store.read(({ audit }) => [audit.newest(5), audit.verify().ok])).toEqual([[ACTION], true]);
    expect(await afterRestart(store, directory.path)).toEqual({ ...EVERYTHING, cpu: [0.6] });
  });

  test("that goes bad while it runs: work goes on, the damage is set aside, and a new file takes over", async () => {
    using directory = temporaryDirectory();
    const clock = new FakeClock();
    const first = await openTestStore({ dataDir: directory.path });
    await before(first);
    await act(first);
    await first.close();
    const store = await openTestStore({ dataDir: directory.path, clock });
    const file = path.join(directory.path, STORE_FILE);
    spoilTable(file, "panel");
    // What the store still has in its cache is well; a writer beside it makes it look at the disk again.
    const beside = new BetterSqlite3(file);
    beside.exec("INSERT INTO meta (key, body) VALUES ('beside', '1')");
    beside.close();
    expect(() => store.read((tables) => tables.panels.get("p", NOON))).not.toThrow();
    expect(store.status()).toMatchObject({ mode: "memory", trouble: "corrupt" });
    await during(store);
    expect(picture(store)).toEqual(EVERYTHING);
    expect(await recovered(store, clock)).toMatchObject({ mode: "file", path: expect.stringContaining("corrupt-") });
    expect(existsSync(store.status().path ?? "")).toBe(true);
    expect(store.read(({ audit }) => [audit.newest(5), audit.verify().ok])).toEqual([[ACTION], true]);
    expect(await afterRestart(store, directory.path)).toEqual(EVERYTHING);
  });
});

/** Overwrites the first page of a table (and of its indexes) with noise. */
function spoilTable(file: string, table: string): void {
  const { pages, size } = pagesOf(file, table);
  const descriptor = openSync(file, "r+");
  for (const page of pages) writeSync(descriptor, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(descriptor);
}

function pagesOf(file: string, table: string): { pages: number[]; size: number } {
  const db = new BetterSqlite3(file, { readonly: true });
  const rows = db
    .prepare<[string], { rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE tbl_name = ? AND rootpage > 0")
    .all(table);
  const size = db.pragma("page_size", { simple: true }) as number;
  db.close();
  return { pages: rows.map(({ rootpage }) => rootpage), size };
}
