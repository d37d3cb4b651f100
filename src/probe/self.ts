import { z } from "zod";

import type { Clock } from "../base/clock.js";
import type { OwnNumbers, Probe, ProbeKind } from "../model/contract/probe.js";
import type { Sample, SeriesSpec } from "../model/sample.js";

export const SELF_SERIES = [
  { name: "toban_loop_lag_seconds", unit: "seconds", kind: "gauge", help: "Delay of the event loop, 99th percentile." },
  {
    name: "toban_store_write_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Time of a store transaction, 99th percentile.",
  },
  { name: "toban_store_read_seconds", unit: "seconds", kind: "gauge", help: "Time of a store read, median." },
  {
    name: "toban_store_success_ratio",
    unit: "ratio",
    kind: "gauge",
    help: "Share of the last store transactions that succeeded at the first try.",
  },
  { name: "toban_outbox_pending", unit: "count", kind: "gauge", help: "Announcements that wait to be sent." },
  { name: "toban_outbox_oldest_seconds", unit: "seconds", kind: "gauge", help: "Age of the oldest that waits." },
  { name: "toban_outbox_dead", unit: "count", kind: "gauge", help: "Announcements that were given up." },
  {
    name: "toban_clock_step_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "The largest recent step of the wall clock against the monotonic one.",
  },
  { name: "toban_cpu_ratio", unit: "ratio", kind: "gauge", help: "Own processor time, as a share of one core." },
  { name: "toban_resident_bytes", unit: "bytes", kind: "gauge", help: "Own resident memory." },
  { name: "toban_uptime_seconds", unit: "seconds", kind: "gauge", help: "Since this process started." },
  {
    name: "toban_scrape_overruns_total",
    unit: "count",
    kind: "counter",
    help: "Runs left out because the last one was still under way.",
  },
  {
    name: "toban_commands_p50_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Handling of the last 100 commands, median.",
  },
  {
    name: "toban_commands_p95_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Handling of the last 100 commands, 95th percentile.",
  },
  { name: "toban_commands_per_minute", unit: "count", kind: "gauge", help: "Commands in the last minute." },
] as const satisfies readonly SeriesSpec[];

type SelfSeries = (typeof SELF_SERIES)[number]["name"];

/** What the operating system knows about this process. */
export interface OwnUsage {
  /** User and system time since start, in microseconds. */
  cpuMicroseconds(): number;
  residentBytes(): number;
}

const processUsage: OwnUsage = {
  cpuMicroseconds: () => {
    const usage = process.cpuUsage();
    return usage.user + usage.system;
  },
  residentBytes: () => process.memoryUsage.rss(),
};

/** The program itself, from numbers handed in and from its own process. */
export function createSelfProbe(
  deps: { readonly clock: Clock; readonly own: () => OwnNumbers },
  usage: OwnUsage = processUsage,
): Probe {
  let before: { readonly at: number; readonly cpu: number } | undefined;

  const ownCpuRatio = (): number | undefined => {
    const now = { at: deps.clock.monotonic(), cpu: usage.cpuMicroseconds() };
    const last = before;
    before = now;
    return last && now.at > last.at ? (now.cpu - last.cpu) / 1_000 / (now.at - last.at) : undefined;
  };

  return {
    run() {
      const own = deps.own();
      const values: Readonly<Record<SelfSeries, number | undefined>> = {
        toban_loop_lag_seconds: own.loopLagP99Seconds,
        toban_store_write_seconds: own.storeWriteP99Seconds,
        toban_store_read_seconds: own.storeReadMedianSeconds,
        toban_store_success_ratio: own.storeSuccessRatio,
        toban_outbox_pending: own.outboxPending,
        toban_outbox_oldest_seconds: own.outboxOldestSeconds,
        toban_outbox_dead: own.outboxDead,
        toban_clock_step_seconds: own.clockStepSeconds,
        toban_cpu_ratio: ownCpuRatio(),
        toban_resident_bytes: usage.residentBytes(),
        toban_uptime_seconds: Math.max(0, deps.clock.now() - own.startedAt) / 1_000,
        toban_scrape_overruns_total: own.scrapeOverruns,
        toban_commands_p50_seconds: own.commandsP50Seconds,
        toban_commands_p95_seconds: own.commandsP95Seconds,
        toban_commands_per_minute: own.commandsPerMinute,
      };
      return Promise.resolve({
        status: "ok",
        samples: present(values),
        facts: {
          kind: "self",
          version: own.version,
          startedAt: own.startedAt,
          store: own.storeMode,
          ...(own.storeTrouble !== undefined && { storeTrouble: own.storeTrouble }),
        },
      });
    },
  };
}

/** The values that are known, as samples without labels. */
export function present(values: Readonly<Record<string, number | undefined>>): readonly Sample[] {
  return Object.entries(values).flatMap(([series, value]) =>
    value === undefined ? [] : [{ series, labels: {}, value }],
  );
}

export const self: ProbeKind<Record<string, never>> = {
  kind: "self",
  help: "Toban itself: event loop, store, outbox, commands, clock, its own processor time and memory.",
  options: z.strictObject({}),
  series: SELF_SERIES,
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 1_000,
  remote: () => false,
  create: (_target, deps) => createSelfProbe(deps),
};
