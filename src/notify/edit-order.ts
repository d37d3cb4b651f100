import type { Severity } from "../model/rule.js";

/** A message that shows less than is known. */
export interface StaleMessage {
  readonly incident: string;
  readonly channel: string;
  readonly severity: Severity;
  /** Whether alerts stand in the incident that can be read nowhere yet; otherwise what it lacks is ends and values. */
  readonly unread: boolean;
  /** Since when it has been out of date; monotonic milliseconds. */
  readonly since: number;
}

/** How much older a milder message must be to go first: what is severe goes before, and nothing starves. */
const HEAD_START_MS: Readonly<Record<Severity, number>> = { critical: 2_000, warning: 1_000, info: 0 };

function rankedSince({ since, severity }: StaleMessage): number {
  return since - HEAD_START_MS[severity];
}

/**
 * Which of a channel's messages is edited first. Edits are few, so they are spent on what cannot be read anywhere, the longest wait
 * first; newer values and ends of what is already read come after.
 */
export function byNeed(a: StaleMessage, b: StaleMessage): number {
  if (a.unread !== b.unread) return a.unread ? -1 : 1;
  return rankedSince(a) - rankedSince(b);
}
