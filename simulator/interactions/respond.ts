import { ApiError, discordErrors, invalidForm, refuse } from "../errors.js";
import { integer, isObject, objectsIn } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import type { Messages, UploadedFile } from "../messages/service.js";
import { messageFlag, messageType } from "../model.js";
import type { Message } from "../model.js";
import { modalIssues } from "../rules/components.js";
import { badLength, issue, merged } from "../rules/issue.js";
import { checkMessage, formIssues, requireForm } from "../rules/message.js";
import type { World } from "../world.js";
import { callbackType, interactionType } from "./interaction.js";
import type { Interaction } from "./interaction.js";
import type { Interactions } from "./store.js";

/** Which callbacks an interaction of each type accepts. */
const ACCEPTED: Readonly<Record<number, readonly number[]>> = {
  [interactionType.ping]: [callbackType.pong],
  [interactionType.command]: [callbackType.message, callbackType.deferredMessage, callbackType.modal],
  [interactionType.component]: [
    callbackType.message,
    callbackType.deferredMessage,
    callbackType.deferredUpdate,
    callbackType.update,
    callbackType.modal,
  ],
  [interactionType.autocomplete]: [callbackType.autocomplete],
  [interactionType.modal]: [callbackType.message, callbackType.deferredMessage],
};
const FROM_MESSAGE = [callbackType.deferredUpdate, callbackType.update] as const;

export interface CallbackRequest {
  readonly body: JsonObject;
  readonly files: readonly UploadedFile[];
  readonly receivedAt: number;
}

/** The answers to interactions: the first one by callback, later ones through the interaction's webhook. */
export class Responder {
  readonly #world: World;
  readonly #messages: Messages;
  readonly #interactions: Interactions;

  constructor(world: World, messages: Messages, interactions: Interactions) {
    this.#world = world;
    this.#messages = messages;
    this.#interactions = interactions;
  }

  /** Takes the first answer. Returns the message it made or changed, if any. */
  async callback(interaction: Interaction, request: CallbackRequest): Promise<Message | undefined> {
    const { body, files } = request;
    if (interaction.callback !== undefined) throw refuse("AlreadyAcknowledged");
    const type = integer(body["type"]);
    const accepted = [
      ...(ACCEPTED[interaction.type] ?? []),
      ...(interaction.type === interactionType.modal && interaction.source !== undefined ? FROM_MESSAGE : []),
    ];
    if (type === undefined || !accepted.includes(type)) {
      const found = type === undefined ? "This field is required" : `Value must be one of {${accepted.join(", ")}}.`;
      throw invalidForm([issue(["type"], type === undefined ? "BASE_TYPE_REQUIRED" : "BASE_TYPE_CHOICES", found)]);
    }
    const data = isObject(body["data"]) ? body["data"] : {};
    await this.#check(type, body, data, files, interaction);
    // The checks above give way to other requests: a second callback may have been accepted meanwhile.
    if (interaction.callback !== undefined) throw refuse("AlreadyAcknowledged");
    if (interaction.state === "failed") throw refuse("UnknownInteraction");
    this.#interactions.acknowledge(interaction, type, request.receivedAt);
    return this.#apply(type, interaction, data, files);
  }

  async #check(
    type: number,
    body: JsonObject,
    data: JsonObject,
    files: readonly UploadedFile[],
    interaction: Interaction,
  ): Promise<void> {
    switch (type) {
      case callbackType.message:
        return under("data", checkMessage("interaction", data, files));
      case callbackType.update:
        return under("data", checkMessage("interactionUpdate", data, files, interaction.source));
      case callbackType.autocomplete: {
        const count = objectsIn(data["choices"]).length;
        if (count > limits.autocompleteChoices) {
          throw invalidForm([badLength(["data", "choices"], 0, limits.autocompleteChoices)]);
        }
        return requireForm("ApplicationCommandAutocompleteCallbackRequest", body);
      }
      case callbackType.modal: {
        const schema = await formIssues("ModalInteractionCallbackRequest", body);
        const issues = merged(schema, modalIssues(data["components"]));
        if (issues.length > 0) throw invalidForm(issues);
        return undefined;
      }
      default:
        return undefined;
    }
  }

  #apply(
    type: number,
    interaction: Interaction,
    data: JsonObject,
    files: readonly UploadedFile[],
  ): Message | undefined {
    switch (type) {
      case callbackType.message:
      case callbackType.deferredMessage: {
        const deferred = type === callbackType.deferredMessage;
        const message = this.#create(interaction, deferred ? { flags: data["flags"] } : data, files, { deferred });
        interaction.responseMessageId = message.id;
        this.#interactions.complete(interaction, deferred ? "loading" : "message");
        return message;
      }
      case callbackType.deferredUpdate:
      case callbackType.update: {
        const source = interaction.source;
        if (source === undefined || source.deletedAt !== undefined) throw refuse("UnknownMessage");
        interaction.responseMessageId = source.id;
        if (type === callbackType.update) this.#messages.edit(source, data, files);
        this.#interactions.complete(interaction, "updated");
        return type === callbackType.update ? source : undefined;
      }
      case callbackType.modal:
        interaction.modal = data;
        this.#interactions.complete(interaction, "modal");
        return undefined;
      case callbackType.autocomplete:
        interaction.choices = objectsIn(data["choices"]);
        this.#interactions.complete(interaction, "choices");
        return undefined;
      default:
        return undefined;
    }
  }

  #create(
    interaction: Interaction,
    body: JsonObject,
    files: readonly UploadedFile[],
    options: { readonly deferred?: boolean; readonly followUp?: boolean },
  ): Message {
    const channel = this.#world.channel(interaction.channelId);
    const ephemeral = ((integer(body["flags"]) ?? 0) & messageFlag.EPHEMERAL) !== 0;
    const loading = options.deferred === true ? messageFlag.LOADING : 0;
    const isCommand = interaction.type === interactionType.command;
    const original = interaction.responseMessageId;
    return this.#messages.create({
      channel,
      author: this.#world.bot,
      body,
      files,
      mentionDefaults: "users",
      senderBits: this.#world.permissionsIn(channel, this.#world.bot.id),
      type: options.followUp === true ? messageType.reply : isCommand ? messageType.chatInput : messageType.default,
      flags: (ephemeral ? messageFlag.EPHEMERAL : 0) | loading,
      webhookId: this.#world.applicationId,
      applicationId: this.#world.applicationId,
      ephemeralFor: ephemeral ? interaction.user.id : undefined,
      interaction:
        options.followUp === true && original !== undefined
          ? { ...interaction.origin, originalMessageId: original }
          : interaction.origin,
      reference:
        options.followUp === true && original !== undefined
          ? { messageId: original, channelId: interaction.channelId }
          : undefined,
    });
  }

  /** The message that `@original` or an id means to this interaction. */
  message(interaction: Interaction, id: string): Message {
    if (id === "@original") {
      if (interaction.responseMessageId === undefined) {
        throw refuse(this.#world.switches.originalBeforeResponse);
      }
      return this.#own(interaction.responseMessageId);
    }
    const known =
      id === interaction.responseMessageId || id === interaction.source?.id || interaction.followUps.includes(id);
    if (!known) throw refuse("UnknownMessage");
    return this.#own(id);
  }

  #own(id: string): Message {
    const message = this.#messages.store.find(id);
    if (message === undefined) throw refuse("UnknownMessage");
    return message;
  }

  /** Changes an answer; the first change of a deferred one fills it in. */
  async edit(interaction: Interaction, id: string, body: JsonObject, files: readonly UploadedFile[]): Promise<Message> {
    const message = this.message(interaction, id);
    const loading = (message.flags & messageFlag.LOADING) !== 0;
    await checkMessage("webhookEdit", body, files, message);
    if (message.deletedAt !== undefined) throw refuse("UnknownMessage");
    if (loading) {
      this.#messages.fill(message, body, files);
      this.#interactions.complete(interaction, "message");
    } else {
      this.#messages.edit(message, body, files);
    }
    return message;
  }

  /** A further answer. Right after a deferred one it fills that in, as Discord still does. */
  async followUp(interaction: Interaction, body: JsonObject, files: readonly UploadedFile[]): Promise<Message> {
    if (interaction.callback === undefined) throw refuse(this.#world.switches.originalBeforeResponse);
    await checkMessage("interaction", body, files);
    const original =
      interaction.responseMessageId === undefined
        ? undefined
        : this.#messages.store.find(interaction.responseMessageId);
    if (original !== undefined && (original.flags & messageFlag.LOADING) !== 0) {
      this.#messages.fill(original, body, files);
      this.#interactions.complete(interaction, "message");
      return original;
    }
    const message = this.#create(interaction, body, files, { followUp: true });
    interaction.followUps.push(message.id);
    return message;
  }
}

/** Puts the complaints of a nested body under the key where it stands. */
async function under(key: string, check: Promise<void>): Promise<void> {
  try {
    await check;
  } catch (error) {
    throw error instanceof ApiError && error.errors !== undefined
      ? new ApiError(discordErrors.InvalidForm, { [key]: error.errors })
      : error;
  }
}
