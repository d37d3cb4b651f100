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

/**
 * `/proc/<pid>/stat` (proc_pid_stat(5)). The name stands in parentheses and may itself hold parentheses, spaces and newlines, so
 * it reaches from the first `(` to the last `)`.
 */
export function parsePidStat(text: string): PidStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 1 || close < open) return undefined;
  const pid = Number(text.slice(0, open));
  // The first field after the name is number 3 (state); utime is 14, stime 15, starttime 22, rss 24.
  const fields = text.slice(close + 2).split(" ");
  const [user, system, startedTicks, residentPages] = [11, 12, 19, 21].map((index) => Number(fields[index]));
  if (user === undefined || system === undefined || startedTicks === undefined || residentPages === undefined)
    return undefined;
  if (![pid, user, system, startedTicks, residentPages].every(Number.isFinite)) return undefined;
  return { pid, name: text.slice(open + 1, close), ticks: user + system, startedTicks, residentPages };
}
