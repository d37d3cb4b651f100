import { DamagedBytesError } from "./bytes.js";

/**
 * One run's samples as fixed columns: the series ids (32 bit, ascending), then their values (64 bit), so that one series is found
 * by bisection without decoding the rest. Little endian.
 */
const ENTRY_BYTES = 12;

export interface HeadEntry {
  readonly series: number;
  readonly value: number;
}

/** Of several values of one series the last counts. */
export function encodeHead(entries: readonly HeadEntry[]): Buffer {
  const sorted = entries
    .toSorted((a, b) => a.series - b.series)
    .filter(({ series }, index, all) => series !== all[index + 1]?.series);
  const bytes = Buffer.allocUnsafe(sorted.length * ENTRY_BYTES);
  const values = sorted.length * 4;
  sorted.forEach(({ series, value }, index) => {
    bytes.writeUInt32LE(series, index * 4);
    bytes.writeDoubleLE(value, values + index * 8);
  });
  return bytes;
}

function countOf(bytes: Buffer): number {
  if (bytes.length % ENTRY_BYTES !== 0) throw new DamagedBytesError(`a run of ${bytes.length} bytes`);
  return bytes.length / ENTRY_BYTES;
}

/** The value of one series in the run, if it has it. */
export function findInHead(bytes: Buffer, series: number): number | undefined {
  const count = countOf(bytes);
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = bytes.readUInt32LE(middle * 4);
    if (found === series) return bytes.readDoubleLE(count * 4 + middle * 8);
    if (found < series) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

export function decodeHead(bytes: Buffer): HeadEntry[] {
  const count = countOf(bytes);
  return Array.from({ length: count }, (_, index) => ({
    series: bytes.readUInt32LE(index * 4),
    value: bytes.readDoubleLE(count * 4 + index * 8),
  }));
}
