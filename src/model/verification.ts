import type { Reason } from "./reason.js";

/** What speaks against it, as a closed set; each has words in every catalogue. */
export const VERIFICATION_FAULTS = [
  /** The unit is not active although it should be. */
  "not_active",
  /** The unit is still active although it was stopped. */
  "still_active",
  /** Its main process is the one from before. */
  "same_process",
  /** It was started again while it was watched. */
  "restarted_again",
  /** The target's own probe gets a bad answer. */
  "bad_answer",
  /** Its logs have new errors. */
  "new_errors",
] as const;
export type VerificationFault = (typeof VERIFICATION_FAULTS)[number];

/** What a target's own probe found. */
export interface ProbeAnswer {
  readonly kind: string;
  readonly success: boolean;
  readonly reason?: Reason;
  readonly status?: number;
  readonly seconds?: number;
}

/** What was seen of a target in the time after an action, and what follows from it. Absent: not known, or not to be known. */
export interface Verification {
  /** `unverifiable`: nothing could be measured that says anything. */
  readonly verdict: "verified" | "not_verified" | "unverifiable";
  /** Empty unless `not_verified`. */
  readonly faults: readonly VerificationFault[];
  readonly watchedMs: number;
  readonly active?: string;
  readonly sub?: string;
  readonly pidBefore?: number;
  readonly pidAfter?: number;
  /** The newest answer of the target's own probe. */
  readonly answer?: ProbeAnswer;
  /** Error lines that its logs have gained. */
  readonly newErrors?: number;
}
