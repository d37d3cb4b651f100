import type { Channel, Guild, Member, Overwrite } from "./model.js";

/** The permission bits this simulator knows; names are Discord's. */
export const permission = {
  CREATE_INSTANT_INVITE: 1n << 0n,
  KICK_MEMBERS: 1n << 1n,
  BAN_MEMBERS: 1n << 2n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_AUDIT_LOG: 1n << 7n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  MANAGE_ROLES: 1n << 28n,
  MANAGE_WEBHOOKS: 1n << 29n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  PIN_MESSAGES: 1n << 51n,
  BYPASS_SLOWMODE: 1n << 52n,
} as const;

export type PermissionName = keyof typeof permission;

export const ALL_PERMISSIONS: bigint = Object.values(permission).reduce((sum, bit) => sum | bit, 0n);

/** What @everyone may do in the default guild: what a freshly made server gives. */
export const EVERYONE_PERMISSIONS: bigint =
  permission.CREATE_INSTANT_INVITE |
  permission.ADD_REACTIONS |
  permission.VIEW_CHANNEL |
  permission.SEND_MESSAGES |
  permission.EMBED_LINKS |
  permission.ATTACH_FILES |
  permission.READ_MESSAGE_HISTORY |
  permission.USE_APPLICATION_COMMANDS |
  permission.CREATE_PUBLIC_THREADS |
  permission.SEND_MESSAGES_IN_THREADS;

/** A member's permissions in the guild, before any channel's overwrites. */
export function guildPermissions(guild: Guild, member: Member): bigint {
  if (guild.ownerId === member.user.id) return ALL_PERMISSIONS;
  let bits = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const id of member.roles) bits |= guild.roles.get(id)?.permissions ?? 0n;
  return (bits & permission.ADMINISTRATOR) === 0n ? bits : ALL_PERMISSIONS;
}

function applyOverwrites(bits: bigint, overwrites: readonly Overwrite[], guild: Guild, member: Member): bigint {
  let result = bits;
  const everyone = overwrites.find((entry) => entry.id === guild.id);
  if (everyone !== undefined) result = (result & ~everyone.deny) | everyone.allow;
  let allow = 0n;
  let deny = 0n;
  for (const entry of overwrites) {
    if (entry.type !== 0 || entry.id === guild.id || !member.roles.includes(entry.id)) continue;
    allow |= entry.allow;
    deny |= entry.deny;
  }
  result = (result & ~deny) | allow;
  const own = overwrites.find((entry) => entry.type === 1 && entry.id === member.user.id);
  return own === undefined ? result : (result & ~own.deny) | own.allow;
}

/** Without these, whatever writes to a channel is lost too. */
const WRITING =
  permission.MENTION_EVERYONE | permission.ATTACH_FILES | permission.EMBED_LINKS | permission.SEND_MESSAGES;

/**
 * A member's permissions in a channel (threads: pass the parent's overwrites by way of `parent`), with the implicit
 * denials: no VIEW_CHANNEL takes everything, no right to send takes what is sent with it.
 * Source: Discord's documentation, "Permissions": computing, implicit permissions, inheritance of threads.
 */
export function channelPermissions(guild: Guild, member: Member, channel: Channel, parent?: Channel): bigint {
  const base = guildPermissions(guild, member);
  if (base === ALL_PERMISSIONS) return ALL_PERMISSIONS;
  const bits = applyOverwrites(base, (parent ?? channel).overwrites, guild, member);
  if ((bits & permission.VIEW_CHANNEL) === 0n) return 0n;
  const sending = parent === undefined ? permission.SEND_MESSAGES : permission.SEND_MESSAGES_IN_THREADS;
  return (bits & sending) === 0n ? bits & ~(WRITING & ~(parent === undefined ? 0n : permission.SEND_MESSAGES)) : bits;
}

export function has(bits: bigint, name: PermissionName): boolean {
  return (bits & permission[name]) !== 0n;
}
