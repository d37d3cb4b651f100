import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { channelView, memberView, userView } from "../views.js";
import type { World } from "../world.js";
import type { Interaction } from "./interaction.js";

const GUILD_CONTEXT = 0;
const BOT_DM_CONTEXT = 1;

/** The INTERACTION_CREATE payload. `data` is what the person chose; `locale` the language of their client. */
export function interactionPayload(
  interaction: Interaction,
  world: World,
  data: JsonObject,
  locale: string,
  message: JsonObject | undefined,
): JsonObject {
  const channel = world.channel(interaction.channelId);
  const guild = interaction.guildId === null ? undefined : world.guild(interaction.guildId);
  const member = guild?.members.get(interaction.user.id);
  const who =
    guild === undefined || member === undefined
      ? { user: userView(interaction.user) }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: { ...memberView(member), permissions: world.permissionsIn(channel, member.user.id).toString() },
        };
  return {
    id: interaction.id,
    application_id: world.applicationId,
    type: interaction.type,
    data,
    ...who,
    channel: {
      ...channelView(channel, world),
      permissions: world.permissionsIn(channel, interaction.user.id).toString(),
    },
    channel_id: channel.id,
    token: interaction.token,
    version: 1,
    ...(message === undefined ? {} : { message }),
    app_permissions: world.permissionsIn(channel, world.bot.id).toString(),
    locale,
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: guild === undefined ? { "1": interaction.user.id } : { "0": guild.id },
    context: guild === undefined ? BOT_DM_CONTEXT : GUILD_CONTEXT,
    attachment_size_limit: limits.fileBytes,
  };
}
