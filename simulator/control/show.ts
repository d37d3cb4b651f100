import type { Core } from "../core.js";
import type { Interaction } from "../interactions/interaction.js";
import { callbackType } from "../interactions/interaction.js";
import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { messageFlag } from "../model.js";
import type { Message } from "../model.js";
import { attachmentView } from "../views.js";
import type { ShownInteraction, ShownMessage } from "./types.js";

function embedText(embed: JsonObject): string[] {
  const author = isObject(embed["author"]) ? text(embed["author"]["name"]) : undefined;
  const footer = isObject(embed["footer"]) ? text(embed["footer"]["text"]) : undefined;
  const fields = objectsIn(embed["fields"]).map(
    (field) => `${text(field["name"]) ?? ""}: ${text(field["value"]) ?? ""}`,
  );
  return [author, text(embed["title"]), text(embed["description"]), ...fields, footer].filter(
    (each) => each !== undefined,
  );
}

function componentText(component: JsonObject): string[] {
  const own = [component["content"], component["label"], component["placeholder"]].flatMap((each) => text(each) ?? []);
  const options = objectsIn(component["options"]).flatMap((option) => text(option["label"]) ?? []);
  const accessory = isObject(component["accessory"]) ? componentText(component["accessory"]) : [];
  return [...own, ...options, ...objectsIn(component["components"]).flatMap(componentText), ...accessory];
}

function originOf(message: Message): ShownMessage["interaction"] {
  const origin = message.interaction;
  return origin === undefined ? null : { type: origin.type, name: origin.name, user: origin.user.id };
}

export function showMessage(message: Message, core: Core): ShownMessage {
  const view = core.messages.view(message);
  const embeds = objectsIn(view["embeds"]);
  const components = objectsIn(view["components"]);
  const lines = [message.content, ...embeds.flatMap(embedText), ...components.flatMap(componentText)];
  const { id, username, bot } = message.author;
  return {
    id: message.id,
    channelId: message.channelId,
    author: { id, username, bot },
    content: message.content,
    embeds,
    components,
    attachments: message.attachments.map((item) => ({
      id: item.id,
      filename: item.filename,
      size: item.bytes.length,
      url: String(attachmentView(item, message, core.baseUrl())["url"]),
      contentType: item.contentType ?? null,
    })),
    text: lines.filter((line) => line !== "").join("\n"),
    flags: message.flags,
    type: message.type,
    ephemeralFor: message.ephemeralFor ?? null,
    loading: (message.flags & messageFlag.LOADING) !== 0,
    createdAt: message.createdAt,
    editedAt: message.editedAt,
    deletedAt: message.deletedAt ?? null,
    pinned: message.pinnedAt !== null,
    nonce: message.nonce ?? null,
    replyTo: message.reference?.messageId ?? null,
    threadId: message.threadId ?? null,
    mentioned: message.mentioned,
    history: [...message.history],
    reactions: Object.fromEntries([...message.reactions].map(([emoji, users]) => [emoji, [...users]])),
    interaction: originOf(message),
  };
}

/** What a person reads when an interaction was not answered in time. */
const NO_RESPONSE = "The application did not respond";

export function showInteraction(interaction: Interaction, core: Core): ShownInteraction {
  const message =
    interaction.responseMessageId === undefined ? undefined : core.messages.store.find(interaction.responseMessageId);
  const followUps = interaction.followUps.flatMap((id) => core.messages.store.find(id) ?? []);
  return {
    id: interaction.id,
    type: interaction.type,
    state: interaction.state,
    delivered: interaction.sentAt !== undefined,
    callbackType: interaction.callback ?? null,
    callbackMs: interaction.callbackMs ?? null,
    completeMs: interaction.completeMs ?? null,
    deferred:
      interaction.callback === callbackType.deferredMessage || interaction.callback === callbackType.deferredUpdate,
    ephemeral: message?.ephemeralFor !== undefined,
    message: message === undefined ? null : showMessage(message, core),
    modal: interaction.modal ?? null,
    choices: interaction.choices ?? null,
    followUps: followUps.map((each) => showMessage(each, core)),
    error: interaction.state === "failed" ? NO_RESPONSE : null,
  };
}
