/** In bytes. */
export interface Memory {
  readonly total: number;
  readonly available: number;
  readonly swapTotal: number;
  readonly swapFree: number;
}

/**
 * `/proc/meminfo`. `MemAvailable` is the kernel's own estimate of what programs may still have; kernels before 3.14 lack it, and
 * there free memory plus caches stands in.
 */
export function parseMeminfo(text: string): Memory | undefined {
  const values = kilobytes(text);
  const total = values.get("MemTotal");
  const free = values.get("MemFree");
  if (total === undefined || total === 0 || free === undefined) return undefined;
  const available = values.get("MemAvailable") ?? free + (values.get("Buffers") ?? 0) + (values.get("Cached") ?? 0);
  return {
    total,
    available: Math.min(total, available),
    swapTotal: values.get("SwapTotal") ?? 0,
    swapFree: values.get("SwapFree") ?? 0,
  };
}

/** `Name:   123 kB` lines, in bytes. */
function kilobytes(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^(\w+): +(\d+) kB$/gm)) {
    if (name !== undefined) values.set(name, Number(value) * 1_024);
  }
  return values;
}

/**
 * How much of its cache (ARC) ZFS gives back when programs want memory, in bytes: its size down to the least it keeps. The kernel counts
 * the cache as used, because it is not the kernel's own. Columns of `/proc/spl/kstat/zfs/arcstats`: name, type, value.
 */
export function reclaimableByZfs(arcstats: string): number {
  const valueOf = (name: string): number => {
    const value = new RegExp(`^${name} +\\d+ +(\\d+) *$`, "m").exec(arcstats)?.[1];
    return value === undefined ? Number.NaN : Number(value);
  };
  const reclaimable = valueOf("size") - valueOf("c_min");
  return reclaimable > 0 ? reclaimable : 0;
}

/** The same memory with what ZFS's cache can give back. */
export function withReclaimable(memory: Memory, reclaimable: number): Memory {
  return { ...memory, available: Math.min(memory.total, memory.available + reclaimable) };
}
