import { cpus, loadavg } from "node:os";

import type * as SystemInformation from "systeminformation";

import type { Clock } from "../../base/clock.js";
import { rate } from "../proc/devices.js";
import type { HostSource, HostValues, MountValues, NetworkValues } from "./values.js";

/** What is used of the library, so that a test can hand in another. */
export type SystemLibrary = Pick<
  typeof SystemInformation,
  "currentLoad" | "mem" | "fsSize" | "networkStats" | "processes" | "time"
>;

/** The library is heavy and starts children: it is loaded when first needed. */
async function loadLibrary(): Promise<SystemLibrary> {
  return import("systeminformation");
}

/** How many of the busiest processes are kept as facts. */
const TOP = 5;

interface Counters {
  readonly at: number;
  readonly networks: ReadonlyMap<string, { readonly received: number; readonly sent: number }>;
}

/**
 * The host by systeminformation, for platforms without /proc. It starts dozens of children a run, and knows less: no
 * pressure, no inodes, no kills for want of memory; those series are absent.
 */
export class SystemSource implements HostSource {
  readonly #clock: Clock;
  readonly #library: () => Promise<SystemLibrary>;
  #before: Counters | undefined;

  constructor(clock: Clock, library: () => Promise<SystemLibrary> = loadLibrary) {
    this.#clock = clock;
    this.#library = library;
  }

  async read(signal: AbortSignal): Promise<HostValues> {
    const library = await this.#library();
    const at = this.#clock.monotonic();
    // Before the library's own children raise it.
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    const looks = Promise.all([
      library.currentLoad(),
      library.mem(),
      library.fsSize(),
      library.networkStats("*"),
      library.processes(),
    ]);
    const [load, memory, disks, networks, processes] = await orAbort(looks, signal);
    const before = this.#before;
    this.#before = {
      at,
      networks: new Map(
        networks.map((network) => [network.iface, { received: network.rx_bytes, sent: network.tx_bytes }]),
      ),
    };
    const uptimeSeconds = library.time().uptime;
    return {
      cores: cpus().length,
      load: [one, five, fifteen],
      pressure: {},
      mounts: disks.flatMap(mountOf),
      disks: [],
      networks: networks.flatMap((network) => networkOf(network, before, at)),
      processes: processes.all,
      top: topOf(processes.list),
      uptimeSeconds,
      bootedAt: this.#clock.now() - uptimeSeconds * 1_000,
      notPermitted: [
        { what: "pressure, inodes, out-of-memory kills, disk rates", needs: "Linux's /proc", because: "missing" },
      ],
      // The library's first figure is since boot, not since the last run.
      ...(before && Number.isFinite(load.currentLoad) && { cpuUsedRatio: load.currentLoad / 100 }),
      ...(memory.total > 0 && {
        memory: { totalBytes: memory.total, availableBytes: memory.available },
        swap: { totalBytes: memory.swaptotal, usedBytes: memory.swapused },
      }),
    };
  }

  close(): void {
    this.#before = undefined;
  }
}

/** The library cannot be called off: its children end by themselves, and their result is thrown away. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.finally(() => signal.removeEventListener("abort", onAbort)).then(resolve, reject);
  });
}

function mountOf(disk: SystemInformation.Systeminformation.FsSizeData): readonly MountValues[] {
  const whole = disk.used + disk.available;
  if (disk.size <= 0 || whole <= 0) return [];
  return [
    {
      mount: disk.mount,
      device: disk.fs,
      type: disk.type,
      readOnly: disk.rw === false,
      sizeBytes: disk.size,
      availableBytes: disk.available,
      usedRatio: disk.used / whole,
    },
  ];
}

function networkOf(
  network: SystemInformation.Systeminformation.NetworkStatsData,
  before: Counters | undefined,
  at: number,
): readonly NetworkValues[] {
  if (/^(lo\d*|veth.*)$/.test(network.iface) || network.rx_bytes + network.tx_bytes === 0) return [];
  const earlier = before?.networks.get(network.iface);
  const elapsedMs = before ? at - before.at : 0;
  const received = earlier && rate(earlier.received, network.rx_bytes, elapsedMs);
  const sent = earlier && rate(earlier.sent, network.tx_bytes, elapsedMs);
  return [
    {
      device: network.iface,
      receivedBytesTotal: network.rx_bytes,
      sentBytesTotal: network.tx_bytes,
      errorsTotal: network.rx_errors + network.rx_dropped + network.tx_errors + network.tx_dropped,
      ...(received !== undefined && { receivedBytesPerSecond: received }),
      ...(sent !== undefined && { sentBytesPerSecond: sent }),
    },
  ];
}

/** The library counts memory in KiB and processor time in per cent of the whole machine. */
function topOf(list: readonly SystemInformation.Systeminformation.ProcessesProcessData[]): HostValues["top"] {
  const cores = cpus().length;
  return list
    .toSorted((a, b) => b.cpu - a.cpu || b.memRss - a.memRss || a.pid - b.pid)
    .slice(0, TOP)
    .map((one) => ({
      pid: one.pid,
      name: one.name,
      cpuRatio: (one.cpu / 100) * cores,
      residentBytes: one.memRss * 1_024,
    }));
}
