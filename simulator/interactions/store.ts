import type { SimulatedClock } from "../clock.js";
import { refuse } from "../errors.js";
import { limits } from "../limits.js";
import type { InteractionOrigin, Message, User } from "../model.js";
import { type Random, urlToken } from "../random.js";
import type { Revision } from "../revision.js";
import type { SnowflakeFactory } from "../snowflake.js";
import type { Interaction } from "./interaction.js";

const INTERACTIONS_KEPT = 20_000;

export interface NewInteraction {
  readonly type: number;
  readonly user: User;
  readonly guildId: string | null;
  readonly channelId: string;
  readonly name: string;
  readonly source?: Message | undefined;
  readonly originalMessageId?: string | undefined;
}

/** The interactions in flight and past, with their two deadlines: 3 s for the first answer, 15 min for the token. */
export class Interactions {
  readonly #byId = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();

  readonly #clock: SimulatedClock;
  readonly #ids: SnowflakeFactory;
  readonly #random: Random;
  readonly #revision: Revision;

  constructor(clock: SimulatedClock, ids: SnowflakeFactory, random: Random, revision: Revision) {
    this.#clock = clock;
    this.#ids = ids;
    this.#random = random;
    this.#revision = revision;
  }

  open(input: NewInteraction): Interaction {
    const id = this.#ids.next();
    const origin: InteractionOrigin = {
      id,
      type: input.type,
      name: input.name,
      user: input.user,
      ...(input.originalMessageId === undefined ? {} : { originalMessageId: input.originalMessageId }),
    };
    const interaction: Interaction = {
      id,
      token: `aW50ZXJhY3Rpb246${urlToken(this.#random, 160)}`,
      type: input.type,
      user: input.user,
      guildId: input.guildId,
      channelId: input.channelId,
      createdAt: this.#clock.now(),
      sentAt: undefined,
      origin,
      source: input.source,
      state: "waiting",
      callback: undefined,
      callbackMs: undefined,
      completeMs: undefined,
      responseMessageId: undefined,
      modal: undefined,
      choices: undefined,
      followUps: [],
      refusals: [],
    };
    this.#byId.set(id, interaction);
    this.#byToken.set(interaction.token, interaction);
    this.#forget();
    this.#clock.after(limits.interactionResponseMs, () => this.#expire(interaction));
    return interaction;
  }

  find(id: string): Interaction | undefined {
    return this.#byId.get(id);
  }

  /** The interaction of a callback route; an unknown, foreign or lapsed one is 10062. */
  forCallback(id: string, token: string): Interaction {
    const interaction = this.#byId.get(id);
    if (interaction === undefined || interaction.token !== token) throw refuse("UnknownInteraction");
    if (interaction.state === "failed") throw refuse("UnknownInteraction");
    return interaction;
  }

  /** The interaction of a webhook route; a token unknown, never answered in time or older than 15 min is 50027. */
  forWebhook(token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction === undefined || interaction.state === "failed") throw refuse("InvalidWebhookToken");
    if (this.#clock.now() - interaction.createdAt > limits.interactionTokenMs) throw refuse("InvalidWebhookToken");
    return interaction;
  }

  /** Notes the arrival of a callback that was accepted. */
  acknowledge(interaction: Interaction, callback: number, receivedAt: number): void {
    interaction.callback = callback;
    interaction.callbackMs = interaction.sentAt === undefined ? undefined : receivedAt - interaction.sentAt;
  }

  complete(interaction: Interaction, state: Interaction["state"]): void {
    interaction.state = state;
    if (state !== "loading" && interaction.sentAt !== undefined) {
      interaction.completeMs ??= this.#clock.monotonic() - interaction.sentAt;
    }
    this.#revision.bump();
  }

  #expire(interaction: Interaction): void {
    if (interaction.state === "waiting") this.complete(interaction, "failed");
  }

  #forget(): void {
    if (this.#byId.size <= INTERACTIONS_KEPT) return;
    const oldest = this.#byId.values().next();
    if (oldest.done === true) return;
    this.#byId.delete(oldest.value.id);
    this.#byToken.delete(oldest.value.token);
  }
}
