import { silentLogs } from "../../src/base/log.js";
import type { OwnNumbers, Probe, ProbeDeps, ProbeKind } from "../../src/model/contract/probe.js";
import type { ProbeResult } from "../../src/model/run.js";
import type { Sample } from "../../src/model/sample.js";
import type { Target } from "../../src/model/target.js";
import type { FakeClock } from "./fake-clock.js";
import { z } from "zod";

export function targetOf(name: string, changes: Partial<Target> = {}): Target {
  return {
    name,
    kind: "stub",
    intervalMs: 15_000,
    timeoutMs: 5_000,
    labels: {},
    actions: [],
    options: {},
    checksum: `${name}-1`,
    ...changes,
  };
}

export function ok(...samples: readonly Sample[]): ProbeResult {
  return { status: "ok", samples };
}

export const good: ProbeResult = ok({ series: "stub_value", labels: {}, value: 1 });
export const bad: ProbeResult = ok({ series: "probe_success", labels: {}, value: 0, reason: "refused" });
export const silent: ProbeResult = ok({ series: "probe_success", labels: {}, value: 0, reason: "timeout" });

export const ownNumbers: OwnNumbers = {
  version: "1.2.3",
  startedAt: Date.UTC(2026, 0, 5, 11, 0, 0),
  storeMode: "file",
  outboxPending: 0,
  outboxOldestSeconds: 0,
  outboxDead: 0,
  scrapeOverruns: 0,
  commandsPerMinute: 0,
  gateway: "ready",
  requestsPerMinute: 0,
  rateLimitedTotal: 0,
  invalidTotal: 0,
};

export function depsOf(clock: FakeClock, changes: Partial<ProbeDeps> = {}): ProbeDeps {
  return {
    clock,
    log: silentLogs.for("probe"),
    own: () => ownNumbers,
    procRoot: "/proc",
    sysRoot: "/sys",
    systemBusAddress: undefined,
    ...changes,
  };
}

/** A kind whose probes the test scripts, and that counts what is done to them. */
export interface StubKind extends ProbeKind {
  readonly runs: { readonly target: string; readonly at: number }[];
  readonly closed: string[];
  readonly created: string[];
  readonly unwatched: string[];
  /** Tells a target's probe that something changed. */
  signal(target: string): void;
}

export function stubKind(
  clock: FakeClock,
  script: (target: string, signal: AbortSignal, run: number) => Promise<ProbeResult> | ProbeResult,
  options: { readonly remote?: boolean; readonly watch?: boolean } = {},
): StubKind {
  const listeners = new Map<string, () => void>();
  const kind: StubKind = {
    kind: "stub",
    help: "Does what the test says.",
    options: z.unknown(),
    series: [{ name: "stub_value", unit: "count", kind: "gauge", help: "A value." }],
    defaultIntervalMs: 15_000,
    defaultTimeoutMs: 5_000,
    runs: [],
    closed: [],
    created: [],
    unwatched: [],
    remote: () => options.remote ?? false,
    signal: (target) => listeners.get(target)?.(),
    create(target) {
      kind.created.push(target.name);
      const probe: Probe = {
        async run(signal) {
          kind.runs.push({ target: target.name, at: clock.monotonic() });
          return script(target.name, signal, kind.runs.filter((run) => run.target === target.name).length);
        },
        close() {
          kind.closed.push(target.name);
          return Promise.resolve();
        },
      };
      if (!options.watch) return probe;
      return {
        ...probe,
        watch(onChange) {
          listeners.set(target.name, onChange);
          return () => {
            listeners.delete(target.name);
            kind.unwatched.push(target.name);
          };
        },
      };
    },
  };
  return kind;
}

/** Resolves with `result` after `ms` of the clock, or rejects as soon as the signal aborts. */
export async function after(
  clock: FakeClock,
  ms: number,
  result: ProbeResult,
  signal: AbortSignal,
): Promise<ProbeResult> {
  await clock.sleep(ms, signal);
  return result;
}
