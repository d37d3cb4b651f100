/** How a check of the set-up went. */
export const FINDING_STATES = ["well", "warning", "failed", "skipped"] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** One thing that was looked at. */
export interface Finding {
  /** The check's name, kebab-case. */
  readonly check: string;
  readonly state: FindingState;
  /** What was found, in one sentence. */
  readonly found: string;
  /** The one thing to do about it; always there when something failed. */
  readonly remedy?: string;
  /** Discord itself said so: it does not change by waiting. */
  readonly final?: true;
  /** It can be done without. */
  readonly optional?: true;
  /** Discord refuses this bot for good. */
  readonly refused?: true;
}
