import type { Clock, Timer } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import type { ServiceManager } from "./systemd-notify.js";

/** A loop whose progress keeps the process alive. */
export interface Watched {
  readonly name: string;
  /** Monotonic moment of its last progress. */
  readonly lastProgressAt: () => number;
}

/** A loop without progress for so long is stuck: longer than any deadline within it, and than the slowest loop's turn. */
const STUCK_AFTER_MS = 60_000;
const LEAST_STUCK_AFTER_MS = 15_000;

export interface Watchdog {
  start(): void;
  /** Feeds the watchdog if every loop has made progress; tells which have not. */
  runOnce(): Promise<readonly string[]>;
  stop(): void;
}

/**
 * Feeds systemd's watchdog only while every loop makes progress: a process that is alive but does nothing is worse than one
 * that is started anew. Twice per period, as sd_watchdog_enabled(3) advises.
 */
export function createWatchdog(deps: {
  readonly clock: Clock;
  readonly log: Logger;
  readonly manager: ServiceManager;
  readonly loops: readonly Watched[];
}): Watchdog {
  const { clock, log, manager, loops } = deps;
  let timer: Timer | undefined;
  const period = manager.watchdogMs === undefined ? undefined : manager.watchdogMs / 2;
  const stuckAfterMs = stuckAfter(manager.watchdogMs);

  const runOnce = async (): Promise<readonly string[]> => {
    const now = clock.monotonic();
    const stuck = loops.filter((loop) => now - loop.lastProgressAt() > stuckAfterMs).map((loop) => loop.name);
    if (stuck.length > 0) log.error({ stuck }, "a loop makes no progress; the watchdog is not fed");
    else await manager.notify("WATCHDOG=1");
    return stuck;
  };
  const arm = (): void => {
    if (period === undefined) return;
    timer = clock.setTimeout(() => {
      arm();
      void runOnce();
    }, period);
  };
  return { start: arm, runOnce, stop: () => timer?.cancel() };
}

/** A shorter watchdog is a wish to hear of a stuck loop sooner; below a loop's own deadlines it would only be false. */
function stuckAfter(watchdogMs: number | undefined): number {
  if (watchdogMs === undefined) return STUCK_AFTER_MS;
  return Math.min(STUCK_AFTER_MS, Math.max(LEAST_STUCK_AFTER_MS, (watchdogMs * 2) / 3));
}
