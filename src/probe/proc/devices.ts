/** Cumulative figures of one block device. */
export interface DiskCounters {
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Time in which it had requests. */
  readonly busyMs: number;
}

/** `/proc/diskstats` counts sectors of 512 bytes, whatever the device's own (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;

/** `/proc/diskstats`. `wanted` picks the devices: whole disks, for example. */
export function parseDiskstats(text: string, wanted: (device: string) => boolean): readonly DiskCounters[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const device = fields[2];
    if (device === undefined || fields.length < 14 || !wanted(device)) return [];
    const [readSectors, writtenSectors, busyMs] = [Number(fields[5]), Number(fields[9]), Number(fields[12])];
    if (![readSectors, writtenSectors, busyMs].every(Number.isFinite)) return [];
    return [{ device, readBytes: readSectors * SECTOR_BYTES, writtenBytes: writtenSectors * SECTOR_BYTES, busyMs }];
  });
}

/** Devices that hold no data of their own: loops, memory disks, floppy and optical drives. */
const NO_DISK = /^(loop|ram|zram|fd|sr)\d/;

/** What a partition is called, for where `/sys/block` (which lists whole disks alone) cannot be read. */
const PARTITION = /^((h|s|v|xv)d[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+|nbd\d+|md\d+)p\d+)$/;

/** Whether a device of `/proc/diskstats` is a whole disk. `blocks`: the names in `/sys/block`, where `/` is written `!`. */
export function isWholeDisk(device: string, blocks: ReadonlySet<string> | undefined): boolean {
  if (NO_DISK.test(device)) return false;
  return blocks ? blocks.has(device.replaceAll("/", "!")) : !PARTITION.test(device);
}

/** Cumulative figures of one network interface. */
export interface NetworkCounters {
  readonly device: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Errors and drops, both ways. */
  readonly errors: number;
}

/** The loopback, and the host's ends of containers' cables: their traffic is counted where it leaves the host. */
const NOT_OUTWARD = /^(lo|veth.*)$/;

/** `/proc/net/dev`, without loopback, containers' cables and interfaces that never carried anything. */
export function parseNetDev(text: string): readonly NetworkCounters[] {
  return text.split("\n").flatMap((line) => {
    const colon = line.lastIndexOf(":");
    const device = line.slice(0, colon).trim();
    if (colon < 0 || NOT_OUTWARD.test(device)) return [];
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (numbers.length < 12 || numbers.some((value) => !Number.isFinite(value))) return [];
    const [
      receivedBytes = 0,
      ,
      receiveErrors = 0,
      receiveDrops = 0,
      ,
      ,
      ,
      ,
      sentBytes = 0,
      ,
      sendErrors = 0,
      sendDrops = 0,
    ] = numbers;
    if (receivedBytes + sentBytes === 0) return [];
    return [{ device, receivedBytes, sentBytes, errors: receiveErrors + receiveDrops + sendErrors + sendDrops }];
  });
}

/** Per second between two readings of a counter; `undefined` when it was reset or no time has passed. */
export function rate(before: number, after: number, elapsedMs: number): number | undefined {
  return elapsedMs > 0 && after >= before ? ((after - before) * 1_000) / elapsedMs : undefined;
}
