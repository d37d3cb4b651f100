import { parseKeyed } from "./keyed.js";

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
  const values = parseKeyed(text);
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
