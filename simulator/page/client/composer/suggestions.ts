import { h } from "../dom.js";

export interface Suggestion {
  readonly name: string;
  readonly note: string;
  readonly pick: () => void;
}

/** The list above the line; the keyboard's focus stays in the line, `aria-activedescendant` says what is chosen. */
export class Suggestions {
  readonly element: HTMLElement;
  readonly #title: HTMLElement;
  readonly #list: HTMLElement;
  #items: readonly Suggestion[] = [];
  #chosen = -1;

  constructor() {
    this.#title = h("div", { class: "suggestions-title" });
    this.#list = h("div", { attributes: { role: "listbox", id: "suggestions" } });
    this.element = h("div", { class: "suggestions" }, this.#title, this.#list);
    this.element.hidden = true;
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** The chosen one, if one is. */
  get chosen(): Suggestion | undefined {
    return this.open ? this.#items[this.#chosen] : undefined;
  }

  /** `first`: the first is chosen at once, so that Enter takes it. */
  show(title: string, items: readonly Suggestion[], first: boolean): void {
    const before = this.#items[this.#chosen]?.name;
    this.#items = items;
    this.#title.textContent = title;
    this.element.hidden = items.length === 0;
    const kept = items.findIndex((item) => item.name === before);
    this.#chosen = kept >= 0 ? kept : first ? 0 : -1;
    this.#list.replaceChildren(
      ...items.map((item, index) =>
        h(
          "div",
          {
            class: "suggestion",
            attributes: { role: "option", id: `suggestion-${index}`, "aria-selected": "false" },
            onClick: () => item.pick(),
          },
          h("span", { class: "suggestion-name" }, item.name),
          h("span", { class: "suggestion-note" }, item.note),
        ),
      ),
    );
    // A pointer that presses must not take the focus from the line.
    for (const row of this.#list.children) row.addEventListener("mousedown", (event) => event.preventDefault());
    this.#mark();
  }

  close(): void {
    this.element.hidden = true;
    this.#items = [];
    this.#chosen = -1;
  }

  move(by: 1 | -1): void {
    const count = this.#items.length;
    if (count === 0) return;
    this.#chosen = this.#chosen < 0 ? (by === 1 ? 0 : count - 1) : (this.#chosen + by + count) % count;
    this.#mark();
  }

  /** Takes the chosen one, or the first; false when there is none. */
  take(): boolean {
    const item = this.#items[Math.max(0, this.#chosen)];
    if (!this.open || item === undefined) return false;
    item.pick();
    return true;
  }

  #mark(): void {
    for (const [index, row] of [...this.#list.children].entries()) {
      row.setAttribute("aria-selected", String(index === this.#chosen));
      if (index === this.#chosen) row.scrollIntoView({ block: "nearest" });
    }
  }
}
