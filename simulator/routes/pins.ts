import type { Core } from "../core.js";
import { invalidForm, refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { limits } from "../limits.js";
import { messageType } from "../model.js";
import type { Channel } from "../model.js";
import { has } from "../permissions.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { issue } from "../rules/issue.js";
import { iso } from "../views.js";
import { queryInteger } from "./query.js";

function pinned(core: Core, channel: Channel) {
  return core.messages.store
    .all(channel.id)
    .filter((message) => message.pinnedAt !== null)
    .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0));
}

function list(core: Core, context: RequestContext): Reply {
  const channel = core.world.channel(param(context, "channel"));
  const bits = core.world.requireBot(channel);
  const limit = queryInteger(context.query, "limit", limits.pinsPerPage, 1, limits.pinsPerPage);
  const before = context.query.get("before");
  const beforeMs = before === null ? Infinity : Date.parse(before);
  if (Number.isNaN(beforeMs)) {
    throw invalidForm([issue(["before"], "DATE_TIME_TYPE_PARSE", `Could not parse ${before}. Should be ISO8601.`)]);
  }
  if (!has(bits, "READ_MESSAGE_HISTORY")) return ok({ items: [], has_more: false });
  const all = pinned(core, channel).filter((message) => (message.pinnedAt ?? 0) < beforeMs);
  const items = all.slice(0, limit).map((message) => ({
    pinned_at: iso(message.pinnedAt ?? 0),
    message: core.messages.view(message),
  }));
  return ok({ items, has_more: all.length > items.length });
}

function pin(core: Core, context: RequestContext, wanted: boolean): Reply {
  const { world, messages, clock } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "PIN_MESSAGES");
  const message = messages.store.get(channel, param(context, "message"));
  if ((message.pinnedAt !== null) === wanted) return NO_CONTENT;
  if (channel.thread?.archived === true) throw refuse("ArchivedThread");
  if (wanted && pinned(core, channel).length >= limits.pinsPerChannel) throw refuse("MaxPins");
  message.pinnedAt = wanted ? clock.now() : null;
  channel.lastPinAt = wanted ? clock.now() : channel.lastPinAt;
  messages.touch(message);
  world.emit({
    name: "CHANNEL_PINS_UPDATE",
    data: {
      channel_id: channel.id,
      ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
      last_pin_timestamp: channel.lastPinAt === null ? null : iso(channel.lastPinAt),
    },
    intents: channel.guildId === null ? intent.DIRECT_MESSAGES : intent.GUILDS,
  });
  if (wanted) {
    messages.create({
      channel,
      author: world.bot,
      body: {},
      files: [],
      mentionDefaults: "users",
      senderBits: 0n,
      type: messageType.pinned,
      reference: { messageId: message.id, channelId: channel.id },
    });
  }
  return NO_CONTENT;
}

/** Pins by their present routes. The older `/pins` routes are gone from the documentation and are not simulated. */
export function pinRoutes(core: Core): Route[] {
  const base = { class: "bot", bucket: "pin", major: ["channel"] } as const;
  const one = "/channels/:channel/messages/pins/:message";
  return [
    { ...base, method: "GET", path: "/channels/:channel/messages/pins", handle: (context) => list(core, context) },
    { ...base, method: "PUT", path: one, handle: (context) => pin(core, context, true) },
    { ...base, method: "DELETE", path: one, handle: (context) => pin(core, context, false) },
  ];
}
