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

/**
 * What is wrong with the unit's state, if anything. On the way from one state to another (`activating`, `deactivating`) it is
 * not active yet, or no longer: how long that may last is for a rule to say. A unit that waits for its automatic restart has
 * just failed, although systemd calls it `activating`.
 */
export function judge(state: UnitState, expected: UnitExpectation): Reason | undefined {
  const failed = state.active === "failed" || state.sub === "auto-restart";
  const active = ACTIVE_STATES.includes(state.active);
  if (failed) return "failed";
  if (expected === "active" && !active) return whyInactive(state.load);
  if (expected === "not-failed" && state.load === "not-found" && !active) return "not_found";
  if (expected === "inactive" && (active || state.active === "activating")) return "unexpectedly_active";
  return undefined;
}

/** One run's result from what systemd said. */
export function measured(name: string, state: UnitState, expected: UnitExpectation): ProbeResult {
  const reason = judge(state, expected);
  const values: Readonly<Record<UnitSeries, number | undefined>> = {
    unit_active: expected === "active" ? Number(ACTIVE_STATES.includes(state.active)) : undefined,
    unit_failed: Number(state.active === "failed"),
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
    unit,
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
        if (reading.ok) return measured(name, reading.state, target.options.expect);
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
