import type { Core } from "../core.js";
import { refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { limits } from "../limits.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { userView } from "../views.js";

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Presentation}|[0-9#*]\uFE0F?\u20E3|\p{Regional_Indicator})/u;

function emojiOf(context: RequestContext): string {
  const emoji = param(context, "emoji");
  if (!EMOJI.test(emoji)) throw refuse("UnknownEmoji");
  return emoji;
}

function react(core: Core, context: RequestContext, userId: string, add: boolean): Reply {
  const { world, messages } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "READ_MESSAGE_HISTORY");
  const message = messages.store.get(channel, param(context, "message"));
  const emoji = emojiOf(context);
  if (channel.thread?.archived === true) throw refuse("ArchivedThread");
  const users = message.reactions.get(emoji) ?? new Set<string>();
  if (add) {
    if (users.size === 0) {
      world.requireBot(channel, "ADD_REACTIONS");
      if (message.reactions.size >= limits.reactionsPerMessage) throw refuse("MaxReactions");
    }
    users.add(userId);
    message.reactions.set(emoji, users);
  } else {
    if (userId !== world.bot.id) world.requireBot(channel, "MANAGE_MESSAGES");
    users.delete(userId);
    if (users.size === 0) message.reactions.delete(emoji);
  }
  world.emit({
    name: add ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
    data: {
      user_id: userId,
      channel_id: channel.id,
      message_id: message.id,
      ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
      emoji: { id: null, name: emoji },
      burst: false,
      type: 0,
    },
    intents: channel.guildId === null ? intent.DIRECT_MESSAGE_REACTIONS : intent.GUILD_MESSAGE_REACTIONS,
  });
  return NO_CONTENT;
}

/** Takes every reaction of a message away, or all with one emoji. */
function clear(core: Core, context: RequestContext, emoji: string | undefined): void {
  const { world, messages } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "MANAGE_MESSAGES");
  const { reactions, id } = messages.store.get(channel, param(context, "message"));
  if (emoji === undefined) reactions.clear();
  else reactions.delete(emoji);
  world.emit({
    name: emoji === undefined ? "MESSAGE_REACTION_REMOVE_ALL" : "MESSAGE_REACTION_REMOVE_EMOJI",
    data: {
      channel_id: channel.id,
      message_id: id,
      ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
      ...(emoji === undefined ? {} : { emoji: { id: null, name: emoji } }),
    },
    intents: channel.guildId === null ? intent.DIRECT_MESSAGE_REACTIONS : intent.GUILD_MESSAGE_REACTIONS,
  });
}

/** Reactions of the bot and, for moderation, of others. */
export function reactionRoutes(core: Core): Route[] {
  const { world } = core;
  const base = { class: "bot", bucket: "reaction", major: ["channel"] } as const;
  const path = "/channels/:channel/messages/:message/reactions";
  return [
    {
      ...base,
      method: "PUT",
      path: `${path}/:emoji/@me`,
      handle: (context) => react(core, context, world.bot.id, true),
    },
    {
      ...base,
      method: "DELETE",
      path: `${path}/:emoji/@me`,
      handle: (context) => react(core, context, world.bot.id, false),
    },
    {
      ...base,
      method: "DELETE",
      path: `${path}/:emoji/:user`,
      handle: (context) => react(core, context, param(context, "user"), false),
    },
    {
      ...base,
      method: "GET",
      path: `${path}/:emoji`,
      handle: (context) => {
        const channel = world.channel(param(context, "channel"));
        world.requireBot(channel, "READ_MESSAGE_HISTORY");
        const message = core.messages.store.get(channel, param(context, "message"));
        const users = [...(message.reactions.get(emojiOf(context)) ?? [])];
        return ok(users.flatMap((id) => userView(world.users.get(id) ?? world.bot)));
      },
    },
    {
      ...base,
      method: "DELETE",
      path,
      handle: (context) => {
        clear(core, context, undefined);
        return NO_CONTENT;
      },
    },
    {
      ...base,
      method: "DELETE",
      path: `${path}/:emoji`,
      handle: (context) => {
        clear(core, context, emojiOf(context));
        return NO_CONTENT;
      },
    },
  ];
}
