import type { PageChannel, SyncAnswer } from "../wire.js";
import { byId, h } from "./dom.js";
import type { PageState } from "./state.js";

const MARKS: Readonly<Record<number, string>> = { 0: "#", 5: "📢", 10: "🧵", 11: "🧵", 12: "🔒", 15: "🗂" };
const DIRECT = 1;
const isThread = ({ type }: PageChannel): boolean => type >= 10 && type <= 12;

/** Server and channels at the left, and who one is. */
export class Sidebar {
  readonly #state: PageState;
  #shown = "";

  constructor(state: PageState) {
    this.#state = state;
    const who = byId("who");
    const locale = byId("locale");
    const theme = byId("theme");
    if (
      !(who instanceof HTMLSelectElement && locale instanceof HTMLSelectElement && theme instanceof HTMLSelectElement)
    ) {
      throw new TypeError("the page's menus are not menus");
    }
    who.addEventListener("change", () => state.look({ as: who.value }));
    locale.addEventListener("change", () => state.look({ locale: locale.value }));
    theme.addEventListener("change", () => {
      document.documentElement.dataset["theme"] = theme.value;
    });
    theme.value = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    document.documentElement.dataset["theme"] = theme.value;
  }

  show(world: SyncAnswer): void {
    const channels = world.channels.filter(({ guildId, type }) => guildId === world.guild.id && type !== DIRECT);
    const people = world.guild.members.filter(({ bot }) => !bot);
    const json = JSON.stringify([channels, people, this.#state.channelId, this.#state.as]);
    if (json === this.#shown) return;
    this.#shown = json;
    byId("guild-name").textContent = world.guild.name;
    byId("servers").replaceChildren(
      h("div", { class: "server", attributes: { title: world.guild.name } }, world.guild.name[0] ?? "?"),
    );
    const roots = channels.filter((channel) => !isThread(channel));
    byId("channels").replaceChildren(
      ...roots.flatMap((root) => [
        this.#row(root),
        ...channels.filter((each) => isThread(each) && each.parentId === root.id).map((each) => this.#row(each)),
      ]),
    );
    const options = people.map(({ name, roles }) => {
      const option = h(
        "option",
        { attributes: { value: name } },
        roles.length === 0 ? name : `${name} (${roles.join(", ")})`,
      );
      option.selected = name === this.#state.as;
      return option;
    });
    byId("who").replaceChildren(...options);
  }

  #row(channel: PageChannel): HTMLElement {
    const state = channel.locked ? " 🔒" : channel.archived ? " (archived)" : "";
    return h(
      "button",
      {
        class: isThread(channel) ? "channel thread" : "channel",
        attributes: { type: "button", "aria-current": String(channel.id === this.#state.channelId) },
        onClick: () => this.#state.look({ channelId: channel.id }),
      },
      `${MARKS[channel.type] ?? "#"} ${channel.name}${state}`,
    );
  }
}
