import type { Alert } from "./alert.js";
import type { Message } from "./message.js";
import type { Severity } from "./rule.js";

/** So many episodes are named one by one; a crowd is told by the time in which it joined, so that a storm's rows stay small. */
export const MOST_NAMED = 100;

/** A beginning or an end of an incident. */
export interface IncidentTurn {
  readonly at: number;
  readonly to: "opened" | "ended" | "reopened";
  /** Of what fires from then on; of what had fired, at an end. */
  readonly severity: Severity;
}

/** One group of alerts in one channel, from first firing to last end. */
export interface Incident {
  /** UUIDv7, base 36. */
  readonly id: string;
  /** What people call it: counts up from 1. */
  readonly number: number;
  readonly channel: string;
  /** Which alerts belong together: canonical text of the grouping labels. At most one open incident per group and channel. */
  readonly group: string;
  readonly kind: "group" | "storm";
  /** Rises with everything the message should show anew. */
  readonly revision: number;
  readonly openedAt: number;
  /** When something last fired again after it had ended. */
  readonly reopenedAt?: number;
  readonly endedAt?: number;
  /** `gone` only if nothing in it recovered. */
  readonly outcome?: "recovered" | "gone";
  /** The severest level that has been announced and still stands: what rises above it speaks again. */
  readonly announcedSeverity: Severity;
  /** When something was last announced that may ping: for repeats. */
  readonly announcedAt: number;
  /** New critical alerts wait here until `groupInterval` has passed; episodes, at most {@link MOST_NAMED} of them. */
  readonly joining: readonly string[];
  readonly joiningSince?: number;
  /** When the process was away at the time something ended, so that it can be said. */
  readonly away?: TimeSpan;
  /** The newest of its beginnings and ends, oldest first. */
  readonly turns?: readonly IncidentTurn[];
  /** Users, roles to ping, as the route said when it opened (`role:123`, `user:456`). */
  readonly mentions: readonly string[];
}

/** UTC milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** An episode's entry in an incident. It keeps its last look when the alert's row has moved on to a new episode. */
export interface IncidentAlert {
  readonly incident: string;
  readonly episode: string;
  readonly joinedAt: number;
  readonly endedAt?: number;
  readonly alert: Alert;
}

/** Why something is said. */
export const ANNOUNCEMENT_KINDS = [
  "opened",
  "rose",
  "joined",
  "repeated",
  "reopened",
  "continued",
  "reposted",
  /** A line in the incident's thread. */
  "thread",
  "notice",
  "answer",
] as const;
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number];

/** What is to be said: a post in a channel, rendered when it is sent. Rows of the outbox. */
export interface Announcement {
  /** UUIDv7, base 36, 25 characters: Discord's nonce. */
  readonly id: string;
  readonly channel: string;
  readonly kind: AnnouncementKind;
  readonly severity: Severity;
  readonly incident?: string;
  /** Episodes it is about (those that joined, rose …). */
  readonly episodes: readonly string[];
  /** There are too many to name: it is also about the critical alerts that joined its incident in this time, both ends included. */
  readonly joinedIn?: TimeSpan;
  /** For `notice`: a catalogue key and its values, so that it is said in the configured language of the moment of sending. */
  readonly notice?: { readonly key: string; readonly values: Readonly<Record<string, string | number>> };
  /** For `thread`: what the line tells of. */
  readonly turns?: readonly IncidentTurn[];
  /** For `answer`: what was asked for and came too late for its place, as it is to be posted. */
  readonly answer?: Message;
  readonly createdAt: number;
}

export const OUTBOX_STATES = ["pending", "sending", "sent", "dead", "dropped"] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

export interface OutboxRow extends Announcement {
  readonly state: OutboxState;
  readonly attempts: number;
  /** When the request that may have been accepted was last begun. */
  readonly sendingSince?: number;
  readonly dueAt: number;
  readonly sentAt?: number;
  readonly messageId?: string;
  /** How the last attempt ended. */
  readonly lastVerdict?: string;
  /** How far the content was cut down after a refusal: 0 full, 1 shrunk, 2 plain content. */
  readonly reduced: number;
  /** For `thread`: in which thread it was last tried. */
  readonly thread?: string;
  /** For `thread`: what a refusal has led to: the thread was opened anew once, or the channel has to do. */
  readonly detour?: "unarchived" | "channel";
}

/** What stands where. One row per incident and channel. */
export interface ShownMessage {
  readonly incident: string;
  readonly channel: string;
  readonly messageId: string;
  /** The announcement that made it. */
  readonly announcement: string;
  readonly shownRevision: number;
  readonly postedAt: number;
  readonly editedAt?: number;
  /** Not before: set by a refusal or a rate limit. */
  readonly dueAt: number;
  readonly attempts: number;
  /** How the last edit ended. */
  readonly lastVerdict?: string;
  readonly reposted: boolean;
}
