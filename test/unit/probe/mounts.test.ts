import type { StatsFs } from "node:fs";

import { expect, test } from "vitest";

import { MountTable, valuesOf } from "../../../src/probe/host/mounts.js";
import type { Statfs } from "../../../src/probe/host/mounts.js";
import type { Mount } from "../../../src/probe/proc/mountinfo.js";
import { FakeClock } from "../../support/fake-clock.js";

const signal = new AbortController().signal;

function mountOf(mount: string, type: string): Mount {
  return { mount, type, root: "/", device: "0:1", source: "server:/export", readOnly: false };
}

function stats(changes: Partial<StatsFs> = {}): StatsFs {
  const base = { type: 0, bsize: 4_096, blocks: 1_000, bfree: 300, bavail: 200, files: 100, ffree: 25 };
  return { ...base, ...changes };
}

function codeError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test("used is df's: what is reserved for root counts on neither side", () => {
  const [values] = valuesOf(mountOf("/", "ext4"), stats());
  expect(values).toMatchObject({
    sizeBytes: 4_096_000,
    availableBytes: 819_200,
    usedRatio: 700 / 900,
    inodesUsedRatio: 0.75,
  });
});

test("odd figures: no inodes, nothing left for users, no size at all", () => {
  expect(valuesOf(mountOf("/", "btrfs"), stats({ files: 0, ffree: 0 }))[0]).not.toHaveProperty("inodesUsedRatio");
  expect(valuesOf(mountOf("/", "ext4"), stats({ bavail: -5 }))[0]).toMatchObject({ usedRatio: 1, availableBytes: 0 });
  expect(valuesOf(mountOf("/", "fuse"), stats({ blocks: 0, bfree: 0, bavail: 0 }))).toEqual([]);
});

test("a dead server holds up neither the run nor the other mounts, and is not asked again until it has answered", async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const answers = new Map<string, (value: StatsFs) => void>();
  const ask: Statfs = {
    now: () => stats(),
    later(path) {
      asked.push(path);
      return new Promise((resolve) => answers.set(path, resolve));
    },
  };
  const table = new MountTable(clock, "", ask);
  const mounts = [mountOf("/", "ext4"), mountOf("/dead", "nfs4")];
  const first = table.scan(mounts, signal);
  await clock.advance(1_000);
  expect((await first).mounts.map((mount) => mount.mount)).toEqual(["/"]);
  expect((await first).notPermitted).toEqual([
    { what: "/dead", needs: "nfs4 server:/export to answer", because: "silent" },
  ]);
  expect((await table.scan(mounts, signal)).notPermitted).toHaveLength(1);
  expect(asked).toEqual(["/dead"]);
  answers.get("/dead")?.(stats());
  await clock.settle();
  const third = table.scan(mounts, signal);
  answers.get("/dead")?.(stats());
  expect((await third).mounts.map((mount) => mount.mount)).toEqual(["/", "/dead"]);
  expect(clock.pending).toBe(0);
});

test("more mounts than may be asked at once wait for their turn", async () => {
  const ask: Statfs = { now: () => stats(), later: () => Promise.resolve(stats()) };
  const mounts = ["/a", "/b", "/c", "/d", "/e"].map((path) => mountOf(path, "nfs4"));
  const scan = await new MountTable(new FakeClock(), "", ask).scan(mounts, signal);
  expect(scan.mounts.map((mount) => mount.mount)).toEqual(["/a", "/b", "/c", "/d", "/e"]);
  expect(scan.notPermitted).toEqual([]);
});

function dataset(source: string, changes: Partial<Mount> = {}): Mount {
  return { ...mountOf(`/${source}`, "zfs"), source, device: source, ...changes };
}

/** Each dataset's own figures in blocks: used, and left. */
async function scanned(datasets: Readonly<Record<string, readonly [used: number, left: number]>>) {
  const ask: Statfs = {
    now: () => stats(),
    later(path) {
      const [used, left] = datasets[path.slice(1)] ?? [0, 0];
      return Promise.resolve(stats({ blocks: used + left, bfree: left, bavail: left }));
    },
  };
  const mounts = Object.keys(datasets).map((name) => dataset(name));
  const scan = await new MountTable(new FakeClock(), "", ask).scan(mounts, signal);
  return scan.mounts.map(({ mount, path, usedRatio }) => [mount, path, Number(usedRatio.toFixed(2))]);
}

test("a pool of ZFS is one disk by its name; datasets add up", async () => {
  expect(await scanned({ tank: [1, 100], "tank/media": [200, 100], "tank/home": [99, 100.5] })).toEqual([
    ["tank", "/tank", 0.75],
  ]);
  expect(await scanned({ "rpool/ROOT/os": [50, 50], "rpool/home": [50, 50] })).toEqual([
    ["rpool", "/rpool/ROOT/os", 0.67],
  ]);
});

test("a dataset with a limit of its own is told by its name, once with those below it", async () => {
  expect(
    await scanned({
      tank: [0, 1_000],
      "tank/home": [50, 10],
      "tank/home/a": [30, 10],
      "tank/home/b": [10, 10],
      "tank/mail": [10, 10],
    }),
  ).toEqual([
    ["tank", "/tank", 0.09],
    ["tank/home", "/tank/home", 0.9],
    ["tank/mail", "/tank/mail", 0.5],
  ]);
});

test("what was never writable is no disk; what was, and is not any more, is read-only", async () => {
  const table = new MountTable(new FakeClock(), "", { now: () => stats(), later: () => Promise.resolve(stats()) });
  const disk = { ...mountOf("/disk", "ext4"), device: "8:1" };
  const image = { ...mountOf("/image", "fuse.archive"), device: "0:9", readOnly: true, mountedReadOnly: true };
  const shown = async (...mounts: readonly Mount[]) =>
    (await table.scan(mounts, signal)).mounts.map(({ mount, readOnly }) => [mount, readOnly]);
  expect(await shown(disk, image)).toEqual([["/disk", false]]);
  // A person's remount changes both, the kernel's own only the superblock.
  expect(await shown({ ...disk, readOnly: true, mountedReadOnly: true }, image)).toEqual([["/disk", true]]);
  expect(await shown({ ...disk, device: "8:2", readOnly: true })).toEqual([["/disk", true]]);
  expect(await shown({ ...image, mount: "/" })).toEqual([["/", true]]);
});

test("dead servers never take more than two threads of the pool", async () => {
  const clock = new FakeClock();
  let open = 0;
  const ask: Statfs = {
    now: () => stats(),
    later() {
      open += 1;
      return new Promise(() => undefined);
    },
  };
  const table = new MountTable(clock, "", ask);
  const mounts = ["/a", "/b", "/c", "/d"].map((path) => mountOf(path, "cifs"));
  for (let run = 0; run < 3; run += 1) {
    const scan = table.scan(mounts, signal);
    await clock.advance(1_000);
    expect((await scan).notPermitted).toHaveLength(4);
  }
  expect(open).toBe(2);
});

test("an abort ends the wait at once", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const table = new MountTable(clock, "", { now: () => stats(), later: () => new Promise(() => undefined) });
  const scan = table.scan([mountOf("/dead", "nfs")], controller.signal);
  await clock.settle();
  controller.abort(new Error("stop"));
  expect((await scan).mounts).toEqual([]);
  expect(clock.pending).toBe(0);
});

test.each([
  ["EACCES", [{ what: "/m", needs: "permission to search its path" }]],
  ["ESTALE", [{ what: "/m", needs: "nfs server:/export to answer", because: "silent" }]],
  ["ENOENT", []],
])("%s", async (code, notPermitted) => {
  const ask: Statfs = { now: () => stats(), later: () => Promise.reject(codeError(code)) };
  const scan = await new MountTable(new FakeClock(), "", ask).scan([mountOf("/m", "nfs")], signal);
  expect(scan).toEqual({ mounts: [], notPermitted });
});

test("no descriptor left is our trouble, not the mount's", async () => {
  const ask: Statfs = { now: () => stats(), later: () => Promise.reject(codeError("EMFILE")) };
  await expect(new MountTable(new FakeClock(), "", ask).scan([mountOf("/m", "nfs")], signal)).rejects.toThrow("EMFILE");
});

test("the host's root may be seen from elsewhere", async () => {
  const asked: string[] = [];
  const ask: Statfs = {
    now(path) {
      asked.push(path);
      return stats();
    },
    later: () => Promise.resolve(stats()),
  };
  await new MountTable(new FakeClock(), "/host/proc/1/root", ask).scan([mountOf("/data", "xfs")], signal);
  expect(asked).toEqual(["/host/proc/1/root/data"]);
});
