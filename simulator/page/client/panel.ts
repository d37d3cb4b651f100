import type { ShownAction } from "../wire.js";
import { api } from "./api.js";
import { h } from "./dom.js";

/** The panel beside the channel: what can be made to happen, real things and simulated ones told apart. */
export class Panel {
  readonly #root: HTMLElement;
  readonly #groups = h("div");
  readonly #outcome = h("div", { attributes: { id: "outcome", role: "status" } });
  #shown = "";

  constructor(root: HTMLElement, close: () => void) {
    this.#root = root;
    const button = h(
      "button",
      { class: "close", attributes: { type: "button", "aria-label": "Close" }, onClick: close },
      "✕",
    );
    root.append(
      h("h2", {}, "Break things", button),
      h("div", { class: "small" }, "“real” happens to this machine; “simulated” only to the local Discord."),
      this.#outcome,
      this.#groups,
    );
  }

  get available(): boolean {
    return this.#shown !== "" && this.#shown !== "[]";
  }

  show(actions: readonly ShownAction[]): void {
    const json = JSON.stringify(actions);
    if (json === this.#shown) return;
    this.#shown = json;
    const names = [...new Set(actions.map(({ group }) => group))];
    this.#groups.replaceChildren(
      ...names.flatMap((name) => [
        h("h3", {}, name),
        ...actions.filter(({ group }) => group === name).map((action) => this.#button(action)),
      ]),
    );
  }

  toggle(open: boolean): void {
    this.#root.hidden = !open;
  }

  #button(action: ShownAction): HTMLElement {
    const button = h(
      "button",
      { class: "action", attributes: { type: "button", "data-action": action.id } },
      h("span", { class: `nature ${action.nature}` }, action.unavailable === null ? action.nature : "not here"),
      h("b", {}, action.label),
      h("small", {}, action.unavailable ?? action.hint),
    );
    button.disabled = action.unavailable !== null;
    button.addEventListener("click", () => void this.#run(action.id, button));
    return button;
  }

  async #run(id: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      this.#outcome.textContent = await api.run(id);
    } catch (error) {
      this.#outcome.textContent = error instanceof Error ? error.message : String(error);
    }
    button.disabled = false;
  }
}
