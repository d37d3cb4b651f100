import type { JsonObject } from "./json.js";

/** Discord's channel types that the simulator knows. */
export const channelType = {
  text: 0,
  direct: 1,
  voice: 2,
  category: 4,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  forum: 15,
} as const;

export const messageFlag = {
  SUPPRESS_EMBEDS: 1 << 2,
  HAS_THREAD: 1 << 5,
  EPHEMERAL: 1 << 6,
  LOADING: 1 << 7,
  SUPPRESS_NOTIFICATIONS: 1 << 12,
  IS_VOICE_MESSAGE: 1 << 13,
  IS_COMPONENTS_V2: 1 << 15,
} as const;

export const messageType = {
  default: 0,
  pinned: 6,
  threadCreated: 18,
  reply: 19,
  chatInput: 20,
  threadStarter: 21,
} as const;

export interface User {
  readonly id: string;
  readonly username: string;
  readonly globalName: string | null;
  readonly bot: boolean;
}

export interface Role {
  readonly id: string;
  name: string;
  permissions: bigint;
  mentionable: boolean;
  readonly managed: boolean;
  readonly position: number;
  readonly botId?: string;
}

export interface Member {
  readonly user: User;
  nick: string | null;
  roles: string[];
  readonly joinedAt: number;
}

export interface Overwrite {
  readonly id: string;
  /** 0 is a role, 1 a member. */
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface ThreadState {
  readonly ownerId: string;
  readonly createdAt: number;
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
  archiveChangedAt: number;
  invitable: boolean;
  messageCount: number;
  totalSent: number;
  appliedTags: string[];
  /** User id → Unix milliseconds of joining. */
  readonly members: Map<string, number>;
}

export interface ForumTag {
  readonly id: string;
  readonly name: string;
  readonly moderated: boolean;
  readonly emojiName: string | null;
}

export interface Channel {
  readonly id: string;
  readonly guildId: string | null;
  readonly type: number;
  name: string;
  topic: string | null;
  parentId: string | null;
  position: number;
  nsfw: boolean;
  rateLimitPerUser: number;
  flags: number;
  overwrites: Overwrite[];
  lastMessageId: string | null;
  lastPinAt: number | null;
  tags: ForumTag[];
  readonly thread?: ThreadState;
  /** The other side of a direct message. */
  readonly recipient?: User;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly locale: string;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
}

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
  readonly description: string | undefined;
  readonly ephemeral: boolean;
}

/** Who a message notified: what allowed_mentions, mentionable roles and MENTION_EVERYONE left of its mentions. */
export interface Mentioned {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
  readonly repliedUser: string | null;
}

/** What a message showed before one edit. */
export interface MessageVersion {
  readonly at: number;
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  readonly flags: number;
}

export interface InteractionOrigin {
  readonly id: string;
  readonly type: number;
  readonly name: string;
  readonly user: User;
  readonly originalMessageId?: string;
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string | null;
  type: number;
  readonly author: User;
  readonly webhookId: string | undefined;
  readonly applicationId: string | undefined;
  content: string;
  embeds: readonly JsonObject[];
  components: readonly JsonObject[];
  attachments: readonly Attachment[];
  poll: JsonObject | undefined;
  flags: number;
  readonly nonce: string | number | undefined;
  readonly createdAt: number;
  editedAt: number | null;
  pinnedAt: number | null;
  mentioned: Mentioned;
  readonly reference: { readonly messageId: string; readonly channelId: string } | undefined;
  threadId: string | undefined;
  /** Set on an ephemeral message: the only user who sees it. */
  readonly ephemeralFor: string | undefined;
  readonly interaction: InteractionOrigin | undefined;
  /** Emoji → the users who reacted with it. */
  readonly reactions: Map<string, Set<string>>;
  deletedAt: number | undefined;
  history: MessageVersion[];
}

export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly guildId: string;
  channelId: string;
  name: string;
  /** Owned by an application: its messages may carry interactive components. */
  readonly applicationId: string | null;
  readonly user: User;
}

export interface ApplicationCommand {
  readonly id: string;
  readonly guildId: string | null;
  readonly type: number;
  readonly name: string;
  /** The command as it was registered, with defaults filled in. */
  readonly definition: JsonObject;
  version: string;
}
