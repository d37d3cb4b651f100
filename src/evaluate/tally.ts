import type { Alert } from "../model/alert.js";
import type { Severity } from "../model/rule.js";
import { SEVERITIES } from "../model/rule.js";

/** How many alerts of an incident fire, by severity, and how those that do not have ended. */
export type Tally = Readonly<Record<Severity | "resolved" | "gone", number>>;

export const EMPTY_TALLY: Tally = { critical: 0, warning: 0, info: 0, resolved: 0, gone: 0 };

/** Where an alert counts: by its severity while it fires, else by its end. */
export function countOf(alert: Alert): keyof Tally {
  if (alert.state === "firing") return alert.severity;
  return alert.state === "gone" ? "gone" : "resolved";
}

export function counted(tally: Tally, as: keyof Tally, by: 1 | -1): Tally {
  return { ...tally, [as]: tally[as] + by };
}

/** The severest level that fires; undefined: none does. */
export function severestOf(tally: Tally): Severity | undefined {
  return SEVERITIES.find((severity) => tally[severity] > 0);
}
