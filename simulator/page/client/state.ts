import type { PageInteraction, PageMessage, SyncAnswer } from "../wire.js";
import { Refused, api } from "./api.js";
import { after, setSimulatedNow } from "./clock.js";

/** A breath between answers, so that a storm of changes is shown in frames and not one by one. */
const PAUSE_MS = 60;
const RETRY_MS = 1_000;

/** What only this page knows of an interaction: where it shows while there is no answer. */
export interface Pending {
  readonly label: string;
  /** The message whose component was used; without it, a row of its own. */
  readonly messageId: string | undefined;
  error: string | undefined;
}

/** Everything the page shows, and the loop that keeps it true. */
export class PageState {
  as = "admin";
  locale = "en-US";
  channelId: string | undefined;
  world: SyncAnswer | undefined;
  connected = false;
  readonly messages = new Map<string, PageMessage>();
  readonly dismissed = new Set<string>();
  readonly pending = new Map<string, Pending>();
  readonly #watched = new Map<string, (interaction: PageInteraction) => boolean>();
  readonly #onChange: () => void;
  #since = -1;
  #fed = 0;
  #abort = new AbortController();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  start(): void {
    void this.#loop();
  }

  changed(): void {
    this.#onChange();
  }

  /** Another person or channel: what was shown is forgotten and asked for anew. */
  look(change: { readonly as?: string; readonly channelId?: string; readonly locale?: string }): void {
    const before = `${this.as} ${this.channelId ?? ""}`;
    this.as = change.as ?? this.as;
    this.locale = change.locale ?? this.locale;
    this.channelId = change.channelId ?? this.channelId;
    if (before !== `${this.as} ${this.channelId ?? ""}`) {
      this.#fed = 0;
      this.messages.clear();
      if (change.as !== undefined) this.pending.clear();
      this.#again();
    }
    this.#onChange();
  }

  /** Does something as the present person; `see` gets the interaction at each change until it says true. */
  async act(
    act: { readonly kind: string; readonly [key: string]: unknown },
    see: (interaction: PageInteraction) => boolean,
  ): Promise<string> {
    const id = await api.act({ as: this.as, locale: this.locale, channelId: this.channelId ?? "", act });
    this.#watched.set(id, see);
    this.#again();
    return id;
  }

  person(id: string): string {
    return this.world?.guild.members.find((member) => member.id === id)?.name ?? "unknown-user";
  }

  #again(): void {
    this.#since = -1;
    this.#abort.abort();
  }

  async #loop(): Promise<never> {
    for (;;) {
      this.#abort = new AbortController();
      const { signal } = this.#abort;
      const asked = `${this.as} ${this.channelId ?? ""}`;
      try {
        const answer = await api.sync(
          {
            as: this.as,
            since: this.#since,
            fed: this.#fed,
            watched: [...this.#watched.keys()],
            ...(this.channelId === undefined ? {} : { channelId: this.channelId }),
          },
          signal,
        );
        if (asked === `${this.as} ${this.channelId ?? ""}`) this.#take(answer);
        await new Promise<void>((resolve) => void after(PAUSE_MS, resolve));
      } catch (error) {
        if (signal.aborted) continue;
        this.connected = error instanceof Refused;
        this.#onChange();
        await new Promise<void>((resolve) => void after(RETRY_MS, resolve));
        this.#since = -1;
      }
    }
  }

  #take(answer: SyncAnswer): void {
    setSimulatedNow(answer.now);
    this.connected = true;
    this.world = answer;
    this.channelId = answer.channelId;
    if (!this.#abort.signal.aborted) this.#since = answer.revision;
    this.#fed = answer.fed;
    if (answer.reset) this.messages.clear();
    for (const id of answer.gone) this.messages.delete(id);
    for (const message of answer.messages) this.messages.set(message.id, message);
    for (const interaction of answer.interactions) {
      if (this.#watched.get(interaction.id)?.(interaction) === true) this.#watched.delete(interaction.id);
    }
    this.#onChange();
  }
}
