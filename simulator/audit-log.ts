import type { Core } from "./core.js";
import { intent } from "./gateway/intents.js";
import { integer, isObject, text } from "./json.js";
import type { JsonObject } from "./json.js";
import { limits } from "./limits.js";
import { has } from "./permissions.js";
import { ok, param } from "./rest/route.js";
import type { Reply, RequestContext, Route } from "./rest/route.js";
import { queryInteger, querySnowflake } from "./routes/query.js";
import { userView } from "./views.js";

export interface AuditEntry {
  readonly id: string;
  readonly guildId: string;
  readonly userId: string;
  readonly actionType: number;
  readonly targetId: string | null;
  readonly reason: string | undefined;
}

type Kind = "channel" | "webhook" | "message" | "bulk";

/** Which requests leave an entry, with Discord's number for the action (a thread's differs) and what the entry is about. */
const AUDITED: Readonly<Record<string, { readonly action: number; readonly thread?: number; readonly about: Kind }>> = {
  "POST /guilds/:guild/channels": { action: 10, about: "channel" },
  "PATCH /channels/:channel": { action: 11, thread: 111, about: "channel" },
  "DELETE /channels/:channel": { action: 12, thread: 112, about: "channel" },
  "POST /channels/:channel/threads": { action: 110, about: "channel" },
  "POST /channels/:channel/messages/:message/threads": { action: 110, about: "channel" },
  "POST /channels/:channel/webhooks": { action: 50, about: "webhook" },
  "PATCH /webhooks/:webhook": { action: 51, about: "webhook" },
  "DELETE /webhooks/:webhook": { action: 52, about: "webhook" },
  "DELETE /channels/:channel/messages/:message": { action: 72, about: "message" },
  "POST /channels/:channel/messages/bulk-delete": { action: 73, about: "bulk" },
  "PUT /channels/:channel/messages/pins/:message": { action: 74, about: "message" },
  "DELETE /channels/:channel/messages/pins/:message": { action: 75, about: "message" },
};

/** What has to be known before the request is done: afterwards it may be gone. */
function before(core: Core, { params }: RequestContext): { guildId: string | null; thread: boolean; author?: string } {
  const { world, messages } = core;
  const hook = world.webhooks.get(params["webhook"] ?? "");
  const channel = world.channels.get(params["channel"] ?? hook?.channelId ?? "");
  const author = messages.store.find(params["message"] ?? "")?.author.id;
  return {
    guildId: params["guild"] ?? channel?.guildId ?? null,
    thread: channel?.thread !== undefined,
    ...(author === undefined ? {} : { author }),
  };
}

function target(about: Kind, context: RequestContext, reply: Reply, author: string | undefined): string | null {
  if (about === "message") return author ?? null;
  const made = isObject(reply.body) ? text(reply.body["id"]) : undefined;
  return made ?? context.params["webhook"] ?? context.params["channel"] ?? null;
}

function entryView(entry: AuditEntry): JsonObject {
  return {
    id: entry.id,
    target_id: entry.targetId,
    user_id: entry.userId,
    action_type: entry.actionType,
    changes: [],
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
  };
}

/** The same route, leaving an entry with the request's reason in the guild's audit log when it was done. */
export function audited(core: Core, route: Route): Route {
  const rule = AUDITED[`${route.method} ${route.path}`];
  if (rule === undefined) return route;
  const { world } = core;
  const handle = async (context: RequestContext): Promise<Reply> => {
    const { guildId, thread, author } = before(core, context);
    const reply = await route.handle(context);
    // Taking back one's own message is no deed of a moderator.
    if (guildId === null || (rule.action === 72 && author === world.bot.id)) return reply;
    const { auditReason } = context;
    const entry: AuditEntry = {
      id: world.ids.next(),
      guildId,
      userId: world.bot.id,
      actionType: thread ? (rule.thread ?? rule.action) : rule.action,
      targetId: target(rule.about, context, reply, author),
      reason: auditReason === undefined ? undefined : decodeURIComponent(auditReason),
    };
    world.auditLog.push(entry);
    const guild = world.guild(guildId);
    if (guild.members.has(world.bot.id) && has(world.permissionsOf(guild, world.bot.id), "VIEW_AUDIT_LOG")) {
      const data = { ...entryView(entry), guild_id: guildId };
      world.emit({ name: "GUILD_AUDIT_LOG_ENTRY_CREATE", data, intents: intent.GUILD_MODERATION });
    }
    return reply;
  };
  return { ...route, handle };
}

/** Reading a guild's audit log, newest first. */
export function auditLogRoutes({ world }: Core): Route[] {
  return [
    {
      method: "GET",
      path: "/guilds/:guild/audit-logs",
      class: "bot",
      bucket: "audit-log",
      major: ["guild"],
      handle: (context) => {
        const guild = world.guild(param(context, "guild"));
        world.requireBotInGuild(guild, "VIEW_AUDIT_LOG");
        const { query } = context;
        const limit = queryInteger(query, "limit", 50, 1, limits.auditEntriesPerPage);
        const [user, older, newer] = ["user_id", "before", "after"].map((name) => querySnowflake(query, name));
        const action = query.get("action_type");
        const found = world.auditLog.filter(
          (entry) =>
            entry.guildId === guild.id &&
            (user === undefined || entry.userId === user) &&
            (action === null || entry.actionType === integer(Number(action))) &&
            (older === undefined || BigInt(entry.id) < BigInt(older)) &&
            (newer === undefined || BigInt(entry.id) > BigInt(newer)),
        );
        const entries = (newer === undefined ? found.slice(-limit) : found.slice(0, limit)).reverse();
        return ok({
          audit_log_entries: entries.map(entryView),
          users: entries.length === 0 ? [] : [userView(world.bot)],
          application_commands: [],
          auto_moderation_rules: [],
          guild_scheduled_events: [],
          integrations: [],
          threads: [],
          webhooks: [],
        });
      },
    },
  ];
}
