import type { Run } from "../model/run.js";

/** So many untrusted rounds in a row are believed after all, with a mark: trouble of our own must not hide the target's for good. */
export const UNTRUSTED_ROUNDS = 3;

/** What the next decision needs to know of the runs so far. */
export interface FollowUpState {
  /** Whether the target answered well in the last trusted run; `undefined` before the first. */
  readonly success: boolean | undefined;
  /** Untrusted runs in a row, counted up to {@link UNTRUSTED_ROUNDS}. */
  readonly untrustedRounds: number;
}

export const FIRST_RUN: FollowUpState = { success: undefined, untrustedRounds: 0 };

/** `confirm`: a first bad answer is asked for again at once. `remeasure`: the run could not be trusted. */
export type FollowUp = "none" | "confirm" | "remeasure";

/** The scheduler's rule: whether this run calls for another at once. Pure. */
export function followUp(state: FollowUpState, run: Run): { readonly state: FollowUpState; readonly next: FollowUp } {
  const untrustedRounds = roundsAfter(state.untrustedRounds, run);
  if (untrustedRounds > 0) {
    const settled = untrustedRounds >= UNTRUSTED_ROUNDS;
    return { state: { success: state.success, untrustedRounds }, next: settled ? "none" : "remeasure" };
  }
  const success = successOf(run);
  const next = success === false && state.success !== false ? "confirm" : "none";
  return { state: { success: success ?? state.success, untrustedRounds: 0 }, next };
}

/** Untrusted runs in a row, this one included. */
export function roundsAfter(rounds: number, run: Run): number {
  return run.untrusted.length === 0 ? 0 : Math.min(UNTRUSTED_ROUNDS, rounds + 1);
}

/** Whether the target answered as it should; `undefined` when nothing could be measured. */
export function successOf(run: Run): boolean | undefined {
  if (run.result.status === "failed") return undefined;
  const sample = run.samples.find((candidate) => candidate.series === "probe_success");
  return sample && sample.value !== 0;
}
