/** No run may take longer, whatever its interval. */
export const LONGEST_DEADLINE_MS = 10_000;

/** A run must be over before the next one is due, with room to spare. */
const SHARE_OF_INTERVAL = 0.8;

/** The deadline of one run in milliseconds: 80 % of the interval, the wanted time-out (the kind's default) or 10 s, whichever is shortest. */
export function deadlineOf(intervalMs: number, wantedMs: number): number {
  return Math.min(intervalMs * SHARE_OF_INTERVAL, wantedMs, LONGEST_DEADLINE_MS);
}
