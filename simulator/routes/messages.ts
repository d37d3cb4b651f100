import type { Core } from "../core.js";
import { invalidForm, refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { flag, integer, isObject, objectsIn, stringsIn, text } from "../json.js";
import { limits } from "../limits.js";
import { channelType } from "../model.js";
import type { Channel, Message } from "../model.js";
import { has } from "../permissions.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { badLength, issue } from "../rules/issue.js";
import { checkMessage } from "../rules/message.js";
import { snowflakeTime } from "../snowflake.js";
import { queryInteger, querySnowflake } from "./query.js";

const SENDABLE: ReadonlySet<number> = new Set([
  channelType.text,
  channelType.direct,
  channelType.voice,
  channelType.announcement,
  channelType.announcementThread,
  channelType.publicThread,
  channelType.privateThread,
]);

/** What the bot needs to send this body here; throws 50001, 50013, 40058, 50008 or 50083. */
export function requireSending(core: Core, channel: Channel, body: RequestContext["body"], files: number): bigint {
  const { world } = core;
  const bits = world.requireBot(channel);
  if (channel.type === channelType.forum) throw refuse("ForumMessage");
  if (!SENDABLE.has(channel.type)) throw refuse("NotTextChannel");
  world.requireBot(channel, channel.thread === undefined ? "SEND_MESSAGES" : "SEND_MESSAGES_IN_THREADS");
  if (objectsIn(body["embeds"]).length > 0) world.requireBot(channel, "EMBED_LINKS");
  if (files > 0) world.requireBot(channel, "ATTACH_FILES");
  if (channel.thread?.locked === true && channel.thread.archived) world.requireBot(channel, "MANAGE_THREADS");
  return bits;
}

function referenceOf(core: Core, channel: Channel, body: RequestContext["body"]): Message["reference"] {
  const given = body["message_reference"];
  if (!isObject(given)) return undefined;
  if (integer(given["type"]) === 1) {
    throw invalidForm([issue(["message_reference", "type"], "BASE_TYPE_CHOICES", "The simulator has no forwarding.")]);
  }
  core.world.requireBot(channel, "READ_MESSAGE_HISTORY");
  const id = text(given["message_id"]) ?? "";
  const message = core.messages.store.find(id);
  if (message !== undefined && message.channelId === channel.id && message.ephemeralFor === undefined) {
    return { messageId: id, channelId: channel.id };
  }
  if (given["fail_if_not_exists"] === false) return undefined;
  throw invalidForm([issue(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message")]);
}

function nonceOf(body: RequestContext["body"]): string | number | undefined {
  const nonce = body["nonce"];
  return typeof nonce === "string" || typeof nonce === "number" ? nonce : undefined;
}

async function create(core: Core, context: RequestContext): Promise<Reply> {
  const { body, files } = context;
  const { world, messages, nonces } = core;
  const channel = world.channel(param(context, "channel"));
  requireSending(core, channel, body, files.length);
  await checkMessage("create", body, files);
  const senderBits = requireSending(core, channel, body, files.length);
  const nonce = nonceOf(body);
  const author = world.bot;
  if (nonce !== undefined && flag(body["enforce_nonce"])) {
    const known = nonces.find(author.id, nonce, world.switches.nonceWindowMs);
    const existing = known === undefined ? undefined : messages.store.find(known);
    if (existing !== undefined) return ok(messages.view(existing, true));
    if (known !== undefined && world.switches.deletedNonce === "unknown-message") throw refuse("UnknownMessage");
  }
  const reference = referenceOf(core, channel, body);
  const message = messages.create({
    channel,
    author,
    body,
    files,
    mentionDefaults: "all",
    senderBits,
    nonce,
    reference,
  });
  if (nonce !== undefined) nonces.remember(author.id, nonce, message.id, world.switches.nonceWindowMs);
  return ok(messages.view(message, true));
}

async function edit(core: Core, context: RequestContext): Promise<Reply> {
  const { body, files } = context;
  const { world, messages } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel);
  const message = messages.store.get(channel, param(context, "message"));
  if (message.author.id !== world.bot.id || message.webhookId !== undefined) {
    const only = Object.keys(body).every((key) => key === "flags");
    if (!only) throw refuse("NotAuthor");
    world.requireBot(channel, "MANAGE_MESSAGES");
  }
  if (channel.thread?.archived === true) throw refuse("ArchivedThread");
  await checkMessage("edit", body, files, message);
  if (message.deletedAt !== undefined) throw refuse("UnknownMessage");
  messages.countOldEdit(message);
  messages.edit(message, body, files);
  return ok(messages.view(message));
}

function remove(core: Core, context: RequestContext): Reply {
  const { world, messages } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel);
  const message = messages.store.get(channel, param(context, "message"));
  if (channel.thread?.archived === true) throw refuse("ArchivedThread");
  if (message.author.id !== world.bot.id) world.requireBot(channel, "MANAGE_MESSAGES");
  messages.remove(message);
  return NO_CONTENT;
}

function bulkRemove(core: Core, context: RequestContext): Reply {
  const { world, messages, clock } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "MANAGE_MESSAGES", "READ_MESSAGE_HISTORY");
  const ids = stringsIn(context.body["messages"]);
  const form = ids.length < limits.bulkDeleteMin || ids.length > limits.bulkDeleteMax;
  if (form) throw invalidForm([badLength(["messages"], limits.bulkDeleteMin, limits.bulkDeleteMax)]);
  if (new Set(ids).size !== ids.length) {
    throw invalidForm([issue(["messages"], "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")]);
  }
  const oldest = clock.now() - limits.bulkDeleteMaxAgeMs;
  if (ids.some((id) => !/^\d{1,20}$/.test(id) || snowflakeTime(id) < oldest)) throw refuse("BulkDeleteAge");
  const gone = ids.map((id) => messages.store.find(id)).filter((each) => each?.channelId === channel.id);
  for (const message of gone) if (message !== undefined) messages.store.remove(message, clock.now());
  const guild = channel.guildId === null ? {} : { guild_id: channel.guildId };
  world.emit({
    name: "MESSAGE_DELETE_BULK",
    data: { ids: gone.flatMap((message) => message?.id ?? []), channel_id: channel.id, ...guild },
    intents: intent.GUILD_MESSAGES,
  });
  return NO_CONTENT;
}

function readable(core: Core, context: RequestContext): Channel {
  const channel = core.world.channel(param(context, "channel"));
  core.world.requireBot(channel);
  return channel;
}

function list(core: Core, context: RequestContext): Reply {
  const channel = readable(core, context);
  const { query } = context;
  const limit = queryInteger(query, "limit", 50, 1, limits.messagesPerPage);
  const page = {
    before: querySnowflake(query, "before"),
    after: querySnowflake(query, "after"),
    around: querySnowflake(query, "around"),
  };
  if (Object.values(page).filter((value) => value !== undefined).length > 1) {
    throw invalidForm([issue([], "MESSAGE_LIST_EXCLUSIVE", "before, after and around are mutually exclusive")]);
  }
  // Without the right to read history Discord answers with an empty list, not with an error.
  if (!has(core.world.permissionsIn(channel, core.world.bot.id), "READ_MESSAGE_HISTORY")) return ok([]);
  const found = core.messages.store.history(channel.id, { limit, ...page });
  return ok(found.map((message) => core.messages.view(message)));
}

/** Messages of a channel: create, read, edit, delete. */
export function messageRoutes(core: Core): Route[] {
  const message = "/channels/:channel/messages/:message";
  const base = { class: "bot", major: ["channel"] } as const;
  return [
    {
      ...base,
      method: "POST",
      path: "/channels/:channel/messages",
      bucket: "message-create",
      handle: (context) => create(core, context),
    },
    {
      ...base,
      method: "GET",
      path: "/channels/:channel/messages",
      bucket: "message-read",
      handle: (context) => list(core, context),
    },
    {
      ...base,
      method: "POST",
      path: "/channels/:channel/messages/bulk-delete",
      bucket: "bulk-delete",
      handle: (context) => bulkRemove(core, context),
    },
    {
      ...base,
      method: "GET",
      path: message,
      bucket: "message-read",
      handle: (context) => {
        const channel = readable(core, context);
        core.world.requireBot(channel, "READ_MESSAGE_HISTORY");
        return ok(core.messages.view(core.messages.store.get(channel, param(context, "message"))));
      },
    },
    {
      ...base,
      method: "PATCH",
      path: message,
      bucket: "message-edit",
      handle: (context) => edit(core, context),
    },
    {
      ...base,
      method: "DELETE",
      path: message,
      bucket: "message-delete",
      variant: (params) => {
        const id = params["message"] ?? "0";
        return core.clock.now() - snowflakeTime(id) > limits.oldMessageDeleteMs ? "message-delete-old" : undefined;
      },
      handle: (context) => remove(core, context),
    },
  ];
}
