import { text } from "../../json.js";
import type { PageInteraction, PageMessage } from "../wire.js";
import { api } from "./api.js";
import { every } from "./clock.js";
import { Composer } from "./composer/composer.js";
import { byId, h } from "./dom.js";
import { openModal } from "./modal.js";
import { Panel } from "./panel.js";
import { Sidebar } from "./sidebar.js";
import { PageState } from "./state.js";
import type { ViewContext } from "./view/context.js";
import { moveTimes } from "./view/markdown.js";
import { messageView } from "./view/message.js";
import { VirtualList } from "./virtual-list.js";
import type { Entry } from "./virtual-list.js";

const FAILED = "This interaction failed";
const NARROW = 1_000;

/** Puts the parts together: the state says what is true, and each change shows it once per frame. */
class Page {
  readonly #state = new PageState(() => this.#later());
  readonly #list = new VirtualList(byId("messages"));
  readonly #sidebar = new Sidebar(this.#state);
  readonly #panel: Panel;
  readonly #composer: Composer;
  readonly #modal = dialog("modal");
  readonly #pins = dialog("pins");
  readonly #numbers = new WeakMap<PageMessage, number>();
  #number = 0;
  #frame = 0;
  #looked = "";
  #panelOpen: boolean | undefined;

  constructor() {
    this.#panel = new Panel(byId("panel"), () => this.#showPanel(false));
    this.#composer = new Composer(byId("composer"), this.#state, {
      say: (content, replyTo) => this.#say(content, replyTo),
      command: (path, options) => this.#interact({ kind: "command", name: path, options }, `/${path}`),
    });
    byId("to-end").addEventListener("click", () => this.#list.end());
    byId("open-panel").addEventListener("click", () => this.#showPanel(byId("panel").hidden === true));
    byId("open-sidebar").addEventListener("click", () => this.#drawer(true));
    byId("shade").addEventListener("click", () => this.#drawer(false));
    byId("show-pins").addEventListener("click", () => this.#showPins());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#drawer(false);
    });
    this.#modal.addEventListener("close", () => byId("free").focus());
  }

  start(): void {
    matchMedia(`(max-width: ${NARROW}px)`).addEventListener("change", ({ matches }) => this.#showPanel(!matches));
    every(1_000, () => moveTimes(document.body, this.#state.locale));
    this.#state.start();
    byId("free").focus();
  }

  #later(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show();
    });
  }

  #show(): void {
    const { world, channelId, as, locale } = this.#state;
    const notice = byId("notice");
    notice.hidden = this.#state.connected || world === undefined;
    notice.textContent = "The demo does not answer. It may have been stopped; the page asks again every second.";
    if (world === undefined) return;
    const looked = `${as} ${channelId ?? ""}`;
    if (looked !== this.#looked) {
      this.#looked = looked;
      this.#list.reset();
      this.#drawer(false);
    }
    this.#sidebar.show(world);
    this.#panel.show(world.actions);
    const channel = world.channels.find(({ id }) => id === channelId);
    byId("channel-name").textContent = `# ${channel?.name ?? ""}`;
    byId("topic").textContent = channel?.topic ?? "";
    byId("online").replaceChildren(
      world.online ? "🟢" : "⚫",
      h("span", { class: "word" }, world.online ? " bot online" : " bot offline"),
    );
    byId("open-panel").hidden = !this.#panel.available;
    if (this.#panelOpen === undefined && this.#panel.available) this.#showPanel(innerWidth > NARROW);
    this.#composer.place(channel?.name ?? "");
    this.#list.show(this.#entries(locale));
    byId("rows").replaceChildren(...this.#pendingRows());
  }

  #entries(locale: string): readonly Entry[] {
    const context = this.#context();
    return [...this.#state.messages.values()]
      .filter(({ id }) => !this.#state.dismissed.has(id))
      .toSorted((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1))
      .map((message) => {
        const error = [...this.#state.pending.values()].find(({ messageId }) => messageId === message.id)?.error;
        return {
          key: message.id,
          version: `${this.#version(message)} ${locale} ${error ?? ""} ${message.threadId === null ? "" : (context.channelName(message.threadId) ?? "")}`,
          make: () => messageView(message, context, error),
        };
      });
  }

  /** Every answer about a message makes a new object of it: its number stands for its content. */
  #version(message: PageMessage): number {
    const known = this.#numbers.get(message);
    if (known !== undefined) return known;
    this.#number += 1;
    this.#numbers.set(message, this.#number);
    return this.#number;
  }

  #pendingRows(): HTMLElement[] {
    return [...this.#state.pending]
      .filter(([, { messageId }]) => messageId === undefined)
      .map(([id, { label, error }]) => {
        const dismiss = (): void => {
          this.#state.pending.delete(id);
          this.#later();
        };
        return h(
          "div",
          { class: "pending-row" },
          h("span", { class: "pill" }, label),
          error === undefined ? h("span", {}, "sending…") : h("span", { class: "failed" }, error),
          error === undefined
            ? undefined
            : h("button", { class: "as-link", attributes: { type: "button" }, onClick: dismiss }, "Dismiss"),
        );
      });
  }

  #context(): ViewContext {
    const state = this.#state;
    const { world, locale } = state;
    const own = world?.guild.members.find(({ name }) => name === state.as);
    const roles = world?.guild.roles ?? [];
    return {
      locale,
      ownId: own?.id ?? "",
      roleNames: new Map(roles.map(({ id, name }) => [id, name])),
      ownRoleIds: new Set(roles.filter(({ name }) => own?.roles.includes(name)).map(({ id }) => id)),
      people: new Map(world?.guild.members.map(({ id, name }) => [id, name])),
      channels: world?.channels.filter(({ guildId }) => guildId === world.guild.id) ?? [],
      person: (id) => state.person(id),
      channelName: (id) => world?.channels.find((channel) => channel.id === id)?.name,
      message: (id) => state.messages.get(id),
      openChannel: (channelId) => state.look({ channelId }),
      startCommand: (name) => this.#composer.start(name),
      press: (message, customId, label) =>
        this.#use({ kind: "component", messageId: message.id, customId }, label, message.id),
      select: (message, customId, values) =>
        this.#use({ kind: "component", messageId: message.id, customId, values }, customId, message.id),
      dismiss: (message) => {
        state.dismissed.add(message.id);
        this.#later();
      },
      reply: (message) => this.#composer.reply(message),
      goTo: (id) => void this.#list.reveal(id),
    };
  }

  async #say(content: string, replyTo: string | undefined): Promise<void> {
    const { as, channelId = "" } = this.#state;
    await api.say({ as, channelId, content, ...(replyTo === undefined ? {} : { replyTo }) });
    this.#list.end();
  }

  #use(act: { readonly kind: string; readonly [key: string]: unknown }, label: string, messageId: string): void {
    this.#interact(act, label, messageId).catch((error: unknown) => {
      this.#state.pending.set(`refused ${messageId}`, {
        label,
        messageId,
        error: error instanceof Error ? error.message : String(error),
      });
      this.#later();
    });
  }

  async #interact(
    act: { readonly kind: string; readonly [key: string]: unknown },
    label: string,
    messageId?: string,
  ): Promise<void> {
    const { pending } = this.#state;
    for (const [id, { messageId: other, error }] of pending)
      if (error !== undefined && other === messageId) pending.delete(id);
    const known = { label, messageId, error: undefined as string | undefined };
    const id = await this.#state.act(act, (interaction) => this.#seen(interaction, known));
    pending.set(id, known);
    this.#list.end();
    this.#later();
  }

  /** True when there is nothing more to wait for. */
  #seen(interaction: PageInteraction, known: { messageId: string | undefined; error: string | undefined }): boolean {
    const { id, state, modal, error } = interaction;
    if (state === "waiting") return false;
    if (state === "failed") {
      known.error = known.messageId === undefined ? (error ?? FAILED) : FAILED;
      return true;
    }
    this.#state.pending.delete(id);
    if (state === "modal" && modal !== null) {
      openModal(this.#modal, modal, (values) =>
        this.#interact({ kind: "modal", interactionId: id, values }, text(modal["title"]) ?? "form"),
      );
    }
    return true;
  }

  #showPins(): void {
    const pinned = [...this.#state.messages.values()].filter((message) => message.pinned);
    const context = this.#context();
    const close = h(
      "button",
      { class: "button", attributes: { type: "button" }, onClick: () => this.#pins.close() },
      "Close",
    );
    const empty = pinned.length === 0 ? [h("p", {}, "This channel has no pinned messages.")] : [];
    const views = pinned.map((message) => messageView(message, context, undefined));
    this.#pins.replaceChildren(h("h2", {}, "Pinned messages"), ...empty, ...views, h("footer", {}, close));
    this.#pins.showModal();
  }

  #showPanel(open: boolean): void {
    this.#panelOpen = open;
    this.#panel.toggle(open);
    byId("shade").hidden = !(open && innerWidth <= NARROW);
  }

  #drawer(open: boolean): void {
    document.body.classList.toggle("drawer", open);
    const panel = !byId("panel").hidden && innerWidth <= NARROW;
    if (!open && panel) this.#showPanel(false);
    byId("shade").hidden = !open;
  }
}

function dialog(id: string): HTMLDialogElement {
  const element = byId(id);
  if (!(element instanceof HTMLDialogElement)) throw new TypeError(`#${id} is no dialog`);
  return element;
}

// A module runs when the document has been read.
const page = new Page();
page.start();
