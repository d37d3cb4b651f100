import type { Core } from "../core.js";
import { refuse } from "../errors.js";
import type { Interaction } from "../interactions/interaction.js";
import type { JsonObject } from "../json.js";
import { messageFlag } from "../model.js";
import type { Message } from "../model.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { queryFlag } from "./query.js";

function callbackView(core: Core, interaction: Interaction, message: Message | undefined): JsonObject {
  const made = message === undefined ? undefined : core.messages.view(message);
  const shown =
    message === undefined
      ? {}
      : {
          response_message_id: message.id,
          response_message_loading: (message.flags & messageFlag.LOADING) !== 0,
          response_message_ephemeral: message.ephemeralFor !== undefined,
        };
  const resource = made === undefined ? {} : { resource: { type: interaction.callback, message: made } };
  const guild = interaction.guildId === null ? {} : { guild_id: interaction.guildId };
  const origin = { id: interaction.id, type: interaction.type, channel_id: interaction.channelId, ...guild };
  return {
    interaction: { ...origin, ...shown },
    ...(resource.resource === undefined && interaction.callback !== undefined && [6, 7].includes(interaction.callback)
      ? { resource: { type: interaction.callback } }
      : resource),
  };
}

async function callback(core: Core, context: RequestContext): Promise<Reply> {
  const interaction = core.interactions.forCallback(param(context, "interaction"), param(context, "token"));
  const { body, files, receivedAt, query } = context;
  const message = await core.responder.callback(interaction, { body, files, receivedAt });
  return queryFlag(query, "with_response") ? ok(callbackView(core, interaction, message)) : NO_CONTENT;
}

/** Handlers of `/webhooks/:application/:token…`, for the tokens of interactions. */
export const interactionWebhook = {
  async followUp(core: Core, context: RequestContext): Promise<Reply> {
    const interaction = core.interactions.forWebhook(param(context, "token"));
    const message = await core.responder.followUp(interaction, context.body, context.files);
    return ok(core.messages.view(message));
  },

  read(core: Core, context: RequestContext, id: string): Reply {
    const interaction = core.interactions.forWebhook(param(context, "token"));
    return ok(core.messages.view(core.responder.message(interaction, id)));
  },

  async edit(core: Core, context: RequestContext, id: string): Promise<Reply> {
    const interaction = core.interactions.forWebhook(param(context, "token"));
    const message = await core.responder.edit(interaction, id, context.body, context.files);
    return ok(core.messages.view(message));
  },

  remove(core: Core, context: RequestContext, id: string): Reply {
    const interaction = core.interactions.forWebhook(param(context, "token"));
    const message = core.responder.message(interaction, id);
    if (message.id === interaction.source?.id && message.ephemeralFor === undefined && id !== "@original") {
      throw refuse("UnknownMessage");
    }
    core.messages.remove(message);
    return NO_CONTENT;
  },
};

/** The first answer to an interaction. */
export function interactionRoutes(core: Core): Route[] {
  return [
    {
      method: "POST",
      path: "/interactions/:interaction/:token/callback",
      class: "callback",
      bucket: "interaction-callback",
      major: ["interaction"],
      handle: (context) => callback(core, context),
    },
  ];
}
