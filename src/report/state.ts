import type { Alert } from "../model/alert.js";
import type { Tone } from "../model/message.js";
import { SEVERITY_RANK } from "../model/rule.js";
import type { MeasureState } from "../model/view.js";
import type { Measured } from "./runs.js";
import { ageOf, isFresh } from "./runs.js";

export function stateOf(item: Measured, now: number): MeasureState {
  const { run } = item;
  if (run === undefined) return { is: "never" };
  if (!isFresh(item, now)) return { is: "stale", ageMs: ageOf(run, now) };
  if (run.result.status === "failed") {
    return { is: "failed", failure: run.result.failure, detail: run.result.detail, ageMs: ageOf(run, now) };
  }
  const success = run.samples.find((sample) => sample.series === "probe_success");
  if (success?.value !== 0) return { is: "well" };
  return success.reason === undefined ? { is: "bad" } : { is: "bad", reason: success.reason };
}

/** Alerts that burn, the severest first, then the oldest. */
export function firingOf(alerts: readonly Alert[], target: string): readonly Alert[] {
  return alerts
    .filter((alert) => alert.target === target && alert.state === "firing")
    .toSorted(
      (a, b) =>
        SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] ||
        (a.firingSince ?? 0) - (b.firingSince ?? 0) ||
        (a.fingerprint < b.fingerprint ? -1 : 1),
    );
}

/** The tone of one target: its worst alert; unknown when it cannot be measured; a bad answer without an alert is at least a warning. */
export function toneOfTarget(state: MeasureState, firing: readonly Alert[]): Tone {
  const worst = firing[0]?.severity;
  if (worst === "critical" || worst === "warning") return worst;
  if (state.is === "bad") return "warning";
  if (state.is !== "well") return "unknown";
  return worst ?? "well";
}
