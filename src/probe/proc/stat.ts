/** What the cores did since boot, in clock ticks summed over all cores. Guest time is part of `user` and not counted twice. */
export interface CpuTicks {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
}

export type CpuState = keyof CpuTicks;

export const CPU_STATES = [
  "user",
  "nice",
  "system",
  "idle",
  "iowait",
  "irq",
  "softirq",
  "steal",
] as const satisfies readonly CpuState[];

export interface KernelStat {
  readonly cpu?: CpuTicks;
  /** Cores that are online. */
  readonly cores: number;
  /** UTC milliseconds. */
  readonly bootedAt?: number;
  /** Tasks in uninterruptible sleep. */
  readonly blocked?: number;
}

/** `/proc/stat`. Kernels older than 2.6.11 have fewer columns: what is not there counts as 0. */
export function parseStat(text: string): KernelStat {
  let cpu: CpuTicks | undefined;
  let cores = 0;
  let bootedAt: number | undefined;
  let blocked: number | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith("cpu ")) cpu = ticksOf(line);
    else if (/^cpu\d/.test(line)) cores += 1;
    else if (line.startsWith("btime ")) bootedAt = whole(line.slice(6), 1_000);
    else if (line.startsWith("procs_blocked ")) blocked = whole(line.slice(14), 1);
  }
  return {
    cores,
    ...(cpu && { cpu }),
    ...(bootedAt !== undefined && { bootedAt }),
    ...(blocked !== undefined && { blocked }),
  };
}

function ticksOf(line: string): CpuTicks | undefined {
  const numbers = line.trim().split(/\s+/).slice(1).map(Number);
  if (numbers.length < 4 || numbers.some((value) => !Number.isFinite(value))) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers;
  return { user, nice, system, idle, iowait, irq, softirq, steal };
}

function whole(text: string, factor: number): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(value) ? value * factor : undefined;
}

/**
 * How the time between two readings was spent: shares of all cores, adding up to 1. `undefined` when no time has passed.
 * A single counter may fall (iowait does, by the kernel's own word): that one counts as 0, so that no share is negative.
 */
export function cpuShares(before: CpuTicks, after: CpuTicks): Readonly<Record<CpuState, number>> | undefined {
  const spent = CPU_STATES.map((state) => [state, Math.max(0, after[state] - before[state])] as const);
  const total = spent.reduce((sum, [, ticks]) => sum + ticks, 0);
  if (total <= 0) return undefined;
  return Object.fromEntries(spent.map(([state, ticks]) => [state, ticks / total])) as Record<CpuState, number>;
}

/** Busy is what is neither idle nor waiting for a disk. */
export function usedShare(shares: Readonly<Record<CpuState, number>>): number {
  return Math.min(1, Math.max(0, 1 - shares.idle - shares.iowait));
}
