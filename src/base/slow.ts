import type { Logger } from "./log.js";

/** A call that takes longer is worth a word in the log, wherever it goes to. */
export const SLOW_MS = 1_000;

/** Warns of a call that took long. `what` is one of a few static words; the rest is in the fields. */
export function warnIfSlow(
  log: Pick<Logger, "warn">,
  what: string,
  durationMs: number,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  if (durationMs > SLOW_MS) log.warn({ what, duration_ms: Math.round(durationMs), ...fields }, "slow call");
}
