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
