import { isObject, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { messageFlag } from "../model.js";
import type { Attachment, Message } from "../model.js";
import { attachmentView, channelView, iso, userView } from "../views.js";
import type { World } from "../world.js";
import type { MessageStore } from "./store.js";

/** Links of `attachment://name` become the URL under which the file is served. */
function linkAttachments(value: unknown, message: Message, baseUrl: string): unknown {
  if (Array.isArray(value)) return value.map((item) => linkAttachments(item, message, baseUrl));
  if (!isObject(value)) {
    const name = typeof value === "string" && value.startsWith("attachment://") ? value.slice(13) : undefined;
    const file = message.attachments.find((attachment) => attachment.filename === name);
    return file === undefined ? value : fileUrl(file, message, baseUrl);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, linkAttachments(item, message, baseUrl)]));
}

function fileUrl(attachment: Attachment, message: Message, baseUrl: string): string {
  return text(attachmentView(attachment, message, baseUrl)["url"]) ?? "";
}

function linked(objects: readonly JsonObject[], message: Message, baseUrl: string): unknown {
  return message.attachments.length === 0 ? objects : linkAttachments(objects, message, baseUrl);
}

function reactionViews(message: Message, viewerId: string): JsonObject[] {
  return [...message.reactions].map(([emoji, users]) => ({
    emoji: { id: null, name: emoji },
    count: users.size,
    count_details: { burst: 0, normal: users.size },
    burst_colors: [],
    me_burst: false,
    me: users.has(viewerId),
    burst_me: false,
    burst_count: 0,
  }));
}

function interactionFields(message: Message): JsonObject {
  const origin = message.interaction;
  if (origin === undefined) return {};
  const owners = message.guildId === null ? { "1": origin.user.id } : { "0": message.guildId };
  return {
    interaction_metadata: {
      id: origin.id,
      type: origin.type,
      user: userView(origin.user),
      authorizing_integration_owners: owners,
      ...(origin.type === 2 ? { name: origin.name } : {}),
      ...(origin.originalMessageId === undefined
        ? {}
        : { [origin.type === 3 ? "interacted_message_id" : "original_response_message_id"]: origin.originalMessageId }),
    },
    ...(origin.type === 2
      ? { interaction: { id: origin.id, type: origin.type, name: origin.name, user: userView(origin.user) } }
      : {}),
  };
}

/** A message as the API shows it. History never carries the nonce; only the answer to the creation does. */
export function messageView(
  message: Message,
  world: World,
  store: MessageStore,
  baseUrl: string,
  withNonce: boolean,
): JsonObject {
  const suppressed = (message.flags & messageFlag.SUPPRESS_EMBEDS) !== 0;
  const mentionedIds = new Set([
    ...message.mentioned.users,
    ...(message.mentioned.repliedUser === null ? [] : [message.mentioned.repliedUser]),
  ]);
  const users = [...mentionedIds].map((id) => world.users.get(id)).filter((user) => user !== undefined);
  const thread = message.threadId === undefined ? undefined : world.channels.get(message.threadId);
  const referenced = message.reference === undefined ? undefined : store.find(message.reference.messageId);
  const author =
    message.webhookId === undefined || message.applicationId !== undefined
      ? message.author
      : { ...message.author, bot: true };
  return {
    type: message.type,
    content: message.content,
    mentions: users.map(userView),
    mention_roles: [...message.mentioned.roles],
    attachments: message.attachments.map((item) => attachmentView(item, message, baseUrl)),
    embeds: suppressed ? [] : linked(message.embeds, message, baseUrl),
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === null ? null : iso(message.editedAt),
    flags: message.flags,
    components: linked(message.components, message, baseUrl),
    id: message.id,
    channel_id: message.channelId,
    author: userView(author),
    pinned: message.pinnedAt !== null,
    mention_everyone: message.mentioned.everyone,
    tts: false,
    ...(withNonce && message.nonce !== undefined ? { nonce: message.nonce } : {}),
    ...(message.webhookId === undefined ? {} : { webhook_id: message.webhookId }),
    ...(message.applicationId === undefined ? {} : { application_id: message.applicationId }),
    ...interactionFields(message),
    ...(message.reactions.size === 0 ? {} : { reactions: reactionViews(message, world.bot.id) }),
    ...(thread === undefined ? {} : { thread: channelView(thread, world) }),
    ...(message.reference === undefined ? {} : referenceFields(message, referenced, world, store, baseUrl)),
  };
}

function referenceFields(
  message: Message,
  referenced: Message | undefined,
  world: World,
  store: MessageStore,
  baseUrl: string,
): JsonObject {
  const { reference } = message;
  if (reference === undefined) return {};
  const place = { type: 0, channel_id: reference.channelId, message_id: reference.messageId };
  const guild = message.guildId === null ? {} : { guild_id: message.guildId };
  const inner = referenced === undefined ? null : messageView(referenced, world, store, baseUrl, false);
  if (inner === null) return { message_reference: { ...place, ...guild }, referenced_message: null };
  const { referenced_message: _nested, ...shown } = inner;
  return { message_reference: { ...place, ...guild }, referenced_message: shown };
}
