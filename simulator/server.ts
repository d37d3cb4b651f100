import type { OverwriteInput } from "./control/types.js";
import { intent } from "./gateway/intents.js";
import { ClientRefusal } from "./interactions/options.js";
import type { Channel, Guild, Member, Overwrite, Role } from "./model.js";
import { permission } from "./permissions.js";
import type { PermissionName } from "./permissions.js";
import { channelEventView, guildCreateView, memberView, roleView, threadListSyncView } from "./views.js";
import type { World } from "./world.js";

function bits(names: readonly string[] | undefined): bigint {
  return (names ?? []).reduce((sum, name) => {
    if (!(name in permission))
      throw new ClientRefusal(`no permission "${name}"; known: ${Object.keys(permission).join(", ")}`);
    return sum | permission[name as PermissionName];
  }, 0n);
}

/** Who stands in a list of overwrites. */
export function overwriteOf(world: World, entry: OverwriteInput): Overwrite {
  const base = { allow: bits(entry.allow), deny: bits(entry.deny) };
  if (entry.who === "@everyone") return { id: world.guildId, type: 0, ...base };
  if (entry.who === "bot") return { id: world.bot.id, type: 1, ...base };
  const userId = world.people.get(entry.who) ?? (world.users.has(entry.who) ? entry.who : undefined);
  if (userId !== undefined) return { id: userId, type: 1, ...base };
  return { id: world.roleByName(world.home, entry.who).id, type: 0, ...base };
}

/** What the managers of a server change, and the events that Discord sends for it. */
export class ServerSettings {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  setPermissions(channel: Channel, overwrites: readonly OverwriteInput[]): void {
    const written = overwrites.map((entry) => overwriteOf(this.#world, entry));
    this.#change(() => {
      channel.overwrites = written;
      this.#tellChannel(channel);
    }, channel);
  }

  addRole(name: string, options: { readonly permissions?: readonly string[]; readonly mentionable?: boolean }): Role {
    const { home } = this.#world;
    const role = this.#world.addRole(home, name, {
      permissions: bits(options.permissions),
      mentionable: options.mentionable ?? false,
    });
    this.#tell("GUILD_ROLE_CREATE", { guild_id: home.id, role: roleView(role) });
    return role;
  }

  /** `@everyone` is a role, too. */
  setRole(name: string, change: { readonly permissions?: readonly string[]; readonly mentionable?: boolean }): void {
    const { home } = this.#world;
    const role = this.#world.roleByName(home, name);
    const permissions = change.permissions === undefined ? role.permissions : bits(change.permissions);
    this.#change(() => {
      role.permissions = permissions;
      role.mentionable = change.mentionable ?? role.mentionable;
      this.#tell("GUILD_ROLE_UPDATE", { guild_id: home.id, role: roleView(role) });
    });
  }

  /** Takes a role away, from whoever holds it and from the channels' overwrites. */
  deleteRole(name: string): void {
    const { home } = this.#world;
    const role = this.#world.roleByName(home, name);
    if (role.id === home.id || role.managed) throw new ClientRefusal(`the role "${name}" cannot be deleted`);
    this.#change(() => {
      home.roles.delete(role.id);
      this.#tell("GUILD_ROLE_DELETE", { guild_id: home.id, role_id: role.id });
      for (const member of home.members.values()) {
        if (!member.roles.includes(role.id)) continue;
        member.roles = member.roles.filter((id) => id !== role.id);
        this.#tellMember(home, member);
      }
      for (const channel of this.#world.channels.values()) {
        if (!channel.overwrites.some(({ id }) => id === role.id)) continue;
        channel.overwrites = channel.overwrites.filter(({ id }) => id !== role.id);
        this.#tellChannel(channel);
      }
    });
  }

  setMember(member: Member, roles: readonly string[]): void {
    const { home } = this.#world;
    const held = roles.map((role) => this.#world.roleByName(home, role).id);
    this.#change(() => {
      member.roles = held;
      this.#tellMember(home, member);
    });
  }

  /** With the bot go its commands in this server. Source: discord.js, issue 10321 (2024), "expected behaviour". */
  removeBot(): void {
    const { commands, guildId } = this.#world;
    this.#world.home.members.delete(this.#world.bot.id);
    for (const command of commands.values()) if (command.guildId === guildId) commands.delete(command.id);
    this.#tell("GUILD_DELETE", { id: this.#world.guildId });
  }

  /** Invites the bot again, with the role that is its own. */
  addBot(): void {
    const { home, bot } = this.#world;
    if (home.members.has(bot.id)) throw new ClientRefusal("the bot is a member already");
    const own = [...home.roles.values()].filter(({ botId }) => botId === bot.id);
    this.#world.addMember(
      home,
      bot,
      own.map(({ id }) => id),
    );
    this.#tell("GUILD_CREATE", guildCreateView(home, this.#world));
  }

  /** Out of reach for a while, as in an outage of Discord's: the bot is told, and nothing else changes. */
  setAvailable(available: boolean): void {
    const { home, guildId } = this.#world;
    if (available) this.#tell("GUILD_CREATE", guildCreateView(home, this.#world));
    else this.#tell("GUILD_DELETE", { id: guildId, unavailable: true });
  }

  /** Channels that the bot comes to see, or no longer sees, by a change of something else are told anew. */
  #change(work: () => void, told?: Channel): void {
    const before = new Set(this.#visible());
    work();
    const after = new Set(this.#visible());
    const gained = [...after].filter((channel) => !before.has(channel));
    const lost = [...before].filter((channel) => !after.has(channel));
    for (const channel of [...gained, ...lost]) if (channel !== told) this.#tellChannel(channel);
    if (gained.length > 0) {
      this.#tell("THREAD_LIST_SYNC", threadListSyncView(this.#world.home, gained, this.#world));
    }
  }

  #visible(): readonly Channel[] {
    const { channels, guildId, bot } = this.#world;
    return [...channels.values()].filter(
      (channel) =>
        channel.guildId === guildId &&
        channel.thread === undefined &&
        (this.#world.permissionsIn(channel, bot.id) & permission.VIEW_CHANNEL) !== 0n,
    );
  }

  #tellChannel(channel: Channel): void {
    this.#tell("CHANNEL_UPDATE", channelEventView(channel, this.#world));
  }

  /** A bot hears of itself with any intents, of others with the privileged one. */
  #tellMember(guild: Guild, member: Member): void {
    const intents = member.user.id === this.#world.bot.id ? 0 : intent.GUILD_MEMBERS;
    this.#tell("GUILD_MEMBER_UPDATE", { guild_id: guild.id, ...memberView(member) }, intents);
  }

  #tell(name: string, data: Parameters<World["emit"]>[0]["data"], intents: number = intent.GUILDS): void {
    // A bot hears nothing of a server that it is not in, but that it has left.
    if (!this.#world.home.members.has(this.#world.bot.id) && name !== "GUILD_DELETE") return;
    this.#world.emit({ name, data, intents });
  }
}
