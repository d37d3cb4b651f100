import type { AuditEntry } from "./audit-log.js";
import type { SimulatedClock } from "./clock.js";
import type { CommandOverwrite } from "./command-permissions.js";
import { type ApiError, refuse } from "./errors.js";
import type { JsonObject } from "./json.js";
import { channelType } from "./model.js";
import type { ApplicationCommand, Channel, Guild, Member, Role, User, Webhook } from "./model.js";
import { EVERYONE_PERMISSIONS, channelPermissions, guildPermissions, has, permission } from "./permissions.js";
import type { PermissionName } from "./permissions.js";
import { type Random, urlToken } from "./random.js";
import { SnowflakeFactory } from "./snowflake.js";
import type { Switches } from "./switches.js";

/** Something that gateway sessions may be told. */
export interface GatewayEvent {
  readonly name: string;
  readonly data: JsonObject;
  /** Intent bits of which one is needed; 0 needs none. */
  readonly intents: number;
  /** Set on message events: who wrote it, for the rules about message content. */
  readonly authorId?: string;
}

export type EventListener = (event: GatewayEvent) => void;

/** People of the default guild besides the bot. */
export interface MemberOptions {
  readonly roles?: readonly string[];
  readonly username?: string;
}

export interface WorldOptions {
  readonly guildName: string;
  readonly botName: string;
  readonly roles: Readonly<Record<string, { readonly permissions?: bigint; readonly mentionable?: boolean }>>;
  readonly members: Readonly<Record<string, MemberOptions>>;
  /** Permission bits of the bot's own role. */
  readonly botPermissions: bigint;
}

/** Everything that Discord would keep: guilds, people, channels, webhooks, commands. Messages have their own store. */
export class World {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly ids: SnowflakeFactory;
  readonly guilds = new Map<string, Guild>();
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly webhooks = new Map<string, Webhook>();
  readonly commands = new Map<string, ApplicationCommand>();
  /** Oldest first. */
  readonly auditLog: AuditEntry[] = [];
  /** What the managers of a guild set for commands: `guild/command`, or `guild/application` for all of them. */
  readonly commandPermissions = new Map<string, readonly CommandOverwrite[]>();
  /** Name by which `control.as` knows a person → user id. */
  readonly people = new Map<string, string>();
  readonly applicationId: string;
  readonly bot: User;
  readonly guildId: string;
  readonly foreignGuildId: string;
  readonly opsChannelId: string;
  switches: Switches;
  token: string;
  tokenValid = true;
  readonly #listeners = new Set<EventListener>();

  constructor(clock: SimulatedClock, random: Random, switches: Switches, options: WorldOptions) {
    this.clock = clock;
    this.random = random;
    this.switches = switches;
    this.ids = new SnowflakeFactory(clock);
    this.applicationId = this.ids.next();
    this.bot = this.addUser(options.botName, true);
    this.token = this.#newToken();
    const guild = this.#addGuild(options.guildName, options.roles);
    this.guildId = guild.id;
    this.people.set("owner", guild.ownerId);
    for (const [name, member] of Object.entries(options.members)) this.addPerson(guild, name, member);
    const botRole = this.addRole(guild, options.botName, { permissions: options.botPermissions, managed: true });
    this.addMember(guild, this.bot, [botRole.id]);
    this.opsChannelId = this.addChannel({ guildId: guild.id, name: "ops" }).id;
    const foreign = this.#addGuild("Elsewhere", {});
    this.foreignGuildId = foreign.id;
    this.addChannel({ guildId: foreign.id, name: "general" });
    this.addMember(foreign, this.bot, []);
    for (const id of this.people.values()) {
      const user = this.users.get(id);
      if (user !== undefined) this.addMember(foreign, user, []);
    }
  }

  /** A token of the real form: the bot's id in base64, a time, a signature. */
  #newToken(): string {
    const first = Buffer.from(this.bot.id).toString("base64url");
    return `${first}.${urlToken(this.random, 6)}.${urlToken(this.random, 38)}`;
  }

  /** What Discord does after too many identifies: the old token is worth nothing from now on. */
  resetToken(): void {
    this.token = this.#newToken();
  }

  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: GatewayEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  addUser(username: string, bot = false): User {
    const user: User = { id: this.ids.next(), username, globalName: bot ? null : username, bot };
    this.users.set(user.id, user);
    return user;
  }

  #addGuild(name: string, roles: WorldOptions["roles"]): Guild {
    const owner = this.addUser(name === "Elsewhere" ? "stranger" : "owner");
    const id = this.ids.next();
    const guild: Guild = { id, name, ownerId: owner.id, locale: "en-US", roles: new Map(), members: new Map() };
    this.guilds.set(id, guild);
    guild.roles.set(id, {
      id,
      name: "@everyone",
      permissions: EVERYONE_PERMISSIONS,
      mentionable: false,
      managed: false,
      position: 0,
    });
    for (const [roleName, role] of Object.entries(roles)) this.addRole(guild, roleName, role);
    this.addMember(guild, owner, []);
    return guild;
  }

  addRole(
    guild: Guild,
    name: string,
    options: { readonly permissions?: bigint; readonly mentionable?: boolean; readonly managed?: boolean },
  ): Role {
    const managed = options.managed ?? false;
    const role: Role = {
      id: this.ids.next(),
      name,
      permissions: options.permissions ?? 0n,
      mentionable: options.mentionable ?? false,
      managed,
      position: guild.roles.size,
      ...(managed ? { botId: this.bot.id } : {}),
    };
    guild.roles.set(role.id, role);
    return role;
  }

  addMember(guild: Guild, user: User, roles: readonly string[]): Member {
    const member: Member = { user, nick: null, roles: [...roles], joinedAt: this.clock.now() };
    guild.members.set(user.id, member);
    return member;
  }

  /** A person of the default guild under the name that `control.as` takes; roles are named. */
  addPerson(guild: Guild, name: string, options: MemberOptions): Member {
    const user = this.addUser(options.username ?? name);
    this.people.set(name, user.id);
    const roles = (options.roles ?? []).map((role) => this.roleByName(guild, role).id);
    return this.addMember(guild, user, roles);
  }

  roleByName(guild: Guild, nameOrId: string): Role {
    const role = guild.roles.get(nameOrId) ?? [...guild.roles.values()].find((each) => each.name === nameOrId);
    if (role === undefined) throw new RangeError(`no role "${nameOrId}" in guild "${guild.name}"`);
    return role;
  }

  addChannel(
    options: Partial<
      Pick<Channel, "id" | "type" | "topic" | "parentId" | "thread" | "recipient" | "tags" | "flags">
    > & {
      readonly guildId: string | null;
      readonly name: string;
    },
  ): Channel {
    const { id, thread, recipient, ...rest } = options;
    const channel: Channel = {
      type: channelType.text,
      topic: null,
      parentId: null,
      tags: [],
      flags: 0,
      ...rest,
      id: id ?? this.ids.next(),
      position: this.channels.size,
      nsfw: false,
      rateLimitPerUser: 0,
      overwrites: [],
      lastMessageId: null,
      lastPinAt: null,
      ...(thread === undefined ? {} : { thread }),
      ...(recipient === undefined ? {} : { recipient }),
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  guild(id: string): Guild {
    const guild = this.guilds.get(id);
    if (guild === undefined) throw refuse("UnknownGuild");
    return guild;
  }

  get home(): Guild {
    return this.guild(this.guildId);
  }

  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (channel === undefined) throw refuse("UnknownChannel");
    return channel;
  }

  /** The channel whose overwrites count: a thread's parent. */
  parentOf(channel: Channel): Channel | undefined {
    return channel.thread !== undefined && channel.parentId !== null ? this.channels.get(channel.parentId) : undefined;
  }

  permissionsIn(channel: Channel, userId: string): bigint {
    if (channel.guildId === null) {
      return channel.recipient?.id === userId || userId === this.bot.id ? EVERYONE_PERMISSIONS : 0n;
    }
    const guild = this.guild(channel.guildId);
    const member = guild.members.get(userId);
    if (member === undefined) return 0n;
    const bits = channelPermissions(guild, member, channel, this.parentOf(channel));
    const isPrivate = channel.type === channelType.privateThread && !has(bits, "MANAGE_THREADS");
    return isPrivate && channel.thread?.members.has(userId) !== true ? 0n : bits;
  }

  permissionsOf(guild: Guild, userId: string): bigint {
    const member = guild.members.get(userId);
    return member === undefined ? 0n : guildPermissions(guild, member);
  }

  /** Refuses unless the bot may see the channel (50001) and has every named right in it (50013). */
  requireBot(channel: Channel, ...names: PermissionName[]): bigint {
    const bits = this.permissionsIn(channel, this.bot.id);
    if (!has(bits, "VIEW_CHANNEL")) throw refuse("MissingAccess");
    const missing: ApiError | undefined = names.every((name) => (bits & permission[name]) !== 0n)
      ? undefined
      : refuse("MissingPermissions");
    if (missing !== undefined) throw missing;
    return bits;
  }

  /** Refuses unless the bot is in the guild (50001) and has every named right there (50013). */
  requireBotInGuild(guild: Guild, ...names: PermissionName[]): void {
    if (!guild.members.has(this.bot.id)) throw refuse("MissingAccess");
    const bits = this.permissionsOf(guild, this.bot.id);
    if (!names.every((name) => has(bits, name))) throw refuse("MissingPermissions");
  }
}
