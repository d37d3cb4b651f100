import { writeFileSync } from "node:fs";

import { expect, test } from "vitest";

import type { HostFacts } from "../../../src/model/facts.js";
import type { ProbeResult } from "../../../src/model/run.js";
import { createHostProbe, host } from "../../../src/probe/host.js";
import { ProcSource } from "../../../src/probe/host/proc-source.js";
import { HOST_SERIES } from "../../../src/probe/host/series.js";
import { FakeClock } from "../../support/fake-clock.js";
import { ProcTree, diskstats, meminfo, netDev, pressure, stat } from "../../support/proc-tree.js";

const signal = new AbortController().signal;
const noFacts = { get: () => undefined };

interface Looked {
  value(series: string, labels?: Record<string, string>): number | undefined;
  readonly facts: HostFacts;
  readonly names: readonly string[];
}

function looked(result: ProbeResult): Looked {
  if (result.status !== "ok" || result.facts?.kind !== "host") throw new Error(JSON.stringify(result));
  const { samples, facts } = result;
  return {
    facts,
    names: samples.map((sample) => sample.series),
    value: (series, labels = {}) =>
      samples.find((one) => one.series === series && JSON.stringify(one.labels) === JSON.stringify(labels))?.value,
  };
}

function setUp(tree: ProcTree, ignoreMounts: readonly string[] = []) {
  const clock = new FakeClock();
  const source = new ProcSource({ clock, procRoot: tree.procRoot, sysRoot: tree.sysRoot, kmsgPath: tree.kmsgPath });
  const probe = createHostProbe(source, noFacts, ignoreMounts);
  return { clock, probe, look: async () => looked(await probe.run(signal)) };
}

test("the first look has what is known at once, and no rate or share that needs a second", async () => {
  using tree = new ProcTree();
  const { look, probe } = setUp(tree);
  const first = await look();
  expect(first.value("host_cpu_cores")).toBe(2);
  expect(first.value("host_cpu_used_ratio")).toBeUndefined();
  expect(first.value("host_memory_used_ratio")).toBeCloseTo(0.6);
  expect(first.value("host_swap_used_bytes")).toBe(102_400);
  expect(first.value("host_load_5m")).toBe(1);
  expect(first.value("host_memory_pressure_ratio")).toBe(0.03);
  expect(first.value("host_memory_pressure_full_ratio")).toBe(0.01);
  expect(first.value("host_open_files")).toBe(593);
  expect(first.value("host_processes")).toBe(1);
  expect(first.value("host_oom_kills_total")).toBe(0);
  expect(first.value("host_uptime_seconds")).toBe(1_000);
  expect(first.value("host_disk_used_ratio", { mount: "/" })).toBeGreaterThan(0);
  expect(first.value("host_disk_read_only", { mount: "/" })).toBe(0);
  expect(first.names).not.toContain("host_swap_in_bytes_per_second");
  expect(first.names).not.toContain("host_disk_read_bytes_per_second");
  expect(first.names).not.toContain("host_network_received_bytes_per_second");
  expect(first.facts).toMatchObject({
    cores: 2,
    memoryBytes: 1_024_000,
    bootedAt: 1_767_600_000_000,
    notPermitted: [],
  });
  await probe.close?.();
});

test("what ZFS's cache can give back is not used memory, unless meminfo is a container's own", async () => {
  using tree = new ProcTree();
  tree.put("meminfo", meminfo(50));
  tree.put("spl/kstat/zfs/arcstats", `name type data\nc_min 4 ${100 * 1_024}\nsize 4 ${550 * 1_024}\n`);
  const { look, probe } = setUp(tree);
  const machine = await look();
  expect(machine.value("host_memory_used_ratio")).toBeCloseTo(0.5);
  expect(machine.value("host_memory_available_bytes")).toBe(500 * 1_024);
  tree.put(
    "1/mountinfo",
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n",
  );
  expect((await look()).value("host_memory_used_ratio")).toBeCloseTo(0.95);
  await probe.close?.();
});

test("the second look has shares and rates of the time between", async () => {
  using tree = new ProcTree();
  const { clock, look, probe } = setUp(tree);
  await look();
  await clock.advance(10_000);
  tree.put("stat", stat(400, 1_600));
  tree.put("vmstat", "pswpin 110\npswpout 20\noom_kill 0\n");
  tree.put("diskstats", diskstats(20_480, 5_000));
  tree.put("1/net/dev", netDev(11_000, 4_000));
  tree.put("pressure/memory", pressure(2_000_000));
  const second = await look();
  expect(second.value("host_cpu_used_ratio")).toBeCloseTo(0.3);
  expect(second.value("host_cpu_ratio", { state: "user" })).toBeCloseTo(0.3);
  expect(second.value("host_swap_in_bytes_per_second")).toBe((100 * 4_096) / 10);
  expect(second.value("host_swap_out_bytes_per_second")).toBe(0);
  expect(second.value("host_disk_read_bytes_per_second", { device: "sda" })).toBe((20_480 * 512) / 10);
  expect(second.value("host_disk_written_bytes_per_second", { device: "sda" })).toBe((40_960 * 512) / 10);
  expect(second.value("host_disk_busy_ratio", { device: "sda" })).toBe(0.5);
  expect(second.value("host_disk_busy_ratio", { device: "sda1" })).toBeUndefined();
  expect(second.value("host_network_received_bytes_per_second", { device: "eth0" })).toBe(1_000);
  expect(second.value("host_network_sent_bytes_total", { device: "eth0" })).toBe(4_000);
  expect(second.value("host_memory_pressure_ratio")).toBeCloseTo(0.2);
  await probe.close?.();
});

test("every series that is emitted is declared, with its labels", async () => {
  using tree = new ProcTree();
  const { clock, probe } = setUp(tree);
  await probe.run(signal);
  await clock.advance(1_000);
  const result = await probe.run(signal);
  const declared = new Map<string, readonly string[]>(
    HOST_SERIES.map((spec) => [spec.name, "labels" in spec ? spec.labels : []]),
  );
  for (const sample of result.status === "ok" ? result.samples : []) {
    expect([sample.series, declared.get(sample.series)]).toEqual([sample.series, Object.keys(sample.labels)]);
  }
  await probe.close?.();
});

test("what the kernel does not have is absent and said, never 0", async () => {
  using tree = new ProcTree();
  for (const path of ["pressure", "vmstat", "loadavg", "diskstats", "sys", "1/net"]) tree.remove(path);
  const { look, probe } = setUp(tree);
  const first = await look();
  for (const absent of [
    "host_memory_pressure_ratio",
    "host_io_pressure_ratio",
    "host_oom_kills_total",
    "host_load_1m",
    "host_open_files",
    "host_open_files_limit",
  ]) {
    expect(first.names).not.toContain(absent);
  }
  expect(first.value("host_memory_used_ratio")).toBeCloseTo(0.6);
  const said = first.facts.notPermitted.map((one) => one.what.replace(tree.procRoot, ""));
  expect(said).toEqual(expect.arrayContaining(["/pressure", "/vmstat", "/loadavg", "/diskstats", "/sys/fs/file-nr"]));
  expect(first.facts.notPermitted.find((one) => one.what.endsWith("/pressure"))?.needs).toMatch(/CONFIG_PSI/);
  await probe.close?.();
});

test("a file that comes back is read again", async () => {
  using tree = new ProcTree();
  tree.remove("meminfo");
  const { look, probe } = setUp(tree);
  expect((await look()).value("host_memory_used_ratio")).toBeUndefined();
  tree.put("meminfo", meminfo(900));
  expect((await look()).value("host_memory_used_ratio")).toBeCloseTo(0.1);
  await probe.close?.();
});

test("the disks of another root are asked where that root is said to be", async () => {
  using tree = new ProcTree();
  tree.remove("1/root");
  tree.put("1/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /only-there rw - ext4 /dev/sdb1 rw\n");
  tree.put("../only-there/here", "");
  const { clock } = setUp(tree);
  const { procRoot, sysRoot, kmsgPath } = tree;
  const source = new ProcSource({ clock, procRoot, sysRoot, kmsgPath, hostRoot: tree.root });
  const probe = createHostProbe(source, noFacts, []);
  const seen = looked(await probe.run(signal)).facts.mounts.map((mount) => mount.mount);
  expect(seen).toEqual(["/", "/only-there"]);
  await probe.close?.();
  const blind = setUp(tree);
  expect((await blind.look()).facts.mounts).toEqual([]);
  await blind.probe.close?.();
});

test("read-only is the superblock's word, and a mount may be left out", async () => {
  using tree = new ProcTree();
  tree.put(
    "1/mountinfo",
    "1 0 8:1 / / ro - ext4 /dev/sda1 rw\n2 1 8:2 / /1 rw - ext4 /dev/sdb1 ro\n3 1 8:3 / /sys/fs rw - ext4 /dev/sdc1 rw\n",
  );
  tree.put("1/root/1/here", "");
  const { look, probe } = setUp(tree);
  const first = await look();
  expect(first.value("host_disk_read_only", { mount: "/" })).toBe(0);
  expect(first.value("host_disk_read_only", { mount: "/1" })).toBe(1);
  expect(first.facts.mounts.map((mount) => mount.mount)).toEqual(["/", "/1"]);
  await probe.close?.();
  const other = setUp(tree, ["/1"]);
  expect((await other.look()).facts.mounts.map((mount) => mount.mount)).toEqual(["/"]);
  await other.probe.close?.();
});

test("the busiest five: by processor time since the last look, then by memory; a reused pid is a new process", async () => {
  using tree = new ProcTree();
  for (const pid of [10, 11, 12, 13, 14]) tree.process(pid, `p${pid}`, 100, pid);
  const { clock, look, probe } = setUp(tree);
  const first = await look();
  expect(first.facts.top.map((process) => process.pid)).toEqual([1, 14, 13, 12, 11]);
  expect(first.facts.top.every((process) => process.cpuRatio === undefined)).toBe(true);
  await clock.advance(10_000);
  tree.process(10, "p10", 600, 10);
  tree.process(11, "new", 900, 11, 5_555);
  const second = await look();
  expect(second.facts.top[0]).toEqual({ pid: 10, name: "p10", cpuRatio: 0.5, residentBytes: 10 * 4_096 });
  expect(second.facts.top.map((process) => process.pid)).toEqual([10, 1, 14, 13, 12]);
  await probe.close?.();
});

test("where /proc hides other users' processes, that is said", async () => {
  using tree = new ProcTree();
  tree.remove("1/stat");
  tree.process(2, "own", 1, 1);
  const visible = await setUp(tree).look();
  expect(visible.facts.notPermitted).toEqual([]);
  tree.remove("1");
  const hidden = await setUp(tree).look();
  expect(hidden.facts.notPermitted.map((one) => one.what)).toContain("other users' processes");
});

const KILL = "3,9,5000000,-;Out of memory: Killed process 4711 (leaky) total-vm:1kB, anon-rss:1kB\n";

test("a kill for want of memory is counted, and its victim named", async () => {
  using tree = new ProcTree();
  writeFileSync(tree.kmsgPath, KILL);
  const { look, probe } = setUp(tree);
  const before = await look();
  expect(before.facts.oomVictim).toBeUndefined();
  tree.put("vmstat", "oom_kill 1\n");
  const after = await look();
  expect(after.value("host_oom_kills_total")).toBe(1);
  expect(after.facts.oomVictim).toEqual({ name: "leaky", pid: 4_711, at: 1_767_600_005_000 });
  expect((await look()).facts.oomVictim?.name).toBe("leaky");
  await probe.close?.();
});

test("a victim whose name may not be read is not made up, nor is the last one's used again", async () => {
  using tree = new ProcTree();
  writeFileSync(tree.kmsgPath, KILL);
  const { look, probe } = setUp(tree);
  await look();
  tree.put("vmstat", "oom_kill 1\n");
  await look();
  writeFileSync(tree.kmsgPath, "6,1,1,-;nothing of that kind\n");
  tree.put("vmstat", "oom_kill 2\n");
  expect((await look()).facts.oomVictim).toBeUndefined();
  await probe.close?.();

  const blind = setUp(tree);
  tree.put("vmstat", "oom_kill 0\n");
  await blind.look();
  writeFileSync(tree.kmsgPath, KILL);
  const gone = new ProcSource({
    clock: blind.clock,
    procRoot: tree.procRoot,
    sysRoot: tree.sysRoot,
    kmsgPath: `${tree.root}/none`,
  });
  await gone.read(signal);
  tree.put("vmstat", "oom_kill 1\n");
  const values = await gone.read(signal);
  expect(values.oomKills).toBe(1);
  expect(values.oomVictim).toBeUndefined();
  expect(values.notPermitted).toContainEqual({
    what: "the killed process's name",
    needs: `CAP_SYSLOG to read ${tree.root}/none`,
  });
});

test("a run that is called off ends at once", async () => {
  using tree = new ProcTree();
  for (let pid = 100; pid < 400; pid += 1) tree.process(pid, "many", 1, 1);
  const { probe } = setUp(tree);
  await expect(probe.run(AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  await probe.close?.();
});

test("the options are strict", () => {
  expect(host.options.safeParse({}).data).toEqual({ ignoreMounts: [] });
  expect(host.options.safeParse({ ignoreMounts: ["mnt"] }).success).toBe(false);
  expect(host.options.safeParse({ mounts: [] }).success).toBe(false);
});
