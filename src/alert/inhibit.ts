import type { Alert } from "../model/alert.js";

/** An alert that fires and stands in no message yet. */
export interface Waiting {
  readonly alert: Alert;
  /** Names of the rules that mute its rule. */
  readonly inhibitedBy: readonly string[];
}

/** Why an alert is not said for now. */
export type MuteReason =
  /** A person has stopped the target: that it is down is what they wanted. */
  | { readonly by: "stopped" }
  | { readonly by: "inhibited"; readonly rule: string }
  /** Just started: what would inhibit it may not have been measured yet. */
  | { readonly by: "warming_up" };

export interface Inhibited {
  readonly free: readonly Alert[];
  readonly muted: readonly { readonly alert: Alert; readonly why: MuteReason }[];
}

export interface InhibitAround {
  /** Names of the rules that fire for this target. */
  firing(target: string): ReadonlySet<string>;
  readonly warmingUp: boolean;
  /** Whether a person has stopped this target, and it has not run since. */
  stopped(target: string): boolean;
}

/**
 * First stage: what another rule explains is not said while that one fires, and what a person has stopped is not said to be down. Only the beginning is held back: an alert that has
 * been said goes its way to the end, and one that still fires when its cause is over is said then.
 */
export function inhibit(waiting: readonly Waiting[], around: InhibitAround): Inhibited {
  const free: Alert[] = [];
  const muted: { alert: Alert; why: MuteReason }[] = [];
  for (const { alert, inhibitedBy } of waiting) {
    const why = muteReason(alert, inhibitedBy, around);
    if (why) muted.push({ alert, why });
    else free.push(alert);
  }
  return { free, muted };
}

function muteReason(alert: Alert, inhibitedBy: readonly string[], around: InhibitAround): MuteReason | undefined {
  if (around.stopped(alert.target)) return { by: "stopped" };
  if (inhibitedBy.length === 0) return undefined;
  const firing = around.firing(alert.target);
  const rule = inhibitedBy.find((name) => name !== alert.rule && firing.has(name));
  if (rule !== undefined) return { by: "inhibited", rule };
  return around.warmingUp ? { by: "warming_up" } : undefined;
}
