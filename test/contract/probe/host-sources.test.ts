import { cpus } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { ProcSource } from "../../../src/probe/host/proc-source.js";
import { SystemSource } from "../../../src/probe/host/system-source.js";
import type { HostValues } from "../../../src/probe/host/values.js";

/**
 * The two sources of the host's figures, held against each other on this machine. Other programs run here too, so each tolerance
 * is what may honestly change between two looks that lie some hundred milliseconds apart.
 */
const proc = new ProcSource({ clock: systemClock, procRoot: "/proc", sysRoot: "/sys", kmsgPath: "/dev/kmsg" });
const library = new SystemSource(systemClock);
const signal = new AbortController().signal;

let byProc: HostValues;
let ownCpuRatio: number;
let byLibrary: HostValues;

/** Keeps one core busy for so long. */
async function burn(ms: number): Promise<void> {
  const until = systemClock.monotonic() + ms;
  while (systemClock.monotonic() < until) {
    const slice = systemClock.monotonic() + 50;
    while (systemClock.monotonic() < slice) Math.sqrt(slice);
    await systemClock.nextTurn();
  }
}

beforeAll(async () => {
  // The first look is the base of shares and rates; the second one is compared.
  await Promise.all([proc.read(signal), library.read(signal)]);
  const before = process.cpuUsage();
  const began = systemClock.monotonic();
  await burn(2_000);
  const { user, system } = process.cpuUsage(before);
  ownCpuRatio = (user + system) / 1_000 / (systemClock.monotonic() - began);
  [byProc, byLibrary] = await Promise.all([proc.read(signal), library.read(signal)]);
});

afterAll(() => {
  proc.close();
  library.close();
});

test("processor: both see the core that was kept busy", () => {
  // One core of n was busy for most of the time: at least half of its share. The spans differ by the library's own children and
  // iowait, which Node does not report: 25 points.
  const least = 0.5 / cpus().length;
  expect(byProc.cpuUsedRatio).toBeGreaterThan(least);
  expect(byLibrary.cpuUsedRatio).toBeGreaterThan(least);
  expect(Math.abs((byProc.cpuUsedRatio ?? 0) - (byLibrary.cpuUsedRatio ?? 0))).toBeLessThan(0.25);
  expect(byProc.cores).toBe(byLibrary.cores);
});

test("memory: the same total, and available within 5 % of it", () => {
  expect(byProc.memory?.totalBytes).toBe(byLibrary.memory?.totalBytes);
  const difference = (byProc.memory?.availableBytes ?? 0) - (byLibrary.memory?.availableBytes ?? 0);
  expect(Math.abs(difference)).toBeLessThan((byProc.memory?.totalBytes ?? 0) * 0.05);
  expect(byProc.swap?.totalBytes).toBe(byLibrary.swap?.totalBytes);
});

test("load: the same averages, which the kernel renews every five seconds", () => {
  for (const index of [0, 1, 2] as const) {
    // One renewal between the looks moves the one-minute average by 8 % of the tasks that run: a dozen move it by one.
    expect(Math.abs((byProc.load?.[index] ?? 0) - (byLibrary.load?.[index] ?? 99))).toBeLessThan(1);
  }
});

test("disks: every disk the library sees on a device is one of ours, of the same size and use", () => {
  const onDevices = byLibrary.mounts.filter((mount) => mount.device.startsWith("/dev/") && mount.type !== "squashfs");
  for (const theirs of onDevices) {
    const ours = byProc.mounts.find((mount) => mount.device === theirs.device);
    expect(ours?.sizeBytes).toBe(theirs.sizeBytes);
    // Others write meanwhile: one point.
    expect(Math.abs((ours?.usedRatio ?? 0) - theirs.usedRatio)).toBeLessThan(0.01);
    expect(ours?.readOnly).toBe(theirs.readOnly);
  }
  expect(byProc.mounts.length).toBeGreaterThan(0);
});

test("uptime: within two seconds", () => {
  expect(Math.abs((byProc.uptimeSeconds ?? 0) - (byLibrary.uptimeSeconds ?? 0))).toBeLessThan(2);
  expect(Math.abs((byProc.bootedAt ?? 0) - (byLibrary.bootedAt ?? 0))).toBeLessThan(5_000);
});

test("network: the same interfaces, and counters that differ by what arrived between the looks", () => {
  expect(byLibrary.networks.map((network) => network.device)).toEqual(
    expect.arrayContaining(byProc.networks.map((network) => network.device)),
  );
  const theirs = new Map(byLibrary.networks.map((network) => [network.device, network]));
  for (const ours of byProc.networks) {
    const same = theirs.get(ours.device);
    // 10 Gbit/s for 100 ms, and 1 % of the counter.
    const allowed = 125e6 + ours.receivedBytesTotal * 0.01;
    expect(Math.abs(ours.receivedBytesTotal - (same?.receivedBytesTotal ?? 0))).toBeLessThan(allowed);
    expect(Math.abs(ours.sentBytesTotal - (same?.sentBytesTotal ?? 0))).toBeLessThan(allowed);
  }
});

test("processes: about as many, and the busy one is on top of ours", () => {
  // The library itself starts about a hundred children for its look.
  expect(Math.abs((byProc.processes ?? 0) - (byLibrary.processes ?? 0))).toBeLessThan(150);
  expect(byProc.top.map((process) => process.pid)).toContain(process.pid);
  const own = byProc.top.find((one) => one.pid === process.pid);
  // As the process itself counts it; the looks lie a little further apart than the burning, and ticks are 10 ms.
  expect(Math.abs((own?.cpuRatio ?? 0) - ownCpuRatio)).toBeLessThan(0.3);
  // Resident memory, as Node sees its own: it may grow or shrink by a collection.
  expect(own?.residentBytes).toBeGreaterThan(process.memoryUsage.rss() / 2);
  expect(own?.residentBytes).toBeLessThan(process.memoryUsage.rss() * 2);
});
