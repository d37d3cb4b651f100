import { z } from "zod";

import { unitName, unitType } from "../base/systemd/unit-name.js";
import type { UnitState } from "../base/systemd/unit-state.js";
import type { Probe, ProbeDeps, ProbeKind } from "../model/contract/probe.js";
import type { UnitFacts } from "../model/facts.js";
import type { Reason } from "../model/reason.js";
import type { ProbeResult } from "../model/run.js";
import type { Sample, SeriesSpec } from "../model/sample.js";
import { SystemdManager } from "./systemd/manager.js";

const UNIT_SERIES = [
  {
    name: "unit_active",
    unit: "bool",
    kind: "gauge",
    help: "1 while the unit is active or reloading. Only for units that are expected to be active.",
  },
  { name: "unit_failed", unit: "bool", kind: "gauge", help: "1 while the unit is in the state failed." },
  {
    name: "unit_state_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "How long the unit has been in its present state; while it starts, reloads or stops, in the present step of that.",
  },
  {
    name: "unit_state_overdue_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "By how much starting, reloading or stopping has taken longer than the unit's own timeout, or than 5 min if it has none. Otherwise 0.",
  },
  {
    name: "unit_restarts_total",
    unit: "count",
    kind: "counter",
    help: "Automatic restarts by systemd since somebody started the unit last. Services only.",
  },
  {
    name: "unit_memory_bytes",
    unit: "bytes",
    kind: "gauge",
    help: "Memory of all processes of the unit, if systemd counts it.",
  },
  {
    name: "unit_cpu_seconds_total",
    unit: "seconds",
    kind: "counter",
    help: "Processor time of all processes of the unit, if systemd counts it.",
  },
  {
    name: "unit_tasks",
    unit: "count",
    kind: "gauge",
    help: "Processes and threads of the unit, if systemd counts them.",
  },
] as const satisfies readonly SeriesSpec[];

type UnitSeries = (typeof UNIT_SERIES)[number]["name"];

const UNIT_EXPECTATIONS = ["active", "inactive", "not-failed"] as const;
export type UnitExpectation = (typeof UNIT_EXPECTATIONS)[number];

const options = z.strictObject({
  unit: z
    .string()
    .transform((written, context): string => {
      const unit = unitName(written);
      if (unit.ok) return unit.name;
      context.addIssue({ code: "custom", message: unit.message, input: written });
      return z.NEVER;
    })
    .describe("The systemd unit; without a type it is a service (`nginx` means `nginx.service`)."),
  expect: z
    .enum(UNIT_EXPECTATIONS)
    .default("active")
    .describe(
      "The state it should be in. `inactive`: it must not run. `not-failed`: it may run or not, as a job started by a timer.",
    ),
});
export type UnitOptions = z.output<typeof options>;

/** Running as far as others are concerned: a unit that reloads goes on serving. */
const ACTIVE_STATES: readonly string[] = ["active", "reloading", "refreshing"];

/** Where systemd waits before it starts a service again by itself; the second is of systemd 254 and newer. */
const WAITING_FOR_RESTART: readonly string[] = ["auto-restart", "auto-restart-queued"];

/** How long a start, a reload or a stop may take where the unit itself sets no limit. */
const STEP_LIMIT_MS = 5 * 60_000;

/**
 * By how much the present step of a start, a reload or a stop has outlasted its limit, in milliseconds: 0 while it has not, and in
 * every other state.
 */
function overdueMs(state: UnitState, ageMs: number): number {
  if (WAITING_FOR_RESTART.includes(state.sub)) return 0;
  switch (state.active) {
    case "activating":
    case "reloading":
    case "refreshing":
      return Math.max(0, ageMs - (state.startTimeoutMs ?? STEP_LIMIT_MS));
    case "deactivating":
      return Math.max(0, ageMs - (state.stopTimeoutMs ?? STEP_LIMIT_MS));
    default:
      return 0;
  }
}

/** In milliseconds; undefined where systemd tells no time. */
function ageOf(state: UnitState, now: number): number | undefined {
  const stepping = ["activating", "reloading", "refreshing", "deactivating"].includes(state.active);
  const since = (stepping ? state.steppedAt : undefined) ?? state.since;
  return since === undefined ? undefined : Math.max(0, now - since);
}

/**
 * What is wrong with the unit's state, if anything. On the way from one state to another (`activating`, `deactivating`) it is
 * not active yet, or no longer: how long that may last is for a rule to say, until it has outlasted its limit (`overdue`,
 * milliseconds). A unit that waits for its automatic restart has just failed, although systemd calls it `activating`.
 */
export function judge(state: UnitState, expected: UnitExpectation, overdue: number = 0): Reason | undefined {
  const failed = state.active === "failed" || WAITING_FOR_RESTART.includes(state.sub);
  const active = ACTIVE_STATES.includes(state.active);
  if (failed) return "failed";
  if (state.mainEnded) return "died_reloading";
  if (overdue > 0) return stuck(state.active, expected);
  if (expected === "active" && !active) return whyInactive(state.load);
  if (expected === "not-failed" && state.load === "not-found" && !active) return "not_found";
  if (expected === "inactive" && (active || state.active === "activating")) return "unexpectedly_active";
  return undefined;
}

/** A job that is not expected to be active may take its time: that is worth a rule of its own, but is not the wrong state. */
function stuck(active: string, expected: UnitExpectation): Reason | undefined {
  if (active === "deactivating") return "stuck_stopping";
  if (expected === "inactive") return "unexpectedly_active";
  if (active === "activating") return expected === "active" ? "stuck_starting" : undefined;
  return "stuck_reloading";
}

/** One run's result from what systemd said. `now`: UTC milliseconds; without it no age is told. */
export function measured(name: string, state: UnitState, expected: UnitExpectation, now?: number): ProbeResult {
  const ageMs = now === undefined ? undefined : ageOf(state, now);
  const overdue = ageMs === undefined ? undefined : overdueMs(state, ageMs);
  const reason = judge(state, expected, overdue);
  const values: Readonly<Record<UnitSeries, number | undefined>> = {
    unit_active: expected === "active" ? Number(ACTIVE_STATES.includes(state.active)) : undefined,
    // On its way to a restart (systemd 254 and newer) it has not failed for good.
    unit_failed: Number(state.active === "failed" && state.sub !== "failed-before-auto-restart"),
    unit_state_seconds: ageMs === undefined ? undefined : ageMs / 1_000,
    unit_state_overdue_seconds: overdue === undefined ? undefined : overdue / 1_000,
    unit_restarts_total: state.restarts,
    unit_memory_bytes: state.memoryBytes,
    unit_cpu_seconds_total: state.cpuSeconds,
    unit_tasks: state.tasks,
  };
  const samples = Object.entries(values).flatMap(([series, value]): Sample[] =>
    value === undefined ? [] : [{ series, labels: {}, value }],
  );
  const success: Sample = { series: "probe_success", labels: {}, value: reason ? 0 : 1, ...(reason && { reason }) };
  return { status: "ok", samples: [success, ...samples], facts: factsOf(name, state) };
}

/** Why it does not run, as far as the state of its unit file tells. */
function whyInactive(load: string): Reason {
  if (load === "not-found") return "not_found";
  return load === "masked" ? "masked" : "inactive";
}

function factsOf(unit: string, state: UnitState): UnitFacts {
  return {
    kind: "unit",
    unit: state.id ?? unit,
    load: state.load,
    active: state.active,
    sub: state.sub,
    ...(state.result !== undefined && { result: state.result }),
    ...(state.mainPid !== undefined && { mainPid: state.mainPid }),
    ...(state.exitStatus !== undefined && { exitStatus: state.exitStatus }),
    ...(state.since !== undefined && { since: state.since }),
    ...(state.lastFailure !== undefined && { lastFailure: state.lastFailure }),
    ...(state.description !== undefined && { description: state.description }),
  };
}

interface Shared {
  readonly manager: SystemdManager;
  users: number;
}

/** One connection for all unit probes that were given the same dependencies; it is closed with the last of them. */
const shared = new WeakMap<ProbeDeps, Shared>();

function join(deps: ProbeDeps): { readonly manager: SystemdManager; leave(): void } {
  let entry = shared.get(deps);
  if (!entry) {
    entry = {
      manager: new SystemdManager({ address: deps.systemBusAddress, clock: deps.clock, log: deps.log }),
      users: 0,
    };
    shared.set(deps, entry);
  }
  const joined = entry;
  joined.users += 1;
  let left = false;
  return {
    manager: joined.manager,
    leave() {
      if (left) return;
      left = true;
      joined.users -= 1;
      if (joined.users > 0) return;
      shared.delete(deps);
      joined.manager.close();
    },
  };
}

export const unit: ProbeKind<UnitOptions> = {
  kind: "unit",
  help: "A systemd unit: its state, restarts and resources, with word of changes as they happen.",
  options,
  series: UNIT_SERIES,
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 5_000,
  remote: () => false,
  unitOf: ({ unit: name }) => name,
  create(target, deps): Probe {
    const name = target.options.unit;
    const type = unitType(name);
    const user = join(deps);
    return {
      async run(signal) {
        const reading = await user.manager.read(name, type, signal);
        if (reading.ok) return measured(name, reading.state, target.options.expect, deps.clock.now());
        return { status: "failed", failure: reading.failure, detail: reading.detail };
      },
      watch: (onChange) => user.manager.watch(name, onChange),
      close() {
        user.leave();
        return Promise.resolve();
      },
    };
  },
};
