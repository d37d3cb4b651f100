import type { RuleDefinition } from "../definition.js";

const MINUTE = 60_000;

/** What Toban itself may suffer from. */
export const TOBAN_RULES = {
  TobanLag: {
    series: "toban_loop_lag_seconds",
    reduction: { by: "last" },
    unit: "seconds",
    op: ">",
    limits: { warning: 0.2, critical: 2 },
    forMs: MINUTE,
  },
  TobanStore: {
    series: "toban_store_write_seconds",
    reduction: { by: "last" },
    unit: "seconds",
    op: ">",
    limits: { warning: 0.25, critical: 2 },
    forMs: MINUTE,
  },
  OutboxOld: {
    series: "toban_outbox_oldest_seconds",
    reduction: { by: "last" },
    unit: "seconds",
    op: ">",
    limits: { warning: 60, critical: 600 },
    forMs: MINUTE,
  },
  ClockJumped: {
    series: "toban_clock_step_seconds",
    // A step shows in one sample only; the window keeps it in view for as long as `for` needs.
    reduction: { by: "largest", windowMs: 5 * MINUTE },
    unit: "seconds",
    op: ">",
    limits: { warning: 2 },
    forMs: MINUTE,
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
