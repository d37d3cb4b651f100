/** `/proc/loadavg`: averages of 1, 5 and 15 minutes. */
export function parseLoadavg(text: string): readonly [number, number, number] | undefined {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/** `/proc/sys/fs/file-nr`: allocated handles, unused (0 since Linux 2.6), limit. */
export function parseFileNr(text: string): { readonly open: number; readonly limit: number } | undefined {
  const match = /^(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(text);
  return match ? { open: Number(match[1]) - Number(match[2]), limit: Number(match[3]) } : undefined;
}

/** `/proc/uptime`: seconds since boot, suspended time included. */
export function parseUptime(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) /.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** What the kernel tells each program at its start (getauxval(3)). */
export interface Auxiliary {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** `/proc/self/auxv` of a 64-bit, little-endian machine: pairs of key and value. Anything else gets the usual values. */
export function parseAuxv(bytes: Buffer): Auxiliary {
  let pageBytes = 4_096;
  let ticksPerSecond = 100;
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const key = bytes.readBigUInt64LE(at);
    const value = Number(bytes.readBigUInt64LE(at + 8));
    if (key === 0n) break;
    if (key === AT_PAGESZ && value >= 1_024 && value <= 1 << 21) pageBytes = value;
    if (key === AT_CLKTCK && value >= 1 && value <= 10_000) ticksPerSecond = value;
  }
  return { pageBytes, ticksPerSecond };
}
