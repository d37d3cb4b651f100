import { ApplicationCommandOptionType, ApplicationCommandType, InteractionType } from "discord-api-types/v10";

import type { OptionValue, Person } from "../../model/contract/command.js";
import { DISCORD_LIMITS } from "../../model/limits.js";

import type { Asker, InteractionKind, Parsed, RawOption, ReplyTo } from "./interaction.js";

type Json = Readonly<Record<string, unknown>>;

/** Discord's ids: 64-bit numbers in decimal. */
const SNOWFLAKE = /^\d{15,20}$/;
/** One segment of a path and nothing that could leave it: no slash, not `..`. */
const TOKEN = /^[\w~+=-][\w.~+=-]{0,511}$/;
/** Sub-commands nest at most two deep: group, then sub-command. */
const DEEPEST = 2;

/**
 * A raw INTERACTION_CREATE as a value. Trusts nothing: whatever is missing or of another type than documented makes the
 * interaction malformed, and only what is checked here reaches the rest of the program. Pure; never throws.
 */
export function parseInteraction(raw: unknown): Parsed {
  const json = objectOf(raw);
  if (!json) return { kind: "unanswerable", problem: "not an object" };
  const id = snowflake(json["id"]);
  const token = stringOf(json["token"]);
  if (id === undefined || token === undefined || !TOKEN.test(token)) {
    return { kind: "unanswerable", problem: "without an id or a token" };
  }
  const replyTo: ReplyTo = {
    id,
    token,
    applicationId: snowflake(json["application_id"]),
    channel: snowflake(json["channel_id"]),
  };
  const locale = stringOf(json["locale"])?.slice(0, 16) ?? "en-US";
  const answerWith = json["type"] === InteractionType.ApplicationCommandAutocomplete ? "choices" : "message";
  const malformed = (problem: string): Parsed => ({ kind: "malformed", replyTo, locale, answerWith, problem });

  const asker = askerOf(json, locale);
  if (typeof asker === "string") return malformed(asker);
  const what = whatOf(json, asker.principal.guild);
  if (typeof what === "string") return malformed(what);
  return { kind: "interaction", replyTo, asker, what };
}

/** Who asks; a text says what is wrong. */
function askerOf(json: Json, locale: string): Asker | string {
  const member = objectOf(json["member"]);
  const guild = snowflake(json["guild_id"]);
  const user = objectOf(member ? member["user"] : json["user"]);
  const identity = identityOf(user, member);
  if (!identity) return "without a user";
  // A member without a guild, or a guild without a member, proves no membership: both count as a private conversation.
  if (!member || guild === undefined || isUserInstalled(json)) {
    return { locale, principal: { ...identity, guild: undefined, roles: [], permissions: 0n } };
  }
  const roles = rolesOf(member);
  if (!roles) return "with roles that are no ids";
  const permissions = bitsOf(member["permissions"]);
  if (permissions === undefined) return "without permissions";
  return { locale, principal: { ...identity, guild, roles, permissions } };
}

function identityOf(
  user: Json | undefined,
  member: Json | undefined,
): Pick<Person, "kind" | "id" | "name"> | undefined {
  const id = snowflake(user?.["id"]);
  if (!user || id === undefined) return undefined;
  const name = stringOf(member?.["nick"]) ?? stringOf(user["global_name"]) ?? stringOf(user["username"]) ?? id;
  return { kind: "member", id, name };
}

function rolesOf(member: Json): readonly string[] | undefined {
  const { roles } = member;
  return Array.isArray(roles) && roles.every((role) => snowflake(role) !== undefined)
    ? (roles as readonly string[])
    : undefined;
}

/** Whom the options name. Who is described in part only, or has left the server, counts as being outside of it. */
function peopleOf(data: Json, guild: string | undefined): ReadonlyMap<string, Person> {
  const resolved = objectOf(data["resolved"]);
  const users = objectOf(resolved?.["users"]) ?? {};
  const members = objectOf(resolved?.["members"]) ?? {};
  const people = new Map<string, Person>();
  for (const [key, value] of Object.entries(users)) {
    const member = Object.hasOwn(members, key) ? objectOf(members[key]) : undefined;
    const identity = identityOf(objectOf(value), member);
    if (identity?.id !== key) continue;
    const roles = member && rolesOf(member);
    const permissions = member && bitsOf(member["permissions"]);
    people.set(
      key,
      guild === undefined || !roles || permissions === undefined
        ? { ...identity, guild: undefined, roles: [], permissions: 0n }
        : { ...identity, guild, roles, permissions },
    );
  }
  return people;
}

/** An app that a person has installed for themselves brings its commands into any guild: it speaks for none. Keys: 0 guild, 1 user. */
function isUserInstalled(json: Json): boolean {
  const owners = objectOf(json["authorizing_integration_owners"]);
  return owners !== undefined && "1" in owners && !("0" in owners);
}

function whatOf(json: Json, guild: string | undefined): InteractionKind | string {
  const data = objectOf(json["data"]);
  if (!data) return "without data";
  switch (json["type"]) {
    case InteractionType.ApplicationCommand:
      return commandOf(data, guild);
    case InteractionType.ApplicationCommandAutocomplete:
      return autocompleteOf(data);
    case InteractionType.MessageComponent:
      return pressOf(data, stringsOf(data["values"]) ?? [], objectOf(json["message"]) !== undefined);
    case InteractionType.ModalSubmit:
      return pressOf(data, modalValues(data["components"], 0), objectOf(json["message"]) !== undefined);
    default:
      return "of an unknown type";
  }
}

function commandOf(data: Json, guild: string | undefined): InteractionKind | string {
  if ((data["type"] ?? ApplicationCommandType.ChatInput) !== ApplicationCommandType.ChatInput)
    return "not a slash command";
  const path = pathOf(data);
  if (typeof path === "string") return path;
  const options: RawOption[] = [];
  for (const json of path.options) {
    const option = optionOf(json);
    if (typeof option === "string") return option;
    options.push(option);
  }
  return { kind: "command", name: path.name, options, people: peopleOf(data, guild) };
}

function autocompleteOf(data: Json): InteractionKind | string {
  const path = pathOf(data);
  if (typeof path === "string") return path;
  let focused: { name: string; partial: string } | undefined;
  const options: RawOption[] = [];
  for (const json of path.options) {
    const name = stringOf(json["name"]);
    if (name === undefined) return "with an option without a name";
    if (json["focused"] === true) {
      // What is being typed need not be of the option's type yet.
      const { value } = json;
      focused = { name, partial: typeof value === "string" || typeof value === "number" ? String(value) : "" };
    } else {
      const option = optionOf(json);
      if (typeof option !== "string") options.push(option);
    }
  }
  return { kind: "autocomplete", name: path.name, options, focused };
}

/** Follows groups and sub-commands down to the options that a person filled in. */
function pathOf(data: Json): { readonly name: string; readonly options: readonly Json[] } | string {
  const name = stringOf(data["name"]);
  if (name === undefined || name === "") return "without a name";
  const names = [name];
  let options = objectsOf(data["options"] ?? []);
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const inner = options?.[0];
    const isNested =
      inner?.["type"] === ApplicationCommandOptionType.Subcommand ||
      inner?.["type"] === ApplicationCommandOptionType.SubcommandGroup;
    if (!inner || !isNested) break;
    const innerName = stringOf(inner["name"]);
    if (innerName === undefined || options?.length !== 1) return "with a broken sub-command";
    names.push(innerName);
    options = objectsOf(inner["options"] ?? []);
  }
  if (!options || options.length > DISCORD_LIMITS.commandOptions) return "with options that are no list of options";
  return { name: names.join(" "), options };
}

function optionOf(json: Json): RawOption | string {
  const name = stringOf(json["name"]);
  const { value } = json;
  if (name === undefined) return "with an option without a name";
  if (!isOptionValue(value)) return "with an option without a value";
  return { name, value };
}

function isOptionValue(value: unknown): value is OptionValue {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}

function pressOf(data: Json, values: readonly string[], onMessage: boolean): InteractionKind | string {
  const customId = stringOf(data["custom_id"]);
  if (customId === undefined || customId === "" || customId.length > DISCORD_LIMITS.customId)
    return "without a custom id";
  return { kind: "press", customId, values, onMessage };
}

/** The values of a modal's fields, in their order: rows and labels hold the fields. */
function modalValues(components: unknown, depth: number): readonly string[] {
  if (depth > DEEPEST) return [];
  return (objectsOf(components ?? []) ?? []).flatMap((component) => {
    const own = stringOf(component["value"]);
    const chosen = stringsOf(component["values"]) ?? [];
    const label = objectOf(component["component"]);
    const inner = label ? [label] : component["components"];
    return [...(own === undefined ? [] : [own]), ...chosen, ...modalValues(inner, depth + 1)];
  });
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function objectsOf(value: unknown): readonly Json[] | undefined {
  return Array.isArray(value) && value.every((item) => objectOf(item) !== undefined) ? (value as Json[]) : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function stringsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

function snowflake(value: unknown): string | undefined {
  return typeof value === "string" && SNOWFLAKE.test(value) ? value : undefined;
}

/** Permission bits come as a decimal text: they are beyond what a number holds. */
function bitsOf(value: unknown): bigint | undefined {
  return typeof value === "string" && /^\d{1,40}$/.test(value) ? BigInt(value) : undefined;
}
