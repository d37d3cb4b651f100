import type { Core } from "../core.js";
import { invalidForm, refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { integer, objectsIn, stringsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { channelType } from "../model.js";
import type { Channel, ForumTag } from "../model.js";
import { ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { badLength, length } from "../rules/issue.js";
import { requireForm } from "../rules/message.js";
import { channelEventView, channelView } from "../views.js";

/** Renames and topic changes share a limit that no header shows. */
function chargeRename(core: Core, channel: Channel, body: JsonObject): void {
  const renames = text(body["name"]) !== undefined && body["name"] !== channel.name;
  const topic = "topic" in body && body["topic"] !== channel.topic;
  if (!renames && !topic) return;
  core.limiter.hidden(`rename/${channel.id}`, limits.channelRenames, limits.channelRenameWindowMs, "user");
}

function forumTags(core: Core, value: unknown): ForumTag[] {
  const tags = objectsIn(value);
  if (tags.length > limits.forumTagsPerChannel) {
    throw invalidForm([badLength(["available_tags"], 0, limits.forumTagsPerChannel)]);
  }
  return tags.map((tag, index) => {
    const name = text(tag["name"]) ?? "";
    if (length(name) > limits.forumTagNameLength) {
      throw invalidForm([badLength(["available_tags", index, "name"], 0, limits.forumTagNameLength)]);
    }
    return {
      id: text(tag["id"]) ?? core.world.ids.next(),
      name,
      moderated: tag["moderated"] === true,
      emojiName: text(tag["emoji_name"]) ?? null,
    };
  });
}

async function changeThread(core: Core, channel: Channel, body: JsonObject): Promise<Reply> {
  const { thread } = channel;
  if (thread === undefined) throw refuse("UnknownChannel");
  await requireForm("UpdateThreadRequestPartial", body);
  const { world } = core;
  const unarchivesOnly =
    Object.keys(body).every((key) => key === "archived") && body["archived"] === false && !thread.locked;
  const own = thread.ownerId === world.bot.id && body["locked"] === undefined;
  if (!unarchivesOnly && !own) world.requireBot(channel, "MANAGE_THREADS");
  if (thread.archived && body["archived"] !== false) throw refuse("ArchivedThread");
  chargeRename(core, channel, body);
  channel.name = text(body["name"]) ?? channel.name;
  const archived = body["archived"];
  if (typeof archived === "boolean" && archived !== thread.archived) {
    thread.archived = archived;
    thread.archiveChangedAt = core.clock.now();
  }
  if (typeof body["locked"] === "boolean") thread.locked = body["locked"];
  thread.autoArchiveMinutes = integer(body["auto_archive_duration"]) ?? thread.autoArchiveMinutes;
  if (Array.isArray(body["applied_tags"])) thread.appliedTags = stringsIn(body["applied_tags"]);
  world.emit({ name: "THREAD_UPDATE", data: channelView(channel, world), intents: intent.GUILDS });
  return ok(channelView(channel, world));
}

async function change(core: Core, context: RequestContext): Promise<Reply> {
  const { world } = core;
  const { body } = context;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel);
  if (channel.thread !== undefined) return changeThread(core, channel, body);
  world.requireBot(channel, "MANAGE_CHANNELS");
  await requireForm("UpdateGuildChannelRequestPartial", body);
  chargeRename(core, channel, body);
  const topic = text(body["topic"]);
  if (topic !== undefined && channel.type !== channelType.forum && length(topic) > limits.channelTopicLength) {
    throw invalidForm([badLength(["topic"], 0, limits.channelTopicLength)]);
  }
  if (body["available_tags"] !== undefined) channel.tags = forumTags(core, body["available_tags"]);
  channel.name = text(body["name"]) ?? channel.name;
  if ("topic" in body) channel.topic = topic ?? null;
  channel.position = integer(body["position"]) ?? channel.position;
  channel.rateLimitPerUser = integer(body["rate_limit_per_user"]) ?? channel.rateLimitPerUser;
  channel.flags = integer(body["flags"]) ?? channel.flags;
  world.emit({ name: "CHANNEL_UPDATE", data: channelEventView(channel, world), intents: intent.GUILDS });
  return ok(channelView(channel, world));
}

/** Removes a channel with its threads, messages and webhooks, and tells the gateway. */
export function deleteChannel(core: Core, channel: Channel): void {
  const { world, messages, clock } = core;
  for (const thread of [...world.channels.values()].filter(
    (each) => each.parentId === channel.id && each.thread !== undefined,
  )) {
    deleteChannel(core, thread);
  }
  const data = channelView(channel, world);
  world.channels.delete(channel.id);
  messages.store.dropChannel(channel.id, clock.now());
  for (const hook of world.webhooks.values()) if (hook.channelId === channel.id) world.webhooks.delete(hook.id);
  const { thread } = channel;
  const small = { id: channel.id, guild_id: channel.guildId, parent_id: channel.parentId, type: channel.type };
  world.emit({
    name: thread === undefined ? "CHANNEL_DELETE" : "THREAD_DELETE",
    data: thread === undefined ? data : small,
    intents: intent.GUILDS,
  });
}

/** Channels themselves: read, change, delete, and creation in a guild. */
export function channelRoutes(core: Core): Route[] {
  const { world } = core;
  const base = { class: "bot", bucket: "channel", major: ["channel"] } as const;
  return [
    {
      ...base,
      method: "GET",
      path: "/channels/:channel",
      handle: (context) => {
        const channel = world.channel(param(context, "channel"));
        world.requireBot(channel);
        return ok(channelView(channel, world));
      },
    },
    { ...base, method: "PATCH", path: "/channels/:channel", handle: (context) => change(core, context) },
    {
      ...base,
      method: "DELETE",
      path: "/channels/:channel",
      handle: (context) => {
        const channel = world.channel(param(context, "channel"));
        world.requireBot(channel, channel.thread === undefined ? "MANAGE_CHANNELS" : "MANAGE_THREADS");
        const view = channelView(channel, world);
        deleteChannel(core, channel);
        return ok(view);
      },
    },
    {
      method: "POST",
      path: "/guilds/:guild/channels",
      class: "bot",
      bucket: "guild-channels",
      major: ["guild"],
      handle: async (context) => {
        const guild = world.guild(param(context, "guild"));
        world.requireBotInGuild(guild, "MANAGE_CHANNELS");
        await requireForm("CreateGuildChannelRequest", context.body);
        const channel = world.addChannel({
          guildId: guild.id,
          name: text(context.body["name"]) ?? "",
          type: integer(context.body["type"]) ?? channelType.text,
          topic: text(context.body["topic"]) ?? null,
          parentId: text(context.body["parent_id"]) ?? null,
          tags: forumTags(core, context.body["available_tags"]),
        });
        world.emit({ name: "CHANNEL_CREATE", data: channelView(channel, world), intents: intent.GUILDS });
        return ok(channelView(channel, world), 201);
      },
    },
  ];
}
