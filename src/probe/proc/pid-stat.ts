/** What `/proc/<pid>/stat` says of one process. */
export interface PidStat {
  readonly pid: number;
  /** The kernel's short name (15 bytes), which the program may set to anything, also to `a) R (b`. */
  readonly name: string;
  /** User and system time, in clock ticks. */
  readonly ticks: number;
  /** In ticks after boot: with the pid, the identity of the process. */
  readonly startedTicks: number;
  readonly residentPages: number;
}

const OPEN = 0x28;
const CLOSE = 0x29;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Numbers of the fields that are wanted, as the manual counts them (proc_pid_stat(5)). */
const UTIME = 14;
const STIME = 15;
const STARTTIME = 22;
const RSS = 24;

/**
 * `/proc/<pid>/stat` in the first `length` bytes of the buffer. The name stands in parentheses and may itself hold parentheses, spaces and newlines, so
 * it reaches from the first `(` to the last `)`. Works on the bytes: there are hundreds of processes, and fifty strings for each
 * would cost more than reading them.
 */
export function parsePidStat(bytes: Buffer, length: number): PidStat | undefined {
  const text = bytes.subarray(0, length);
  const open = text.indexOf(OPEN);
  const close = text.lastIndexOf(CLOSE);
  if (open < 2 || close < open) return undefined;
  const pid = Number(text.toString("latin1", 0, open));
  const wanted: number[] = [];
  // After `) ` comes field 3, the state.
  let field = 3;
  for (let at = close + 2; at < length && field <= RSS; field += 1) {
    let value = 0;
    let digits = 0;
    for (; at < length; at += 1) {
      const byte = text[at] ?? SPACE;
      if (byte === SPACE) break;
      if (byte >= ZERO && byte <= NINE) {
        value = value * 10 + byte - ZERO;
        digits += 1;
      }
    }
    at += 1;
    const isWanted = field === UTIME || field === STIME || field === STARTTIME || field === RSS;
    if (isWanted && digits > 0) wanted.push(value);
  }
  const [user, system, startedTicks, residentPages] = wanted;
  if (user === undefined || system === undefined || startedTicks === undefined || residentPages === undefined)
    return undefined;
  if (!Number.isInteger(pid)) return undefined;
  return { pid, name: text.toString("utf8", open + 1, close), ticks: user + system, startedTicks, residentPages };
}
