import type { Core } from "../core.js";
import { refuse } from "../errors.js";
import type { JsonObject } from "../json.js";
import type { Channel } from "../model.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Route } from "../rest/route.js";
import { channelView, guildView, iso, memberView, roleView, userView } from "../views.js";

function applicationView(core: Core): JsonObject {
  const { world } = core;
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: "",
    type: null,
    flags: 1 << 23,
    flags_new: String(1 << 23),
    bot: userView(world.bot),
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userView(world.users.get(world.home.ownerId) ?? world.bot),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    integration_types_config: { "0": {} },
  };
}

/** Who the bot is, where it is, and how it gets to the gateway. */
export function identityRoutes(core: Core): Route[] {
  const { world } = core;
  const guildOf = (id: string) => {
    const guild = world.guild(id);
    if (!guild.members.has(world.bot.id)) throw refuse("MissingAccess");
    return guild;
  };
  return [
    {
      method: "GET",
      path: "/gateway",
      class: "bot",
      bucket: "gateway",
      major: [],
      handle: () => ok({ url: core.gatewayInfo().url }),
    },
    {
      method: "GET",
      path: "/gateway/bot",
      class: "bot",
      bucket: "gateway",
      major: [],
      handle: () => ok(core.gatewayInfo()),
    },
    {
      method: "GET",
      path: "/users/@me",
      class: "bot",
      bucket: "user",
      major: [],
      handle: () =>
        ok({
          ...userView(world.bot),
          mfa_enabled: true,
          locale: "en-US",
          premium_type: 0,
          email: null,
          verified: true,
        }),
    },
    {
      method: "GET",
      path: "/users/@me/guilds",
      class: "bot",
      bucket: "user-guilds",
      major: [],
      handle: () =>
        ok(
          [...world.guilds.values()]
            .filter((guild) => guild.members.has(world.bot.id))
            .map((guild) => ({
              id: guild.id,
              name: guild.name,
              icon: null,
              banner: null,
              owner: guild.ownerId === world.bot.id,
              permissions: world.permissionsOf(guild, world.bot.id).toString(),
              features: [],
            })),
        ),
    },
    {
      method: "GET",
      path: "/users/:user",
      class: "bot",
      bucket: "user",
      major: [],
      handle: (context) => {
        const user = world.users.get(param(context, "user"));
        if (user === undefined) throw refuse("UnknownUser");
        return ok(userView(user));
      },
    },
    {
      method: "POST",
      path: "/users/@me/channels",
      class: "bot",
      bucket: "direct-message",
      major: [],
      handle: (context) => {
        const user = world.users.get(String(context.body["recipient_id"]));
        if (user === undefined) throw refuse("UnknownUser");
        return ok(channelView(directChannel(core, user.id), world));
      },
    },
    {
      method: "GET",
      path: "/applications/@me",
      class: "bot",
      bucket: "application",
      major: [],
      handle: () => ok(applicationView(core)),
    },
    {
      method: "GET",
      path: "/oauth2/applications/@me",
      class: "bot",
      bucket: "application",
      major: [],
      handle: () => ok(applicationView(core)),
    },
    {
      method: "GET",
      path: "/guilds/:guild",
      class: "bot",
      bucket: "guild",
      major: ["guild"],
      handle: (context) => ok(guildView(guildOf(param(context, "guild")))),
    },
    {
      method: "GET",
      path: "/guilds/:guild/channels",
      class: "bot",
      bucket: "guild-channels",
      major: ["guild"],
      handle: (context) => {
        const guild = guildOf(param(context, "guild"));
        const own = [...world.channels.values()].filter(
          (channel) => channel.guildId === guild.id && channel.thread === undefined,
        );
        return ok(own.map((channel) => channelView(channel, world)));
      },
    },
    {
      method: "GET",
      path: "/guilds/:guild/roles",
      class: "bot",
      bucket: "guild-roles",
      major: ["guild"],
      handle: (context) => ok([...guildOf(param(context, "guild")).roles.values()].map(roleView)),
    },
    {
      method: "GET",
      path: "/guilds/:guild/members/@me",
      class: "bot",
      bucket: "guild-member",
      major: ["guild"],
      handle: (context) => memberReply(core, param(context, "guild"), world.bot.id),
    },
    {
      method: "GET",
      path: "/guilds/:guild/members/:user",
      class: "bot",
      bucket: "guild-member",
      major: ["guild"],
      handle: (context) => memberReply(core, param(context, "guild"), param(context, "user")),
    },
    {
      method: "GET",
      path: "/guilds/:guild/threads/active",
      class: "bot",
      bucket: "guild-threads",
      major: ["guild"],
      handle: (context) => {
        const guild = guildOf(param(context, "guild"));
        const threads = [...world.channels.values()].filter(
          (channel) => channel.guildId === guild.id && channel.thread?.archived === false,
        );
        return ok({ threads: threads.map((thread) => channelView(thread, world)), members: [], has_more: false });
      },
    },
    {
      method: "POST",
      path: "/channels/:channel/typing",
      class: "bot",
      bucket: "typing",
      major: ["channel"],
      handle: (context) => {
        const channel = world.channel(param(context, "channel"));
        world.requireBot(channel, channel.thread === undefined ? "SEND_MESSAGES" : "SEND_MESSAGES_IN_THREADS");
        return NO_CONTENT;
      },
    },
  ];
}

function memberReply(core: Core, guildId: string, userId: string) {
  const guild = core.world.guild(guildId);
  if (!guild.members.has(core.world.bot.id)) throw refuse("MissingAccess");
  const member = guild.members.get(userId);
  if (member === undefined) throw refuse("UnknownMember");
  return ok({ ...memberView(member), joined_at: iso(member.joinedAt) });
}

/** The direct-message channel with a person, made at first use. */
export function directChannel(core: Core, userId: string): Channel {
  const { world } = core;
  const known = [...world.channels.values()].find((channel) => channel.recipient?.id === userId);
  const user = world.users.get(userId);
  if (known !== undefined) return known;
  if (user === undefined) throw refuse("UnknownUser");
  return world.addChannel({ guildId: null, name: user.username, type: 1, recipient: user });
}
