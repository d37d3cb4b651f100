import type { JsonObject } from "./json.js";
import { channelType } from "./model.js";
import type { ApplicationCommand, Attachment, Channel, Guild, Member, Message, Role, User, Webhook } from "./model.js";
import { permission } from "./permissions.js";
import type { World } from "./world.js";

/** ISO 8601 with microseconds and an explicit zone, as Discord writes times. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/(\.\d{3})Z$/, "$1000+00:00");
}

export function userView(user: User): JsonObject {
  return {
    id: user.id,
    username: user.username,
    avatar: null,
    discriminator: user.bot ? "0001" : "0",
    public_flags: 0,
    flags: 0,
    ...(user.bot ? { bot: true } : {}),
    banner: null,
    accent_color: null,
    global_name: user.globalName,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

export function memberView(member: Member): JsonObject {
  return { ...partialMemberView(member), user: userView(member.user) };
}

/** A member without its user, as message events carry it. */
export function partialMemberView(member: Member): JsonObject {
  return {
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    flags: 0,
    joined_at: iso(member.joinedAt),
    nick: member.nick,
    pending: false,
    premium_since: null,
    roles: [...member.roles],
    mute: false,
    deaf: false,
  };
}

export function roleView(role: Role): JsonObject {
  return {
    id: role.id,
    name: role.name,
    description: null,
    permissions: role.permissions.toString(),
    position: role.position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.managed,
    mentionable: role.mentionable,
    icon: null,
    unicode_emoji: null,
    flags: 0,
    ...(role.botId === undefined ? {} : { tags: { bot_id: role.botId } }),
  };
}

export function threadMemberView(channel: Channel, userId: string): JsonObject {
  return {
    id: channel.id,
    user_id: userId,
    join_timestamp: iso(channel.thread?.members.get(userId) ?? 0),
    flags: 1,
  };
}

function threadView(channel: Channel, world: World): JsonObject {
  const { thread } = channel;
  if (thread === undefined) throw new TypeError("not a thread");
  return {
    id: channel.id,
    type: channel.type,
    last_message_id: channel.lastMessageId,
    flags: channel.flags,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    rate_limit_per_user: channel.rateLimitPerUser,
    owner_id: thread.ownerId,
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: iso(thread.archiveChangedAt),
      auto_archive_duration: thread.autoArchiveMinutes,
      locked: thread.locked,
      create_timestamp: iso(thread.createdAt),
      ...(channel.type === channelType.privateThread ? { invitable: thread.invitable } : {}),
    },
    message_count: thread.messageCount,
    member_count: thread.members.size,
    total_message_sent: thread.totalSent,
    ...(thread.appliedTags.length > 0 ? { applied_tags: [...thread.appliedTags] } : {}),
    ...(thread.members.has(world.bot.id) ? { member: threadMemberView(channel, world.bot.id) } : {}),
  };
}

export function channelView(channel: Channel, world: World): JsonObject {
  if (channel.thread !== undefined) return threadView(channel, world);
  if (channel.type === channelType.direct) {
    const recipients = channel.recipient === undefined ? [] : [userView(channel.recipient)];
    return { id: channel.id, type: 1, last_message_id: channel.lastMessageId, flags: 0, recipients };
  }
  return {
    id: channel.id,
    type: channel.type,
    last_message_id: channel.lastMessageId,
    ...(channel.lastPinAt === null ? {} : { last_pin_timestamp: iso(channel.lastPinAt) }),
    flags: channel.flags,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    rate_limit_per_user: channel.rateLimitPerUser,
    topic: channel.topic,
    position: channel.position,
    permission_overwrites: channel.overwrites.map((entry) => ({
      id: entry.id,
      type: entry.type,
      allow: entry.allow.toString(),
      deny: entry.deny.toString(),
    })),
    nsfw: channel.nsfw,
    ...(channel.type === channelType.forum ? forumFields(channel) : {}),
  };
}

/** Set on a channel that the bot may not see. Source: resources/channel, "Obfuscated Channels". */
const OBFUSCATED = 1 << 17;

/** A channel as the gateway tells it: of one that the bot may not see, that there is one. */
export function channelEventView(channel: Channel, world: World): JsonObject {
  const view = channelView(channel, world);
  const { guildId } = channel;
  if (guildId === null || (world.permissionsIn(channel, world.bot.id) & permission.VIEW_CHANNEL) !== 0n) return view;
  const hidden = { id: guildId, type: 0, allow: "0", deny: permission.VIEW_CHANNEL.toString() };
  return {
    ...view,
    name: "___hidden___",
    topic: null,
    last_message_id: null,
    flags: channel.flags | OBFUSCATED,
    permission_overwrites: [hidden],
  };
}

/** The active threads of channels that the bot has come to see. */
export function threadListSyncView(guild: Guild, channels: readonly Channel[], world: World): JsonObject {
  const ids = channels.map(({ id }) => id);
  const threads = [...world.channels.values()].filter(
    ({ thread, parentId }) => thread?.archived === false && parentId !== null && ids.includes(parentId),
  );
  const joined = threads.filter(({ thread }) => thread?.members.has(world.bot.id));
  return {
    guild_id: guild.id,
    channel_ids: ids,
    threads: threads.map((thread) => channelView(thread, world)),
    members: joined.map((thread) => threadMemberView(thread, world.bot.id)),
  };
}

function forumFields(channel: Channel): JsonObject {
  return {
    available_tags: channel.tags.map((tag) => ({
      id: tag.id,
      name: tag.name,
      moderated: tag.moderated,
      emoji_id: null,
      emoji_name: tag.emojiName,
    })),
    default_reaction_emoji: null,
    default_sort_order: null,
    default_forum_layout: 0,
  };
}

export function guildView(guild: Guild): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: "deprecated",
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map(roleView),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** The guild as GUILD_CREATE carries it. */
export function guildCreateView(guild: Guild, world: World): JsonObject {
  const own = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  const visible = own.filter(
    (channel) => (world.permissionsIn(channel, world.bot.id) & permission.VIEW_CHANNEL) !== 0n,
  );
  const me = guild.members.get(world.bot.id);
  return {
    ...guildView(guild),
    joined_at: iso(me?.joinedAt ?? 0),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: me === undefined ? [] : [memberView(me)],
    channels: own.filter((channel) => channel.thread === undefined).map((channel) => channelEventView(channel, world)),
    threads: visible
      .filter((channel) => channel.thread?.archived === false)
      .map((channel) => channelView(channel, world)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function attachmentView(attachment: Attachment, message: Message, baseUrl: string): JsonObject {
  const file = encodeURIComponent(attachment.filename);
  const url = `${baseUrl}/attachments/${message.channelId}/${attachment.id}/${file}`;
  return {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.bytes.length,
    url,
    proxy_url: url,
    ...(attachment.contentType === undefined ? {} : { content_type: attachment.contentType }),
    ...(attachment.description === undefined ? {} : { description: attachment.description }),
    ...(attachment.ephemeral ? { ephemeral: true } : {}),
  };
}

export function webhookView(webhook: Webhook, baseUrl: string): JsonObject {
  return {
    application_id: webhook.applicationId,
    avatar: null,
    channel_id: webhook.channelId,
    guild_id: webhook.guildId,
    id: webhook.id,
    name: webhook.name,
    type: 1,
    user: userView(webhook.user),
    token: webhook.token,
    url: `${baseUrl}/api/webhooks/${webhook.id}/${webhook.token}`,
  };
}

/** A command as lists and answers show it; localisations only when they were asked for. */
export function commandView(command: ApplicationCommand, world: World, localizations: boolean): JsonObject {
  const { name_localizations, description_localizations, ...rest } = command.definition;
  const localized = localizations
    ? { name_localizations: name_localizations ?? null, description_localizations: description_localizations ?? null }
    : {};
  return {
    id: command.id,
    application_id: world.applicationId,
    version: command.version,
    ...rest,
    ...localized,
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
  };
}
