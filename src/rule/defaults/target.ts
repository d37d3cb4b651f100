import { PROBE_FAILED_SERIES } from "../../model/rule.js";
import type { RuleDefinition } from "../definition.js";

/** One bad run is too few to begin, and yet no good one: it must not count towards the end. */
const NONE_IN_A_ROW = { by: "to", threshold: { op: "<", value: 1 } } as const;

/** What any target may suffer from. */
export const TARGET_RULES = {
  TargetDown: {
    series: "probe_success",
    reduction: { by: "in_a_row", bad: { op: "<", value: 1 } },
    unit: "bool",
    op: ">=",
    limits: { critical: 2 },
    forMs: 0,
    margin: NONE_IN_A_ROW,
    goodRuns: 2,
    // A unit that is not as it should be has rules of its own, which say more.
    kinds: { except: ["unit"] },
  },
  ProbeFailed: {
    series: PROBE_FAILED_SERIES,
    reduction: { by: "in_a_row", bad: { op: ">=", value: 1 } },
    unit: "bool",
    op: ">=",
    limits: { warning: 3 },
    forMs: 0,
    margin: NONE_IN_A_ROW,
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
