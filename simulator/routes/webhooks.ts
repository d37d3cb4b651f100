import type { Core } from "../core.js";
import { invalidForm, refuse } from "../errors.js";
import { allComponents } from "../messages/content.js";
import { objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { channelType } from "../model.js";
import type { Message, User, Webhook } from "../model.js";
import { urlToken } from "../random.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { badLength, issue, length, required } from "../rules/issue.js";
import { checkMessage } from "../rules/message.js";
import { webhookView } from "../views.js";
import { interactionWebhook } from "./interactions.js";
import { queryFlag, querySnowflake } from "./query.js";

function find(core: Core, context: RequestContext): Webhook {
  const webhook = core.world.webhooks.get(param(context, "webhook"));
  if (webhook === undefined) throw refuse("UnknownWebhook");
  if (webhook.token !== param(context, "token")) throw refuse("InvalidWebhookToken");
  return webhook;
}

function checkName(name: string | undefined): string {
  if (name === undefined) throw invalidForm([required(["name"])]);
  const size = length(name.trim());
  if (size < 1 || size > limits.webhookNameLength) {
    throw invalidForm([badLength(["name"], 1, limits.webhookNameLength)]);
  }
  const forbidden = ["clyde", "discord"].find((word) => name.toLowerCase().includes(word));
  if (forbidden !== undefined) {
    const message = `Username cannot contain "${forbidden}"`;
    throw invalidForm([issue(["name"], "USERNAME_INVALID_CONTAINS", message)]);
  }
  return name;
}

function createWebhook(core: Core, context: RequestContext): Reply {
  const { world } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "MANAGE_WEBHOOKS");
  const kinds: readonly number[] = [channelType.text, channelType.announcement, channelType.forum];
  if (channel.guildId === null || !kinds.includes(channel.type)) throw refuse("WrongChannelType");
  const name = checkName(text(context.body["name"]));
  const all = [...world.webhooks.values()];
  if (all.filter((hook) => hook.channelId === channel.id).length >= limits.webhooksPerChannel)
    throw refuse("MaxWebhooks");
  if (all.filter((hook) => hook.guildId === channel.guildId).length >= limits.webhooksPerGuild) {
    throw refuse("MaxGuildWebhooks");
  }
  const webhook = addWebhook(core, channel.id, channel.guildId, name, world.applicationId, world.bot);
  return ok(webhookView(webhook, core.baseUrl()));
}

/** A webhook made by a person (without application) or by the bot. */
export function addWebhook(
  core: Core,
  channelId: string,
  guildId: string,
  name: string,
  applicationId: string | null,
  user: User,
): Webhook {
  const token = urlToken(core.world.random, 68);
  const webhook: Webhook = { id: core.world.ids.next(), token, guildId, channelId, name, applicationId, user };
  core.world.webhooks.set(webhook.id, webhook);
  return webhook;
}

/** Interactive components need a webhook of an application; others may carry links, and only when asked to. */
function allowedComponents(webhook: Webhook, body: JsonObject, query: URLSearchParams): JsonObject {
  if (webhook.applicationId !== null || !("components" in body)) return body;
  const { components, ...rest } = body;
  if (!queryFlag(query, "with_components")) return rest;
  const interactive = allComponents(objectsIn(components)).some(
    (component) => text(component["custom_id"]) !== undefined,
  );
  if (interactive) {
    throw invalidForm([
      issue(
        ["components"],
        "COMPONENT_INVALID_FOR_WEBHOOK",
        "Interactive components need a webhook owned by an application",
      ),
    ]);
  }
  return body;
}

async function execute(core: Core, context: RequestContext): Promise<Reply> {
  if (param(context, "webhook") === core.world.applicationId) return interactionWebhook.followUp(core, context);
  const { world, messages, limiter } = core;
  const webhook = find(core, context);
  const threadId = querySnowflake(context.query, "thread_id");
  const channel = world.channel(threadId ?? webhook.channelId);
  if (threadId !== undefined && channel.parentId !== webhook.channelId) throw refuse("UnknownChannel");
  if (channel.type === channelType.forum) throw refuse("ForumMessage");
  const body = allowedComponents(webhook, context.body, context.query);
  const username = text(body["username"]);
  if (username !== undefined) checkName(username);
  await checkMessage("webhook", body, context.files);
  const { webhookChannelMessages, webhookChannelWindowMs } = limits;
  limiter.hidden(`webhook-channel/${channel.id}`, webhookChannelMessages, webhookChannelWindowMs, "shared");
  const everyone = world.guild(webhook.guildId).roles.get(webhook.guildId)?.permissions ?? 0n;
  const message = messages.create({
    channel,
    author: { id: webhook.id, username: username ?? webhook.name, globalName: null, bot: true },
    body,
    files: context.files,
    mentionDefaults: "users",
    senderBits: everyone,
    webhookId: webhook.id,
    ...(webhook.applicationId === null ? {} : { applicationId: webhook.applicationId }),
  });
  return queryFlag(context.query, "wait") ? ok(messages.view(message)) : NO_CONTENT;
}

function ownMessage(core: Core, context: RequestContext): Message {
  const webhook = find(core, context);
  const message = core.messages.store.find(param(context, "message"));
  if (message === undefined || message.webhookId !== webhook.id) throw refuse("UnknownMessage");
  return message;
}

async function editMessage(core: Core, context: RequestContext): Promise<Reply> {
  const message = ownMessage(core, context);
  const body = allowedComponents(find(core, context), context.body, context.query);
  await checkMessage("webhookEdit", body, context.files, message);
  if (message.deletedAt !== undefined) throw refuse("UnknownMessage");
  core.messages.edit(message, body, context.files);
  return ok(core.messages.view(message));
}

function requireManaged(core: Core, context: RequestContext): Webhook {
  const webhook = core.world.webhooks.get(param(context, "webhook"));
  if (webhook === undefined) throw refuse("UnknownWebhook");
  core.world.requireBot(core.world.channel(webhook.channelId), "MANAGE_WEBHOOKS");
  return webhook;
}

/** Webhooks of channels, and the webhook that every interaction is answered through. */
export function webhookRoutes(core: Core): Route[] {
  const { world } = core;
  const isInteraction = (context: RequestContext): boolean => param(context, "webhook") === world.applicationId;
  const token = { class: "webhook", major: ["webhook", "token"] } as const;
  const managed = { class: "bot", bucket: "webhook", major: ["webhook"] } as const;
  const messagePath = "/webhooks/:webhook/:token/messages/:message";
  const originalPath = "/webhooks/:webhook/:token/messages/@original";
  const originalOnly = (context: RequestContext): void => {
    if (!isInteraction(context)) throw refuse("UnknownMessage");
  };
  return [
    {
      method: "POST",
      path: "/channels/:channel/webhooks",
      class: "bot",
      bucket: "webhook-create",
      major: ["channel"],
      handle: (context) => createWebhook(core, context),
    },
    {
      method: "GET",
      path: "/channels/:channel/webhooks",
      class: "bot",
      bucket: "webhook-list",
      major: ["channel"],
      handle: (context) => {
        const channel = world.channel(param(context, "channel"));
        world.requireBot(channel, "MANAGE_WEBHOOKS");
        const own = [...world.webhooks.values()].filter((hook) => hook.channelId === channel.id);
        return ok(own.map((hook) => webhookView(hook, core.baseUrl())));
      },
    },
    {
      ...managed,
      method: "GET",
      path: "/webhooks/:webhook",
      handle: (context) => ok(webhookView(requireManaged(core, context), core.baseUrl())),
    },
    {
      ...managed,
      method: "PATCH",
      path: "/webhooks/:webhook",
      handle: (context) => {
        const webhook = requireManaged(core, context);
        if (context.body["name"] !== undefined) webhook.name = checkName(text(context.body["name"]));
        return ok(webhookView(webhook, core.baseUrl()));
      },
    },
    {
      ...managed,
      method: "DELETE",
      path: "/webhooks/:webhook",
      handle: (context) => {
        world.webhooks.delete(requireManaged(core, context).id);
        return NO_CONTENT;
      },
    },
    {
      ...token,
      method: "GET",
      path: "/webhooks/:webhook/:token",
      bucket: "webhook",
      handle: (context) => {
        const { user: _owner, ...shown } = webhookView(find(core, context), core.baseUrl());
        return ok(shown);
      },
    },
    {
      ...token,
      method: "DELETE",
      path: "/webhooks/:webhook/:token",
      bucket: "webhook",
      handle: (context) => {
        world.webhooks.delete(find(core, context).id);
        return NO_CONTENT;
      },
    },
    {
      ...token,
      method: "POST",
      path: "/webhooks/:webhook/:token",
      bucket: "webhook-execute",
      handle: (context) => execute(core, context),
    },
    {
      ...token,
      method: "GET",
      path: originalPath,
      bucket: "webhook-message",
      handle: (context) => {
        originalOnly(context);
        return interactionWebhook.read(core, context, "@original");
      },
    },
    {
      ...token,
      method: "PATCH",
      path: originalPath,
      bucket: "webhook-message",
      handle: (context) => {
        originalOnly(context);
        return interactionWebhook.edit(core, context, "@original");
      },
    },
    {
      ...token,
      method: "DELETE",
      path: originalPath,
      bucket: "webhook-message",
      handle: (context) => {
        originalOnly(context);
        return interactionWebhook.remove(core, context, "@original");
      },
    },
    {
      ...token,
      method: "GET",
      path: messagePath,
      bucket: "webhook-message",
      handle: (context) =>
        isInteraction(context)
          ? interactionWebhook.read(core, context, param(context, "message"))
          : ok(core.messages.view(ownMessage(core, context))),
    },
    {
      ...token,
      method: "PATCH",
      path: messagePath,
      bucket: "webhook-message",
      handle: (context) =>
        isInteraction(context)
          ? interactionWebhook.edit(core, context, param(context, "message"))
          : editMessage(core, context),
    },
    {
      ...token,
      method: "DELETE",
      path: messagePath,
      bucket: "webhook-message",
      handle: (context) => {
        if (isInteraction(context)) return interactionWebhook.remove(core, context, param(context, "message"));
        core.messages.remove(ownMessage(core, context));
        return NO_CONTENT;
      },
    },
  ];
}
