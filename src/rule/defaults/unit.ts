import type { RuleDefinition } from "../definition.js";

/** What a systemd unit may suffer from. */
export const UNIT_RULES = {
  UnitFailed: {
    series: "unit_failed",
    reduction: { by: "last" },
    unit: "bool",
    op: ">=",
    limits: { critical: 1 },
    forMs: 0,
    keepFiringForMs: 30_000,
  },
  UnitRestarted: {
    series: "unit_restarts_total",
    // Over after ten quiet minutes, because that is when the last restart leaves the window.
    reduction: { by: "increase", windowMs: 10 * 60_000 },
    unit: "count",
    op: ">=",
    limits: { warning: 1, critical: 5 },
    forMs: 0,
  },
  UnitInactive: {
    // Not `unit_active`: a unit may be wanted inactive, and success means "as it should be".
    series: "probe_success",
    reduction: { by: "last" },
    unit: "bool",
    op: "<",
    limits: { critical: 1 },
    forMs: 30_000,
    keepFiringForMs: 30_000,
    kinds: { only: ["unit"] },
    inhibitedBy: ["UnitFailed"],
    // Between two restarts of a crash loop it has failed at nearly every look: that is told once, by UnitRestarted.
    inhibitedWhen: { UnitRestarted: ["failed"] },
  },
  UnitStuck: {
    series: "unit_state_overdue_seconds",
    reduction: { by: "last" },
    unit: "seconds",
    op: ">",
    limits: { warning: 0 },
    // Where the state itself is wrong, UnitInactive says so first.
    forMs: 60_000,
    keepFiringForMs: 30_000,
    inhibitedBy: ["UnitInactive", "UnitFailed"],
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
