import { refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { idText, integer, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { messageFlag, messageType } from "../model.js";
import type { Attachment, Channel, InteractionOrigin, Message, User } from "../model.js";
import { has } from "../permissions.js";
import { channelView, partialMemberView } from "../views.js";
import type { World } from "../world.js";
import { normalizeComponents, normalizeEmbeds } from "./content.js";
import { mentionText, resolveMentions } from "./mentions.js";
import { MessageStore } from "./store.js";
import { messageView } from "./view.js";

/** A file of a multipart request. */
export interface UploadedFile {
  readonly index: number;
  readonly filename: string;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

export interface NewMessage {
  readonly channel: Channel;
  readonly author: User;
  readonly body: JsonObject;
  readonly files: readonly UploadedFile[];
  readonly mentionDefaults: "all" | "users";
  /** Channel permissions that count for mentions. */
  readonly senderBits: bigint;
  readonly type?: number;
  readonly flags?: number;
  readonly nonce?: string | number | undefined;
  readonly webhookId?: string;
  readonly applicationId?: string;
  readonly ephemeralFor?: string | undefined;
  readonly interaction?: InteractionOrigin;
  readonly reference?: { readonly messageId: string; readonly channelId: string } | undefined;
}

const EDITS_REMEMBERED = 200;
/** Flags that a sender may set; the rest is Discord's own. */
const SETTABLE_FLAGS =
  messageFlag.SUPPRESS_EMBEDS |
  messageFlag.SUPPRESS_NOTIFICATIONS |
  messageFlag.IS_VOICE_MESSAGE |
  messageFlag.IS_COMPONENTS_V2;

export type MessageListener = (message: Message) => void;

/** Makes, changes and removes messages, and tells the gateway. Rights and form are checked before. */
export class Messages {
  readonly store: MessageStore;
  readonly #world: World;
  readonly #baseUrl: () => string;
  readonly #listeners = new Set<MessageListener>();
  readonly #attachments = new Map<string, Attachment>();
  readonly #attachmentsKept: number;
  readonly #oldEdits = new Map<string, number[]>();

  constructor(world: World, baseUrl: () => string, capacity: number) {
    this.#world = world;
    this.#baseUrl = baseUrl;
    this.store = new MessageStore(capacity);
    this.#attachmentsKept = Math.min(capacity, 2000);
  }

  onChange(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attachment(id: string): Attachment | undefined {
    return this.#attachments.get(id);
  }

  /** The message as its readers see it; `nonce` only where the answer to its own creation shows it. */
  view(message: Message, withNonce = false): JsonObject {
    return messageView(message, this.#world, this.store, this.#baseUrl(), withNonce);
  }

  create(input: NewMessage): Message {
    const { channel, body, author } = input;
    const content = (text(body["content"]) ?? "").trim();
    const components = normalizeComponents(body["components"]);
    const reference = input.reference;
    const repliedTo = reference === undefined ? undefined : this.store.find(reference.messageId)?.author.id;
    const guild = channel.guildId === null ? undefined : this.#world.guild(channel.guildId);
    const message: Message = {
      id: this.#world.ids.next(),
      channelId: channel.id,
      guildId: channel.guildId,
      type: input.type ?? (reference === undefined ? messageType.default : messageType.reply),
      author,
      webhookId: input.webhookId,
      applicationId: input.applicationId,
      content,
      embeds: normalizeEmbeds(body["embeds"]),
      components,
      attachments: this.#attach(body, input.files, input.ephemeralFor !== undefined),
      poll: undefined,
      flags: ((integer(body["flags"]) ?? 0) & SETTABLE_FLAGS) | (input.flags ?? 0),
      nonce: input.nonce,
      createdAt: this.#world.clock.now(),
      editedAt: null,
      pinnedAt: null,
      mentioned: resolveMentions(
        mentionText(content, components),
        body["allowed_mentions"],
        { guild, channel, senderBits: input.senderBits, defaults: input.mentionDefaults, repliedUser: repliedTo },
        this.#world,
      ),
      reference,
      threadId: undefined,
      ephemeralFor: input.ephemeralFor,
      interaction: input.interaction,
      reactions: new Map(),
      deletedAt: undefined,
      history: [],
    };
    this.store.add(message);
    if (message.ephemeralFor === undefined) this.#count(channel, message);
    this.#tell("MESSAGE_CREATE", message);
    return message;
  }

  /** Applies what an edit names; absent fields stay. The caller has checked rights and form. */
  edit(
    message: Message,
    body: JsonObject,
    files: readonly UploadedFile[],
    changes: { readonly flags?: number } = {},
  ): void {
    this.#remember(message);
    if ("content" in body) message.content = (text(body["content"]) ?? "").trim();
    if ("embeds" in body) message.embeds = normalizeEmbeds(body["embeds"]);
    if ("components" in body) message.components = normalizeComponents(body["components"]);
    if ("attachments" in body || files.length > 0) {
      const kept = new Set(objectsIn(body["attachments"]).map((item) => idText(item["id"])));
      const retained = message.attachments.filter((item) => !("attachments" in body) || kept.has(item.id));
      message.attachments = [...retained, ...this.#attach(body, files, message.ephemeralFor !== undefined)];
    }
    if ("flags" in body && body["flags"] !== null) {
      const editable = messageFlag.SUPPRESS_EMBEDS | messageFlag.IS_COMPONENTS_V2;
      const wanted = integer(body["flags"]) ?? 0;
      const v2 = message.flags & messageFlag.IS_COMPONENTS_V2;
      message.flags = (message.flags & ~editable) | (wanted & editable) | v2;
    }
    if (changes.flags !== undefined) message.flags = changes.flags;
    message.editedAt = this.#world.clock.now();
    this.#tell("MESSAGE_UPDATE", message);
  }

  /** Fills a deferred response in: it stops loading, and is not marked as edited. */
  fill(message: Message, body: JsonObject, files: readonly UploadedFile[]): void {
    const v2 = (integer(body["flags"]) ?? 0) & messageFlag.IS_COMPONENTS_V2;
    this.edit(message, body, files, { flags: (message.flags & ~messageFlag.LOADING) | v2 });
    message.editedAt = null;
  }

  remove(message: Message): void {
    this.store.remove(message, this.#world.clock.now());
    const channel = this.#world.channels.get(message.channelId);
    if (channel?.thread !== undefined) channel.thread.messageCount = Math.max(0, channel.thread.messageCount - 1);
    for (const listener of this.#listeners) listener(message);
    if (message.ephemeralFor !== undefined) return;
    this.#world.emit({
      name: "MESSAGE_DELETE",
      data: { id: message.id, channel_id: message.channelId, ...this.#guildField(message) },
      intents: this.#intents(message),
    });
  }

  /** Announces a change that is not an edit by the author: a pin, a thread, a reaction's effect. */
  touch(message: Message): void {
    this.#tell("MESSAGE_UPDATE", message);
  }

  /** Counts one edit of a message older than an hour; beyond the switch's number it is refused with 30046. */
  countOldEdit(message: Message): void {
    const now = this.#world.clock.now();
    if (now - message.createdAt <= limits.oldMessageEditMs) return;
    const { limit, windowMs } = this.#world.switches.oldMessageEdits;
    const recent = (this.#oldEdits.get(message.channelId) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= limit) throw refuse("MaxOldEdits");
    this.#oldEdits.set(message.channelId, [...recent, now]);
  }

  #remember(message: Message): void {
    const { content, embeds, components, flags } = message;
    message.history.push({ at: this.#world.clock.now(), content, embeds, components, flags });
    if (message.history.length > EDITS_REMEMBERED) message.history.shift();
  }

  #attach(body: JsonObject, files: readonly UploadedFile[], ephemeral: boolean): Attachment[] {
    const described = objectsIn(body["attachments"]);
    return files.map((file) => {
      const meta = described.find((item) => idText(item["id"]) === String(file.index));
      const attachment: Attachment = {
        id: this.#world.ids.next(),
        filename: (text(meta?.["filename"]) ?? file.filename).replaceAll(/[^\w.-]+/g, "_"),
        contentType: file.contentType,
        bytes: file.bytes,
        description: text(meta?.["description"]),
        ephemeral,
      };
      this.#attachments.set(attachment.id, attachment);
      const oldest = this.#attachments.keys().next();
      if (this.#attachments.size > this.#attachmentsKept && oldest.done !== true)
        this.#attachments.delete(oldest.value);
      return attachment;
    });
  }

  #count(channel: Channel, message: Message): void {
    channel.lastMessageId = message.id;
    const { thread } = channel;
    if (thread === undefined) return;
    thread.messageCount += 1;
    thread.totalSent += 1;
    if (!thread.members.has(message.author.id)) thread.members.set(message.author.id, message.createdAt);
    if (!thread.archived) return;
    thread.archived = false;
    thread.archiveChangedAt = this.#world.clock.now();
    this.#world.emit({ name: "THREAD_UPDATE", data: channelView(channel, this.#world), intents: intent.GUILDS });
  }

  #intents(message: Message): number {
    return message.guildId === null ? intent.DIRECT_MESSAGES : intent.GUILD_MESSAGES;
  }

  #guildField(message: Message): JsonObject {
    return message.guildId === null ? {} : { guild_id: message.guildId };
  }

  #tell(name: "MESSAGE_CREATE" | "MESSAGE_UPDATE", message: Message): void {
    for (const listener of this.#listeners) listener(message);
    if (message.ephemeralFor !== undefined) return;
    const channel = this.#world.channels.get(message.channelId);
    if (channel === undefined || !has(this.#world.permissionsIn(channel, this.#world.bot.id), "VIEW_CHANNEL")) return;
    const guild = message.guildId === null ? undefined : this.#world.guilds.get(message.guildId);
    const member = message.webhookId === undefined ? guild?.members.get(message.author.id) : undefined;
    this.#world.emit({
      name,
      data: {
        ...this.view(message, name === "MESSAGE_CREATE"),
        ...this.#guildField(message),
        ...(member === undefined ? {} : { member: partialMemberView(member) }),
      },
      intents: this.#intents(message),
      authorId: message.author.id,
    });
  }
}
