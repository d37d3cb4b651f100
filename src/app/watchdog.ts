import type { Clock, Timer } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import type { ServiceManager } from "./systemd-notify.js";

/** A loop whose progress keeps the process alive. */
export interface Watched {
  readonly name: string;
  /** Monotonic moment of its last progress. */
  readonly lastProgressAt: () => number;
  /** Without progress for so long, it is stuck. */
  readonly stuckAfterMs: number;
}

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

  const runOnce = async (): Promise<readonly string[]> => {
    const now = clock.monotonic();
    const stuck = loops.filter((loop) => now - loop.lastProgressAt() > loop.stuckAfterMs).map((loop) => loop.name);
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
