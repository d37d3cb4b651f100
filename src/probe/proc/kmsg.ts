/** A process that the kernel killed for want of memory. */
export interface OomVictim {
  readonly pid: number;
  readonly name: string;
  /** Milliseconds after boot. */
  readonly sinceBootMs: number;
}

/**
 * One record of `/dev/kmsg` (Documentation/ABI/testing/dev-kmsg): `prefix,sequence,microseconds,flags;text`. The kernel writes, of the
 * whole machine or of a control group: `Out of memory: Killed process 123 (name) total-vm:…`, in older versions
 * `Killed process 123 (name), UID 0, total-vm:…`. The name may hold parentheses; odd bytes are escaped as `\x0a`. A prefix
 * above 7 is a program's own record, which could claim anything.
 */
export function parseOomRecord(record: string): OomVictim | undefined {
  const match = /^[0-7],\d+,(\d+),[^;]*;[^\n]*Killed process (\d+) \((.*)\),? (?:UID \d+, )?total-vm:/.exec(record);
  if (!match) return undefined;
  const name = (match[3] ?? "").replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { pid: Number(match[2]), name, sinceBootMs: Number(match[1]) / 1_000 };
}
