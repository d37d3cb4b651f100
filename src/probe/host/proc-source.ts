import { existsSync, readFileSync, readdirSync } from "node:fs";

import type { Clock } from "../../base/clock.js";
import type { HostFacts } from "../../model/facts.js";
import { isWholeDisk, parseDiskstats, parseNetDev, rate } from "../proc/devices.js";
import type { DiskCounters, NetworkCounters } from "../proc/devices.js";
import { KernelFile, unreadable } from "../proc/kernel-file.js";
import { parseMeminfo, reclaimableByZfs, withReclaimable } from "../proc/meminfo.js";
import type { Memory } from "../proc/meminfo.js";
import { meminfoIsLxcfs, parseMountinfo, realMounts } from "../proc/mountinfo.js";
import type { Mount } from "../proc/mountinfo.js";
import { parsePressure, stalledShare } from "../proc/pressure.js";
import type { Pressure } from "../proc/pressure.js";
import { parseAuxv, parseFileNr, parseLoadavg, parseUptime } from "../proc/small.js";
import type { Auxiliary } from "../proc/small.js";
import { cpuShares, parseStat, usedShare } from "../proc/stat.js";
import type { CpuTicks } from "../proc/stat.js";
import { parseVmstat } from "../proc/vmstat.js";
import type { Vmstat } from "../proc/vmstat.js";
import { MountTable } from "./mounts.js";
import { lastOomVictim } from "./oom.js";
import { ProcessTable } from "./processes.js";
import type { DiskValues, HostSource, HostValues, NetworkValues, PressureValues } from "./values.js";

export interface ProcSourceOptions {
  readonly clock: Clock;
  readonly procRoot: string;
  readonly hostRoot?: string;
  readonly sysRoot: string;
  /** The kernel's message ring. */
  readonly kmsgPath: string;
}

const RESOURCES = ["cpu", "memory", "io"] as const;
type Resource = (typeof RESOURCES)[number];

/** The cumulative figures of one look, kept for the differences of the next. */
interface Counters extends Vmstat {
  readonly at: number;
  readonly cpu?: CpuTicks;
  readonly pressure: Partial<Record<Resource, Pressure>>;
  readonly disks: ReadonlyMap<string, DiskCounters>;
  readonly networks: ReadonlyMap<string, NetworkCounters>;
}

/** The host from the kernel's own files: some 0.2 ms for the figures, ten microseconds for each process, no child. */
export class ProcSource implements HostSource {
  readonly #options: ProcSourceOptions;
  readonly #auxiliary: Auxiliary;
  readonly #files: Readonly<Record<FileName, KernelFile>>;
  readonly #arcstats: KernelFile;
  readonly #pressure: Readonly<Record<Resource, KernelFile>>;
  readonly #mounts: MountTable;
  readonly #processes: ProcessTable;
  #before: Counters | undefined;
  #blocks: { readonly key: string; readonly names: ReadonlySet<string> | undefined } | undefined;
  #victim: HostFacts["oomVictim"];

  constructor(options: ProcSourceOptions) {
    const { procRoot, clock } = options;
    this.#options = options;
    this.#auxiliary = auxiliaryOf(procRoot);
    const file = (path: string): KernelFile => new KernelFile(`${procRoot}/${path}`);
    // The first process sees the host; we may live in a mount or network namespace of our own.
    const ofHost = (path: string): KernelFile =>
      file(existsSync(`${procRoot}/1/${path}`) ? `1/${path}` : `self/${path}`);
    this.#files = {
      stat: file("stat"),
      meminfo: file("meminfo"),
      vmstat: file("vmstat"),
      loadavg: file("loadavg"),
      uptime: file("uptime"),
      diskstats: file("diskstats"),
      "file-nr": file("sys/fs/file-nr"),
      mountinfo: ofHost("mountinfo"),
      "net/dev": ofHost("net/dev"),
    };
    this.#arcstats = file("spl/kstat/zfs/arcstats");
    this.#pressure = { cpu: file("pressure/cpu"), memory: file("pressure/memory"), io: file("pressure/io") };
    this.#mounts = new MountTable(clock, mountPrefix(options));
    this.#processes = new ProcessTable(procRoot, clock, this.#auxiliary);
  }

  async read(signal: AbortSignal): Promise<HostValues> {
    const { clock } = this.#options;
    const at = clock.monotonic();
    const notPermitted: Refusal[] = [];
    const text = (name: FileName): string => this.#text(this.#files[name], notPermitted);
    const stat = parseStat(text("stat"));
    const vmstat = parseVmstat(text("vmstat"));
    const mounted = parseMountinfo(text("mountinfo"));
    const memory = this.#memory(text("meminfo"), mounted);
    const disks = this.#disks(text("diskstats"));
    const networks = parseNetDev(text("net/dev"));
    const pressure = this.#pressures(notPermitted);
    const before = this.#before;
    const now: Counters = {
      at,
      ...vmstat,
      pressure,
      disks: new Map(disks.map((disk) => [disk.device, disk])),
      networks: new Map(networks.map((network) => [network.device, network])),
      ...(stat.cpu && { cpu: stat.cpu }),
    };
    this.#before = now;
    const shares = before?.cpu && now.cpu ? cpuShares(before.cpu, now.cpu) : undefined;
    const load = parseLoadavg(text("loadavg"));
    const openFiles = parseFileNr(text("file-nr"));
    const mounts = await this.#mounts.scan(realMounts(mounted), signal);
    const processes = await this.#processes.scan(signal);
    if (!processes.complete) notPermitted.push({ what: "other users' processes", needs: "/proc without hidepid" });
    const oomVictim = await this.#lookForVictim(before, now, stat.bootedAt, notPermitted, signal);
    return {
      cores: stat.cores,
      pressure: pressuresSince(before, now),
      mounts: mounts.mounts,
      disks: disks.flatMap((disk) => diskSince(before, disk, at)),
      networks: networks.map((network) => networkSince(before, network, at)),
      processes: processes.count,
      top: processes.top,
      notPermitted: [...notPermitted, ...mounts.notPermitted],
      ...(shares && { cpuUsedRatio: usedShare(shares), cpuShares: shares }),
      ...(memory && {
        memory: { totalBytes: memory.total, availableBytes: memory.available },
        swap: { totalBytes: memory.swapTotal, usedBytes: memory.swapTotal - memory.swapFree },
      }),
      ...swapSince(before, now, this.#auxiliary.pageBytes),
      ...pick("load", load),
      ...pick("openFiles", openFiles),
      ...pick("blocked", stat.blocked),
      ...pick("oomKills", now.oomKills),
      ...pick("oomVictim", oomVictim),
      ...pick("bootedAt", stat.bootedAt),
      ...pick("uptimeSeconds", parseUptime(text("uptime"))),
    };
  }

  close(): void {
    for (const file of [...Object.values(this.#files), ...Object.values(this.#pressure), this.#arcstats]) file.close();
  }

  /** A file that is not there (another kernel, a container) or not ours to read gives the empty text, and is said. */
  #text(file: KernelFile, refusals: Refusal[]): string {
    const content = file.read();
    if (content === undefined) refusals.push({ what: file.path, ...needsOf(file) });
    return content ?? "";
  }

  /** A machine without ZFS has no arcstats, which is no news. In a container with lxcfs's meminfo they are another machine's. */
  #memory(meminfo: string, mounted: readonly Mount[]): Memory | undefined {
    const memory = parseMeminfo(meminfo);
    if (memory === undefined || meminfoIsLxcfs(mounted)) return memory;
    return withReclaimable(memory, reclaimableByZfs(this.#arcstats.read() ?? ""));
  }

  #pressures(refusals: Refusal[]): Partial<Record<Resource, Pressure>> {
    const pressures: Partial<Record<Resource, Pressure>> = {};
    for (const resource of RESOURCES) {
      const text = this.#pressure[resource].read();
      if (text !== undefined) pressures[resource] = parsePressure(text);
    }
    if (Object.keys(pressures).length === 0) {
      const file = this.#pressure.memory;
      const missing = { needs: "a kernel with CONFIG_PSI (psi=1)", because: "missing" } as const;
      const needs = file.trouble === "missing" ? missing : needsOf(file);
      refusals.push({ what: `${this.#options.procRoot}/pressure`, ...needs });
    }
    return pressures;
  }

  /** `/sys/block` is listed anew only when the devices of diskstats have changed. */
  #disks(diskstats: string): readonly DiskCounters[] {
    const key = diskstats.replaceAll(/^( *\d+ +\d+ \S+).*$/gm, "$1");
    if (this.#blocks?.key !== key) this.#blocks = { key, names: namesIn(`${this.#options.sysRoot}/block`) };
    const { names } = this.#blocks;
    return parseDiskstats(diskstats, (device) => isWholeDisk(device, names));
  }

  async #lookForVictim(
    before: Counters | undefined,
    now: Counters,
    bootedAt: number | undefined,
    refusals: Refusal[],
    signal: AbortSignal,
  ): Promise<HostFacts["oomVictim"]> {
    const rose = before?.oomKills !== undefined && now.oomKills !== undefined && now.oomKills > before.oomKills;
    if (!rose) return this.#victim;
    const look = await lastOomVictim(this.#options.kmsgPath, this.#options.clock, signal);
    if (look.status === "not_permitted") {
      refusals.push({ what: "the killed process's name", needs: `CAP_SYSLOG to read ${this.#options.kmsgPath}` });
    }
    // The name of an earlier victim beside a new kill would be a lie.
    this.#victim =
      look.status === "found"
        ? { name: look.victim.name, pid: look.victim.pid, at: (bootedAt ?? 0) + look.victim.sinceBootMs }
        : undefined;
    return this.#victim;
  }
}

type Refusal = HostFacts["notPermitted"][number];
type FileName =
  | "stat"
  | "meminfo"
  | "vmstat"
  | "loadavg"
  | "uptime"
  | "diskstats"
  | "file-nr"
  | "mountinfo"
  | "net/dev";

function needsOf(file: KernelFile): Omit<Refusal, "what"> {
  return file.trouble === "not_permitted"
    ? { needs: `permission to read ${file.path}` }
    : { needs: "a kernel that has it", because: "missing" };
}

/** `{ [name]: value }`, or nothing when there is no value. */
function pick<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

function namesIn(directory: string): ReadonlySet<string> | undefined {
  try {
    return new Set(readdirSync(directory));
  } catch (thrown) {
    if (unreadable(thrown) === undefined) throw thrown;
    return undefined;
  }
}

function auxiliaryOf(procRoot: string): Auxiliary {
  try {
    return parseAuxv(readFileSync(`${procRoot}/self/auxv`));
  } catch {
    return parseAuxv(Buffer.alloc(0));
  }
}

function pressuresSince(before: Counters | undefined, now: Counters): HostValues["pressure"] {
  const pressure: Partial<Record<Resource, PressureValues>> = {};
  for (const resource of RESOURCES) {
    const earlier = before?.pressure[resource];
    const later = now.pressure[resource];
    const elapsedMs = before ? now.at - before.at : 0;
    if (!later) continue;
    pressure[resource] = {
      ...(later.some && { some: stalledShare(earlier?.some, later.some, elapsedMs) }),
      ...(later.full && { full: stalledShare(earlier?.full, later.full, elapsedMs) }),
    };
  }
  return pressure;
}

function swapSince(before: Counters | undefined, now: Counters, pageBytes: number): Pick<HostValues, "swapRates"> {
  if (before?.swapIn === undefined || before.swapOut === undefined) return {};
  if (now.swapIn === undefined || now.swapOut === undefined) return {};
  const pagesIn = rate(before.swapIn, now.swapIn, now.at - before.at);
  const pagesOut = rate(before.swapOut, now.swapOut, now.at - before.at);
  if (pagesIn === undefined || pagesOut === undefined) return {};
  return { swapRates: { inBytesPerSecond: pagesIn * pageBytes, outBytesPerSecond: pagesOut * pageBytes } };
}

function diskSince(before: Counters | undefined, disk: DiskCounters, at: number): readonly DiskValues[] {
  const earlier = before?.disks.get(disk.device);
  if (!before || !earlier) return [];
  const elapsedMs = at - before.at;
  const readBytesPerSecond = rate(earlier.readBytes, disk.readBytes, elapsedMs);
  const writtenBytesPerSecond = rate(earlier.writtenBytes, disk.writtenBytes, elapsedMs);
  const busyPerSecond = rate(earlier.busyMs, disk.busyMs, elapsedMs);
  if (readBytesPerSecond === undefined || writtenBytesPerSecond === undefined) return [];
  return [
    {
      device: disk.device,
      readBytesPerSecond,
      writtenBytesPerSecond,
      ...(busyPerSecond !== undefined && { busyRatio: Math.min(1, busyPerSecond / 1_000) }),
    },
  ];
}

function networkSince(before: Counters | undefined, network: NetworkCounters, at: number): NetworkValues {
  const earlier = before?.networks.get(network.device);
  const elapsedMs = before ? at - before.at : 0;
  return {
    device: network.device,
    receivedBytesTotal: network.receivedBytes,
    sentBytesTotal: network.sentBytes,
    errorsTotal: network.errors,
    ...pick("receivedBytesPerSecond", earlier && rate(earlier.receivedBytes, network.receivedBytes, elapsedMs)),
    ...pick("sentBytesPerSecond", earlier && rate(earlier.sentBytes, network.sentBytes, elapsedMs)),
  };
}

/** Where the host's mount points are seen from here. */
function mountPrefix({ procRoot, hostRoot }: Pick<ProcSourceOptions, "procRoot" | "hostRoot">): string {
  if (hostRoot !== undefined) return hostRoot === "/" ? "" : hostRoot;
  return procRoot === "/proc" ? "" : `${procRoot}/1/root`;
}
