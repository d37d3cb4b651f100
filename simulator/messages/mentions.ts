import { isObject, objectsIn, stringsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import type { Channel, Guild, Mentioned } from "../model.js";
import { has } from "../permissions.js";
import type { World } from "../world.js";

/** What the text mentions at all, before any rule about who may be notified. */
interface Found {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
}

export interface MentionRules {
  readonly guild: Guild | undefined;
  readonly channel: Channel;
  /** Channel permissions of whoever sends. */
  readonly senderBits: bigint;
  /** What is parsed when `allowed_mentions` is absent: bots everything, webhooks and interactions users only. */
  readonly defaults: "all" | "users";
  readonly repliedUser: string | undefined;
}

function find(content: string): Found {
  const plain = content.replaceAll(/```[\s\S]*?```/g, "").replaceAll(/`[^`\n]+`/g, "");
  const users = new Set([...plain.matchAll(/<@!?(\d{17,20})>/g)].map((match) => match[1] ?? ""));
  const roles = new Set([...plain.matchAll(/<@&(\d{17,20})>/g)].map((match) => match[1] ?? ""));
  return { users: [...users], roles: [...roles], everyone: /@(?:everyone|here)\b/.test(plain) };
}

/** The texts of a message that can mention: its content, or the text displays of a V2 message. */
export function mentionText(content: string, components: readonly JsonObject[]): string {
  const texts = components.flatMap((component) => {
    const own = component["type"] === 10 ? (text(component["content"]) ?? "") : "";
    return [own, mentionText("", objectsIn(component["components"]))];
  });
  return [content, ...texts].filter((part) => part !== "").join("\n");
}

/** Who is notified by a text, by `allowed_mentions`, mentionable roles and MENTION_EVERYONE. */
export function resolveMentions(content: string, allowed: unknown, rules: MentionRules, world: World): Mentioned {
  const found = find(content);
  const given = isObject(allowed) ? allowed : undefined;
  const parse = new Set(
    given === undefined
      ? rules.defaults === "all"
        ? ["users", "roles", "everyone"]
        : ["users"]
      : stringsIn(given["parse"]),
  );
  const listedUsers = new Set(stringsIn(given?.["users"]));
  const listedRoles = new Set(stringsIn(given?.["roles"]));
  const mayEveryone = has(rules.senderBits, "MENTION_EVERYONE");
  const users = found.users.filter((id) => (parse.has("users") || listedUsers.has(id)) && world.users.has(id));
  const roles = found.roles.filter((id) => {
    const role = rules.guild?.roles.get(id);
    if (role === undefined || !(parse.has("roles") || listedRoles.has(id))) return false;
    return role.mentionable || mayEveryone;
  });
  const replies = given === undefined ? rules.defaults === "all" : given["replied_user"] === true;
  const repliedUser = replies ? (rules.repliedUser ?? null) : null;
  return { users, roles, everyone: found.everyone && parse.has("everyone") && mayEveryone, repliedUser };
}
