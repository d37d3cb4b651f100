import type { Control } from "../control/client.js";
import type { Act, ShownMessage } from "../control/types.js";
import { ClientRefusal } from "../interactions/options.js";
import { isObject, stringsIn, text } from "../json.js";
import type { PageAction } from "./action.js";
import { ChannelFeed } from "./feed.js";
import type { PageInteraction, PageMessage, SyncAnswer, SyncRequest } from "./wire.js";

/** How long a page's question may stay open when nothing happens, real milliseconds. */
const LONGEST_POLL_MS = 20_000;
/** Feeds kept: people × channels looked at; the one that was not asked for longest goes first. */
const FEEDS_KEPT = 24;

const ACT_KINDS: readonly string[] = ["command", "autocomplete", "component", "modal", "message-command"];

function syncRequest(input: unknown): SyncRequest {
  if (!isObject(input)) throw new ClientRefusal("expected a JSON object");
  const { as, channelId, since, fed } = input;
  if (typeof as !== "string" || typeof since !== "number" || typeof fed !== "number") {
    throw new ClientRefusal("expected { as, since, fed, watched }");
  }
  return {
    as,
    since,
    fed,
    watched: stringsIn(input["watched"]),
    ...(typeof channelId === "string" ? { channelId } : {}),
  };
}

function pageMessage(shown: ShownMessage): PageMessage {
  const attachments = shown.attachments.map((file) => ({
    id: file.id,
    filename: file.filename,
    size: file.size,
    contentType: file.contentType,
  }));
  return {
    id: shown.id,
    author: shown.author,
    content: shown.content,
    embeds: shown.embeds,
    components: shown.components,
    attachments,
    type: shown.type,
    ephemeralFor: shown.ephemeralFor,
    loading: shown.loading,
    createdAt: shown.createdAt,
    editedAt: shown.editedAt,
    pinned: shown.pinned,
    replyTo: shown.replyTo,
    threadId: shown.threadId,
    mentioned: shown.mentioned,
    reactions: shown.reactions,
    interaction: shown.interaction,
  };
}

/** Everything that a page may ask for, in terms of the control operations. */
export class PageDesk {
  readonly #control: Control;
  readonly #actions: readonly PageAction[];
  readonly #feeds = new Map<string, ChannelFeed>();

  constructor(control: Control, actions: readonly PageAction[]) {
    this.#control = control;
    this.#actions = actions;
  }

  /** Answers when something changed since the request's revision, or when the poll has lasted long enough. */
  async sync(input: unknown): Promise<SyncAnswer> {
    const request = syncRequest(input);
    const { operations } = this.#control;
    const revision = await operations.changed({ since: request.since, timeoutMs: LONGEST_POLL_MS });
    const { opsChannelId } = await operations.identity();
    const channels = await operations.channels();
    const wanted = request.channelId ?? opsChannelId;
    const channelId = channels.some((channel) => channel.id === wanted) ? wanted : opsChannelId;
    const feed = this.#feed(`${request.as} ${channelId}`);
    feed.refresh((await operations.messages({ channelId, as: request.as })).map(pageMessage));
    const reset = channelId !== request.channelId || request.fed === 0 || request.fed > feed.number;
    const fresh = feed.since(reset ? 0 : request.fed);
    const { sessions } = await operations.gatewayState();
    return {
      revision,
      now: await operations.clock({ act: "now" }),
      channelId,
      opsChannelId,
      guild: await operations.guild(),
      channels,
      commands: await operations.commands({ as: request.as, channelId }),
      online: sessions.some((session) => session.connected),
      fed: feed.number,
      reset,
      ...fresh,
      interactions: await Promise.all(request.watched.slice(0, 50).map((id) => this.#interaction(id))),
      actions: this.#actions.map(({ id, group, label, hint, nature, unavailable = null }) => ({
        id,
        group,
        label,
        hint,
        nature,
        unavailable,
      })),
    };
  }

  /** A person does something; answers the interaction's id. */
  async act(input: unknown): Promise<string> {
    const act = isObject(input) ? input["act"] : undefined;
    if (!isObject(input) || !isObject(act) || !ACT_KINDS.includes(text(act["kind"]) ?? "")) {
      throw new ClientRefusal(`expected { as, act: { kind: ${ACT_KINDS.join(" | ")} } }`);
    }
    const channelId = text(input["channelId"]);
    const place = { locale: text(input["locale"]) ?? "en-US", ...(channelId === undefined ? {} : { channelId }) };
    // The operation itself judges the rest of what a page sends.
    return this.#control.operations.act({ as: text(input["as"]) ?? "", act: act as Act, place });
  }

  async say(input: unknown): Promise<string> {
    if (!isObject(input)) throw new ClientRefusal("expected a JSON object");
    const replyTo = text(input["replyTo"]);
    const said = await this.#control.operations.say({
      as: text(input["as"]) ?? "",
      channelId: text(input["channelId"]) ?? "",
      content: text(input["content"]) ?? "",
      ...(replyTo === undefined ? {} : { replyTo }),
    });
    return said.id;
  }

  async run(input: unknown): Promise<string> {
    const id = isObject(input) ? input["id"] : undefined;
    const action = this.#actions.find((each) => each.id === id);
    if (action === undefined) throw new ClientRefusal(`there is nothing called "${String(id)}" to do here`);
    if (action.unavailable !== undefined)
      throw new ClientRefusal(`"${action.id}" cannot be done here: ${action.unavailable}`);
    return action.run();
  }

  file(id: string): Promise<Buffer> {
    return this.#control.attachment(id);
  }

  async #interaction(id: string): Promise<PageInteraction> {
    const { state, modal, choices, error } = await this.#control.operations.interaction({ id });
    return { id, state, modal, choices, error };
  }

  #feed(key: string): ChannelFeed {
    const feed = this.#feeds.get(key) ?? new ChannelFeed();
    this.#feeds.delete(key);
    this.#feeds.set(key, feed);
    const [oldest] = this.#feeds.keys();
    if (this.#feeds.size > FEEDS_KEPT && oldest !== undefined) this.#feeds.delete(oldest);
    return feed;
  }
}
