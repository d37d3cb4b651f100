import { readFileSync } from "node:fs";

import { quantile } from "../../src/base/statistics.js";

export function p(values: readonly number[], q: number): number {
  return round(quantile(values, q) ?? Number.NaN);
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export const MIB: number = 1024 * 1024;

/** Resident memory of a process, in bytes; 0 when it is gone. */
export function residentOf(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return pages * 4096;
  } catch {
    return 0;
  }
}

/** Processor time of a process and its reaped children, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 to 17 of proc(5), of which two stand before the name's end; 100 ticks a second on Linux.
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / 100;
}
