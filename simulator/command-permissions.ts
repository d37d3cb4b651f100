import { refuse } from "./errors.js";
import type { JsonObject } from "./json.js";
import { limits } from "./limits.js";
import type { ApplicationCommand, Channel, Guild, Member } from "./model.js";
import { has } from "./permissions.js";
import type { World } from "./world.js";

/** Who a permission of a command is about, by Discord's numbers. */
export const overwriteKind = { role: 1, user: 2, channel: 3 } as const;

/** One line of what a server's managers set for a command, or for all commands of an application. */
export interface CommandOverwrite {
  /** A role, a person or a channel; the guild's own id is @everyone, one less is every channel. */
  readonly id: string;
  readonly type: (typeof overwriteKind)[keyof typeof overwriteKind];
  readonly allow: boolean;
}

/** The id by which every channel of a guild is meant. */
export function everyChannel(guildId: string): string {
  return String(BigInt(guildId) - 1n);
}

/** As the API shows them; `id` is the command's, or the application's for all its commands. */
export function commandPermissionsView(world: World, guildId: string, id: string): JsonObject | undefined {
  const permissions = world.commandPermissions.get(`${guildId}/${id}`);
  if (permissions === undefined) return undefined;
  const shown = permissions.map((each) => ({ id: each.id, type: each.type, permission: each.allow }));
  return { id, application_id: world.applicationId, guild_id: guildId, permissions: shown };
}

/** What a manager does in the server's settings; the bot is told. An empty list takes everything away. */
export function setCommandPermissions(
  world: World,
  guildId: string,
  id: string,
  overwrites: readonly CommandOverwrite[],
): void {
  if (overwrites.length > limits.commandPermissionOverwrites) throw refuse("MaxCommandPermissions");
  const key = `${guildId}/${id}`;
  if (overwrites.length === 0) world.commandPermissions.delete(key);
  else world.commandPermissions.set(key, overwrites);
  const data = commandPermissionsView(world, guildId, id) ?? {
    id,
    application_id: world.applicationId,
    guild_id: guildId,
    permissions: [],
  };
  world.emit({ name: "APPLICATION_COMMAND_PERMISSIONS_UPDATE", data, intents: 0 });
}

function inChannel(list: readonly CommandOverwrite[], channel: Channel, guildId: string): boolean | undefined {
  const channelId = channel.thread === undefined ? channel.id : (channel.parentId ?? channel.id);
  const about = (id: string): boolean | undefined =>
    list.find((each) => each.type === overwriteKind.channel && each.id === id)?.allow;
  return about(channelId) ?? about(everyChannel(guildId));
}

/** A person's own line counts before their roles', any allowing role before a denying one, and all of them before @everyone's. */
function forMember(list: readonly CommandOverwrite[], member: Member, guildId: string): boolean | undefined {
  const own = list.find((each) => each.type === overwriteKind.user && each.id === member.user.id);
  if (own !== undefined) return own.allow;
  const roles = list.filter((each) => each.type === overwriteKind.role && member.roles.includes(each.id));
  if (roles.length > 0) return roles.some(({ allow }) => allow);
  return list.find((each) => each.type === overwriteKind.role && each.id === guildId)?.allow;
}

/**
 * Why a member's client does not offer a command in a channel; `undefined`: it does. Lines of the command count before those of the
 * application, both before `default_member_permissions`; whoever administers the server sees every command.
 * Source: Discord's documentation, "Application Commands": permissions.
 */
export function hiddenFrom(
  world: World,
  command: ApplicationCommand,
  where: { readonly guild: Guild; readonly member: Member; readonly channel: Channel },
): string | undefined {
  const { guild, member, channel } = where;
  const bits = world.permissionsIn(channel, member.user.id);
  if (!has(bits, "VIEW_CHANNEL")) return `cannot see #${channel.name}`;
  if (has(bits, "ADMINISTRATOR")) return undefined;
  if (!has(bits, "USE_APPLICATION_COMMANDS")) return "may not use application commands here";
  const lists = [command.id, world.applicationId].map((id) => world.commandPermissions.get(`${guild.id}/${id}`) ?? []);
  const open = lists.map((list) => inChannel(list, channel, guild.id)).find((each) => each !== undefined);
  if (open === false) return `does not see /${command.name}: it is switched off in #${channel.name}`;
  const allowed = lists.map((list) => forMember(list, member, guild.id)).find((each) => each !== undefined);
  if (allowed === true) return undefined;
  if (allowed === false) return `does not see /${command.name}: the server's settings take it away`;
  const needed = command.definition["default_member_permissions"];
  if (typeof needed !== "string") return undefined;
  const wanted = BigInt(needed);
  const enough = wanted !== 0n && (bits & wanted) === wanted;
  return enough ? undefined : `does not see /${command.name}: it needs permissions ${needed}`;
}
