import type { Severity } from "./rule.js";

/**
 * Which alerts go where. An alert goes to every route that matches; routes with the same channel are one. What no route
 * takes goes to the fallbacks.
 */
export interface Route {
  readonly match: {
    readonly severity?: readonly Severity[];
    /** Globs over target names. */
    readonly targets?: readonly string[];
    /** Globs over rule names. */
    readonly rules?: readonly string[];
  };
  /** Takes only what no other route takes. */
  readonly fallback?: boolean;
  readonly channel: string;
  /** `role:<id>` or `user:<id>`; pinged by announcements, never by edits. */
  readonly mentions: readonly string[];
  /** `target`, `rule`, `severity` or a label's name. */
  readonly groupBy: readonly string[];
  readonly groupIntervalMs: number;
  /** 0: never. */
  readonly repeatIntervalMs: Readonly<Record<Severity, number>>;
  readonly reopenWithinMs: number;
}

export const ROUTE_DEFAULTS: Omit<Route, "channel"> = {
  match: {},
  mentions: [],
  groupBy: ["target"],
  groupIntervalMs: 30_000,
  repeatIntervalMs: { critical: 4 * 3_600_000, warning: 24 * 3_600_000, info: 0 },
  reopenWithinMs: 10 * 60_000,
};
