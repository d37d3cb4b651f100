/** One line of a pressure file: share of the last ten seconds, and the time stalled since boot. */
export interface Stall {
  /** 0 … 1. */
  readonly averageRatio: number;
  readonly totalMs: number;
}

export interface Pressure {
  readonly some?: Stall;
  readonly full?: Stall;
}

/**
 * `/proc/pressure/{cpu,memory,io}` (Documentation/accounting/psi.rst): `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, averages in
 * per cent, total in microseconds.
 */
export function parsePressure(text: string): Pressure {
  const some = stallOf(text, "some");
  const full = stallOf(text, "full");
  return { ...(some && { some }), ...(full && { full }) };
}

function stallOf(text: string, who: "some" | "full"): Stall | undefined {
  const match = new RegExp(`^${who} avg10=(\\d+(?:\\.\\d+)?) .*total=(\\d+)`, "m").exec(text);
  if (!match) return undefined;
  return { averageRatio: Number(match[1]) / 100, totalMs: Number(match[2]) / 1_000 };
}

/**
 * The share of time stalled between two readings `elapsedMs` apart, exact from the totals; without an earlier reading the kernel's
 * average of the last ten seconds.
 */
export function stalledShare(before: Stall | undefined, after: Stall, elapsedMs: number): number {
  const stalled = before ? after.totalMs - before.totalMs : Number.NaN;
  if (!(elapsedMs > 0) || !(stalled >= 0)) return Math.min(1, after.averageRatio);
  return Math.min(1, stalled / elapsedMs);
}
