import { field, list, text } from "./fields.js";

/** Where this bot may have been given a right that it did not have. */
export type RightsChange =
  /** A session began or went on: what happened meanwhile is not known, of one that is new not even in part. */
  | { readonly where: "everywhere"; readonly session: "new" | "resumed" }
  /** `joined`: the bot had left it, or was made to. */
  | { readonly where: "guild"; readonly guild: string; readonly joined?: true }
  | { readonly where: "channels"; readonly channels: readonly string[] };

/**
 * Set in `flags` of a channel that the bot may not see; once it may, the channel is told anew without it.
 * Source: Discord's documentation, resources/channel, "Obfuscated Channels" (2026).
 */
const CHANNEL_OBFUSCATED = 1 << 17;

/**
 * Tells from the gateway's events where the bot's rights may have changed: by a channel's overwrites, by a role of its own, by its
 * place in the guild. Rights are not computed; whoever is told asks Discord. Kept are the bot's own roles and the parents of active
 * threads, which Discord bounds at 250 and 1,000 for each guild.
 */
export class RightsWatch {
  #me: string | undefined;
  /** By guild. A role once held stays: events may come out of order, and one that is told too much costs a request at most. */
  readonly #ownRoles = new Map<string, Set<string>>();
  /** By guild: each active thread's parent. */
  readonly #parents = new Map<string, Map<string, string>>();
  /** Guilds that were left within the session. */
  readonly #left = new Set<string>();

  /** A session began; `d` of READY. */
  begin(ready: unknown): RightsChange {
    this.#me = text(field(ready, "user"), "id");
    this.#ownRoles.clear();
    this.#parents.clear();
    this.#left.clear();
    return { where: "everywhere", session: "new" };
  }

  /** Takes one event of the gateway. `undefined`: it gives the bot nothing, or is malformed. */
  take(type: unknown, data: unknown): RightsChange | undefined {
    switch (type) {
      case "GUILD_CREATE":
        return this.#guildIsThere(text(data, "id"), data);
      case "GUILD_DELETE":
        this.#guildLeft(text(data, "id"), field(data, "unavailable") === true);
        return undefined;
      case "GUILD_ROLE_CREATE":
      case "GUILD_ROLE_UPDATE":
        return this.#role(text(data, "guild_id"), text(field(data, "role"), "id"));
      case "GUILD_ROLE_DELETE":
        return this.#role(text(data, "guild_id"), text(data, "role_id"));
      case "GUILD_MEMBER_UPDATE":
        return this.#member(text(data, "guild_id"), data);
      case "CHANNEL_CREATE":
      case "CHANNEL_UPDATE":
        return this.#channel(data);
      case "THREAD_CREATE":
      case "THREAD_UPDATE":
        return this.#thread(data);
      case "THREAD_DELETE":
        this.#parents.get(text(data, "guild_id") ?? "")?.delete(text(data, "id") ?? "");
        return undefined;
      case "THREAD_LIST_SYNC":
        return this.#threads(text(data, "guild_id"), data);
      default:
        return undefined;
    }
  }

  #guildIsThere(guild: string | undefined, data: unknown): RightsChange | undefined {
    if (guild === undefined || field(data, "unavailable") === true) return undefined;
    const me = list(data, "members").find((member) => this.#isMe(member));
    if (me !== undefined) this.#ownRoles.set(guild, rolesOf(me));
    this.#parents.delete(guild);
    for (const thread of list(data, "threads")) this.#learn(guild, thread);
    return { where: "guild", guild, ...(this.#left.delete(guild) ? { joined: true } : {}) };
  }

  #guildLeft(guild: string | undefined, unavailable: boolean): void {
    if (guild === undefined || unavailable) return;
    this.#left.add(guild);
    this.#ownRoles.delete(guild);
    this.#parents.delete(guild);
  }

  /** A role counts when the bot holds it, or everybody does (@everyone has the guild's id), or when its own roles were not told. */
  #role(guild: string | undefined, role: string | undefined): RightsChange | undefined {
    if (guild === undefined || role === undefined) return undefined;
    const own = this.#ownRoles.get(guild);
    return own === undefined || role === guild || own.has(role) ? { where: "guild", guild } : undefined;
  }

  #member(guild: string | undefined, data: unknown): RightsChange | undefined {
    if (guild === undefined || !this.#isMe(data)) return undefined;
    const own = this.#ownRoles.get(guild);
    if (own) for (const role of rolesOf(data)) own.add(role);
    return { where: "guild", guild };
  }

  #channel(data: unknown): RightsChange | undefined {
    const id = text(data, "id");
    const flags = field(data, "flags");
    if (id === undefined || (typeof flags === "number" && (flags & CHANNEL_OBFUSCATED) !== 0)) return undefined;
    return { where: "channels", channels: this.#withThreads(text(data, "guild_id"), [id]) };
  }

  #thread(data: unknown): RightsChange | undefined {
    const [id, guild] = [text(data, "id"), text(data, "guild_id")];
    if (id === undefined || guild === undefined) return undefined;
    const state = field(data, "thread_metadata");
    if (field(state, "archived") === true || field(state, "locked") === true) {
      this.#parents.get(guild)?.delete(id);
      return undefined;
    }
    this.#learn(guild, data);
    return { where: "channels", channels: [id] };
  }

  /** The bot came to see channels: those that are named, or any of the guild's. */
  #threads(guild: string | undefined, data: unknown): RightsChange | undefined {
    if (guild === undefined) return undefined;
    for (const thread of list(data, "threads")) this.#learn(guild, thread);
    const channels = list(data, "channel_ids").filter((id) => typeof id === "string");
    if (channels.length === 0) return { where: "guild", guild };
    return { where: "channels", channels: this.#withThreads(guild, channels) };
  }

  /** What a channel's overwrites allow holds in its threads. */
  #withThreads(guild: string | undefined, channels: readonly string[]): readonly string[] {
    const parents = this.#parents.get(guild ?? "") ?? new Map<string, string>();
    return [...channels, ...[...parents].flatMap(([thread, parent]) => (channels.includes(parent) ? [thread] : []))];
  }

  #learn(guild: string, thread: unknown): void {
    const [id, parent] = [text(thread, "id"), text(thread, "parent_id")];
    if (id === undefined || parent === undefined) return;
    const known = this.#parents.get(guild);
    if (known) known.set(id, parent);
    else this.#parents.set(guild, new Map([[id, parent]]));
  }

  /** Other members are not told to a bot without the intent for them, so whoever it is before READY was understood is the bot. */
  #isMe(member: unknown): boolean {
    const id = text(field(member, "user"), "id");
    return id !== undefined && (this.#me === undefined || id === this.#me);
  }
}

function rolesOf(member: unknown): Set<string> {
  return new Set(list(member, "roles").filter((role) => typeof role === "string"));
}
