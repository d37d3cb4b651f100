/** Counters since boot; swap in pages. */
export interface Vmstat {
  readonly swapIn?: number;
  readonly swapOut?: number;
  readonly oomKills?: number;
}

/** `/proc/vmstat`: two hundred lines, of which three are wanted. `oom_kill` is there since Linux 4.13. */
export function parseVmstat(text: string): Vmstat {
  const swapIn = counter(text, "pswpin");
  const swapOut = counter(text, "pswpout");
  const oomKills = counter(text, "oom_kill");
  return {
    ...(swapIn !== undefined && { swapIn }),
    ...(swapOut !== undefined && { swapOut }),
    ...(oomKills !== undefined && { oomKills }),
  };
}

function counter(text: string, name: string): number | undefined {
  const prefix = `${name} `;
  const at = text.startsWith(prefix) ? 0 : text.indexOf(`\n${prefix}`) + 1;
  if (at === 0 && !text.startsWith(prefix)) return undefined;
  const end = text.indexOf("\n", at);
  const digits = text.slice(at + prefix.length, end < 0 ? undefined : end).trim();
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}
