import type { HostFacts, ProcessFact } from "../../model/facts.js";
import type { CpuState } from "../proc/stat.js";

export interface MountValues {
  /** Where it is mounted; of ZFS the name of the pool or dataset, which is mounted at many places. */
  readonly mount: string;
  /** Of ZFS: the mount point of its topmost dataset. */
  readonly path?: string;
  readonly device: string;
  readonly type: string;
  readonly readOnly: boolean;
  readonly sizeBytes: number;
  /** What an ordinary user may still write. */
  readonly availableBytes: number;
  /** `df`'s: used/(used + available). */
  readonly usedRatio: number;
  readonly inodesUsedRatio?: number;
}

export interface DiskValues {
  readonly device: string;
  readonly readBytesPerSecond: number;
  readonly writtenBytesPerSecond: number;
  readonly busyRatio?: number;
}

export interface NetworkValues {
  readonly device: string;
  readonly receivedBytesTotal: number;
  readonly sentBytesTotal: number;
  readonly errorsTotal: number;
  readonly receivedBytesPerSecond?: number;
  readonly sentBytesPerSecond?: number;
}

export interface PressureValues {
  readonly some?: number;
  readonly full?: number;
}

/** One look at a host. What could not be read is absent, never 0. */
export interface HostValues {
  readonly cores: number;
  readonly cpuUsedRatio?: number;
  readonly cpuShares?: Readonly<Partial<Record<CpuState, number>>>;
  readonly load?: readonly [number, number, number];
  readonly memory?: { readonly totalBytes: number; readonly availableBytes: number };
  readonly swap?: { readonly totalBytes: number; readonly usedBytes: number };
  readonly swapRates?: { readonly inBytesPerSecond: number; readonly outBytesPerSecond: number };
  readonly pressure: { readonly cpu?: PressureValues; readonly memory?: PressureValues; readonly io?: PressureValues };
  readonly mounts: readonly MountValues[];
  readonly disks: readonly DiskValues[];
  readonly networks: readonly NetworkValues[];
  readonly openFiles?: { readonly open: number; readonly limit: number };
  readonly processes?: number;
  readonly blocked?: number;
  readonly oomKills?: number;
  readonly oomVictim?: HostFacts["oomVictim"];
  /** UTC milliseconds. */
  readonly bootedAt?: number;
  readonly uptimeSeconds?: number;
  readonly top: readonly ProcessFact[];
  readonly notPermitted: HostFacts["notPermitted"];
}

/** Where the figures come from: the kernel's files, or systeminformation where there are none. */
export interface HostSource {
  /** One look. Rates and shares are since the look before; the first has none. */
  read(signal: AbortSignal): Promise<HostValues>;
  close(): void;
}
