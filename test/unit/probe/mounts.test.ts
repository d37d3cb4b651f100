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
