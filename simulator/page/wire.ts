/** What the page and its server say to each other. Plain JSON; shared by both sides, so it imports nothing of either. */
import type { JsonObject } from "../json.js";

export interface PageAttachment {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly contentType: string | null;
}

export interface PageMessage {
  readonly id: string;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  readonly attachments: readonly PageAttachment[];
  readonly type: number;
  readonly ephemeralFor: string | null;
  readonly loading: boolean;
  /** Unix milliseconds of simulated time. */
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly pinned: boolean;
  readonly replyTo: string | null;
  readonly threadId: string | null;
  readonly mentioned: {
    readonly users: readonly string[];
    readonly roles: readonly string[];
    readonly everyone: boolean;
  };
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly interaction: { readonly type: number; readonly name: string; readonly user: string } | null;
}

export interface PageChannel {
  readonly id: string;
  readonly guildId: string | null;
  readonly type: number;
  readonly name: string;
  readonly parentId: string | null;
  readonly archived: boolean;
  readonly locked: boolean;
  readonly topic: string | null;
}

export interface PageMember {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  readonly roles: readonly string[];
  readonly permissions: string;
}

export interface PageGuild {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly members: readonly PageMember[];
}

export interface PageInteraction {
  readonly id: string;
  readonly state: "waiting" | "loading" | "message" | "updated" | "modal" | "choices" | "failed";
  readonly modal: JsonObject | null;
  readonly choices: readonly JsonObject[] | null;
  readonly error: string | null;
}

export interface ShownAction {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly hint: string;
  readonly nature: "real" | "simulated";
  /** Why it cannot be done here, if so. */
  readonly unavailable: string | null;
}

export interface SyncRequest {
  /** The person at the page. */
  readonly as: string;
  /** The channel that is looked at; the ops channel when left out. */
  readonly channelId?: string;
  /** The last revision that was answered; −1 answers at once. */
  readonly since: number;
  /** How far the channel's feed is known; 0 when nothing is. */
  readonly fed: number;
  /** Interactions whose state is of interest. */
  readonly watched: readonly string[];
}

export interface SyncAnswer {
  readonly revision: number;
  /** Simulated time, Unix milliseconds. */
  readonly now: number;
  readonly channelId: string;
  readonly opsChannelId: string;
  readonly guild: PageGuild;
  readonly channels: readonly PageChannel[];
  readonly commands: readonly JsonObject[];
  /** Whether a gateway session of the bot stands. */
  readonly online: boolean;
  readonly fed: number;
  /** The messages are all there are; whatever the page held before is to be forgotten. */
  readonly reset: boolean;
  /** New and changed messages, oldest first. */
  readonly messages: readonly PageMessage[];
  readonly gone: readonly string[];
  readonly interactions: readonly PageInteraction[];
  readonly actions: readonly ShownAction[];
}
