import { field, text } from "./fields.js";

/** Names that the gateway has told. */
export interface GuildNames {
  role(guild: string, role: string): string | undefined;
}

/** The names of the roles in each guild, from the events that tell them. Of all that Discord tells a bot, nothing else is kept. */
export class GuildRoles implements GuildNames {
  readonly #guilds = new Map<string, Map<string, string>>();

  role(guild: string, role: string): string | undefined {
    return this.#guilds.get(guild)?.get(role);
  }

  /** Takes one event of the gateway. What is malformed or of another kind changes nothing. */
  take(type: unknown, data: unknown): void {
    switch (type) {
      case "GUILD_CREATE":
      case "GUILD_UPDATE":
        return this.#all(text(data, "id"), field(data, "roles"));
      case "GUILD_DELETE":
        return this.#left(text(data, "id"), field(data, "unavailable") === true);
      case "GUILD_ROLE_CREATE":
      case "GUILD_ROLE_UPDATE":
        return this.#one(text(data, "guild_id"), field(data, "role"));
      case "GUILD_ROLE_DELETE":
        this.#guilds.get(text(data, "guild_id") ?? "")?.delete(text(data, "role_id") ?? "");
        return;
      default:
    }
  }

  #all(guild: string | undefined, roles: unknown): void {
    if (guild === undefined || !Array.isArray(roles)) return;
    this.#guilds.set(guild, new Map());
    for (const role of roles as readonly unknown[]) this.#one(guild, role);
  }

  #one(guild: string | undefined, role: unknown): void {
    const [id, name] = [text(role, "id"), text(role, "name")];
    if (guild === undefined || id === undefined || name === undefined) return;
    const known = this.#guilds.get(guild);
    if (known) known.set(id, name);
    else this.#guilds.set(guild, new Map([[id, name]]));
  }

  /** A guild that is out of reach for a while keeps its names; one that was left does not. */
  #left(guild: string | undefined, unavailable: boolean): void {
    if (guild !== undefined && !unavailable) this.#guilds.delete(guild);
  }
}
