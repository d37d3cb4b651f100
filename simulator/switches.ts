import type { Random } from "./random.js";

/**
 * What Discord does not document. Each switch starts in its hostile setting, so that a program which passes here does
 * not depend on a guess; a test may soften one.
 */
export interface Switches {
  /** `seeded`: bucket sizes differ from run to run. `observed`: the numbers people have seen, such as 5 messages in 5 s. */
  readonly bucketSizes: "seeded" | "observed";
  /** Share of answers (0 to 1) that lack their rate-limit headers. */
  readonly missingHeaders: number;
  /** How long `enforce_nonce` remembers; Discord says "the past few minutes". Milliseconds. */
  readonly nonceWindowMs: number;
  /** Re-using the nonce of a message that was deleted: 404 10008, or a new message. */
  readonly deletedNonce: "unknown-message" | "new-message";
  /** Edits of messages older than an hour before error 30046; the number is unpublished. */
  readonly oldMessageEdits: { readonly limit: number; readonly windowMs: number };
  /** Answer to `@original` before any response. */
  readonly originalBeforeResponse: "UnknownMessage" | "UnknownWebhook";
  /** Share of gateway events that are sent twice. */
  readonly duplicateEvents: number;
  /** Share of gateway events that swap places with their successor. */
  readonly reorderedEvents: number;
  /** How long a cut gateway session can be resumed. Milliseconds. */
  readonly resumeWindowMs: number;
  readonly heartbeatIntervalMs: number;
  /** How long the edge refuses an address after 10,000 invalid requests. Milliseconds. */
  readonly edgeBanMs: number;
  /** Privileged intents that the application may use, as bits. */
  readonly privilegedIntents: number;
  /** Whether READY is followed by GUILD_CREATE for the guild at once, late (milliseconds), or never. */
  readonly guildCreate: "at-once" | "never" | number;
}

/** The hostile defaults of one run. */
export function hostileSwitches(random: Random): Switches {
  return {
    bucketSizes: "seeded",
    missingHeaders: 0.05,
    nonceWindowMs: 60_000 + Math.floor(random() * 60_000),
    deletedNonce: "unknown-message",
    oldMessageEdits: { limit: 2, windowMs: 3_600_000 },
    originalBeforeResponse: "UnknownWebhook",
    duplicateEvents: 0,
    reorderedEvents: 0,
    resumeWindowMs: 90_000,
    heartbeatIntervalMs: 41_250,
    edgeBanMs: 600_000,
    privilegedIntents: 0,
    guildCreate: "at-once",
  };
}
