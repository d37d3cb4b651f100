import { h } from "../dom.js";
import { valueOf } from "./command-line.js";
import type { Choice, CommandOption } from "./command-line.js";

/** One option of a command being typed: its name, and a field whose words stand for a value. */
export class OptionField {
  readonly option: CommandOption;
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  #picked: Choice | undefined;

  constructor(option: CommandOption) {
    this.option = option;
    this.input = h("input", {
      attributes: {
        type: "text",
        autocomplete: "off",
        "aria-label": option.label,
        "data-option": option.name,
        size: "8",
      },
    });
    this.element = h("label", { class: "option-chip" }, h("span", {}, option.label), this.input);
    this.input.addEventListener("input", () => {
      this.#picked = undefined;
      this.element.classList.remove("wrong");
    });
  }

  get typed(): string {
    return this.input.value;
  }

  /** A choice shows its name and means its value. */
  pick(choice: Choice): void {
    this.#picked = choice;
    this.input.value = choice.label;
    this.element.classList.remove("wrong");
  }

  get value(): Choice["value"] | undefined {
    return this.#picked?.value ?? valueOf(this.option, this.input.value);
  }

  /** Marks the field when what it holds cannot be sent; false then. */
  check(): boolean {
    const empty = this.input.value.trim() === "";
    const good = empty ? !this.option.required : this.value !== undefined;
    this.element.classList.toggle("wrong", !good);
    return good;
  }
}
