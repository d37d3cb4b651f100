import { runChild } from "../base/child.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/log.js";

/** The service manager, if it started us. */
export interface ServiceManager {
  /** How often it wants to hear of us; undefined: it does not watch. */
  readonly watchdogMs: number | undefined;
  notify(...states: readonly string[]): Promise<void>;
}

interface NotifyEnv {
  readonly NOTIFY_SOCKET?: string;
  readonly WATCHDOG_USEC?: string;
  readonly PATH?: string;
}

const NOTIFY_TIMEOUT_MS = 5_000;

/**
 * Talks to systemd through `systemd-notify`: Node has no datagram sockets of the unix kind, and this is said only at start,
 * stop and twice per watchdog period.
 */
export function serviceManager(clock: Clock, log: Logger, env: NotifyEnv): ServiceManager {
  const socket = env.NOTIFY_SOCKET;
  const watchdogUs = Number(env.WATCHDOG_USEC);
  return {
    watchdogMs: socket !== undefined && watchdogUs > 0 ? watchdogUs / 1_000 : undefined,
    async notify(...states) {
      if (socket === undefined) return;
      const outcome = await runChild(clock, {
        file: "systemd-notify",
        args: states,
        deadlineMs: NOTIFY_TIMEOUT_MS,
        env: { NOTIFY_SOCKET: socket, PATH: env.PATH ?? "/usr/bin:/bin" },
      });
      if (outcome.status !== "exited" || outcome.code !== 0) log.warn({ outcome, states }, "systemd could not be told");
    },
  };
}
