import { objectsIn } from "../../../json.js";
import type { PageMessage } from "../../wire.js";
import { after } from "../clock.js";
import type { Cancel } from "../clock.js";
import { h } from "../dom.js";
import type { PageState } from "../state.js";
import { choiceOf, invocables, matching } from "./command-line.js";
import type { Choice, Invocable } from "./command-line.js";
import { knownChoices } from "./known-choices.js";
import { OptionField } from "./option-field.js";
import { Suggestions } from "./suggestions.js";

/** Typing pauses this long before the bot is asked for choices, milliseconds. */
const PAUSE_MS = 120;
const SUGGESTED = 25;

export interface ComposerEvents {
  readonly say: (content: string, replyTo: string | undefined) => Promise<void>;
  readonly command: (path: string, options: Readonly<Record<string, Choice["value"]>>) => Promise<void>;
}

/** Where a person types: words, or a slash command with its options, by keyboard alone. */
export class Composer {
  readonly #state: PageState;
  readonly #events: ComposerEvents;
  readonly #line = h("div", { class: "line" });
  readonly #free: HTMLInputElement;
  readonly #error = h("div", { class: "composer-error", attributes: { role: "alert" } });
  readonly #replying = h("div", { class: "replying" });
  readonly #suggestions = new Suggestions();
  #command: Invocable | undefined;
  #fields: OptionField[] = [];
  #replyTo: PageMessage | undefined;
  #asked = "";
  /** On its way: Enter pressed twice must not send twice. */
  #sending = false;
  #cancel: Cancel | undefined;

  constructor(root: HTMLElement, state: PageState, events: ComposerEvents) {
    this.#state = state;
    this.#events = events;
    this.#free = h("input", {
      class: "free",
      attributes: { type: "text", autocomplete: "off", maxlength: "2000", "aria-controls": "suggestions", id: "free" },
    });
    this.#line.append(this.#free);
    root.append(this.#suggestions.element, this.#error, this.#replying, this.#line);
    this.#line.addEventListener("keydown", (event) => this.#key(event));
    this.#line.addEventListener("input", () => this.#suggest());
    this.#line.addEventListener("focusin", () => this.#suggest());
    this.#line.addEventListener("click", (event) => event.target === this.#line && this.#free.focus());
    this.#replying.hidden = true;
  }

  place(channelName: string): void {
    const words = this.#command === undefined ? `Message #${channelName}` : "";
    if (this.#free.placeholder !== words) this.#free.placeholder = words;
    this.#free.setAttribute("aria-label", `Message #${channelName}`);
  }

  reply(message: PageMessage): void {
    this.#replyTo = message;
    this.#replying.textContent = `Replying to ${message.author.username} (Escape takes it back)`;
    this.#replying.hidden = false;
    this.#free.focus();
  }

  /** Begins a command by its path, as a click on its mention does. */
  start(path: string): void {
    const found = this.#all().find((each) => each.path === path);
    if (found) this.#pickCommand(found);
  }

  clear(): void {
    this.#command = undefined;
    this.#fields = [];
    this.#free.value = "";
    this.#error.textContent = "";
    this.#replyTo = undefined;
    this.#replying.hidden = true;
    this.#line.replaceChildren(this.#free);
    this.#suggestions.close();
    this.place(this.#state.world?.channels.find(({ id }) => id === this.#state.channelId)?.name ?? "");
    this.#free.focus();
  }

  #all(): readonly Invocable[] {
    return invocables(this.#state.world?.commands ?? [], this.#state.locale);
  }

  #focused(): OptionField | undefined {
    return this.#fields.find((field) => field.input === document.activeElement);
  }

  #key(event: KeyboardEvent): void {
    // A key that ends a composition of Japanese input is not a key of ours.
    if (event.isComposing) return;
    const done = this.#handled(event);
    if (done) event.preventDefault();
  }

  #handled(event: KeyboardEvent): boolean {
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!this.#suggestions.open) return false;
        this.#suggestions.move(event.key === "ArrowDown" ? 1 : -1);
        return true;
      case "Tab":
        return !event.shiftKey && this.#suggestions.take();
      case "Enter":
        if (this.#suggestions.chosen === undefined) this.#send();
        else this.#suggestions.take();
        return true;
      case "Escape":
        if (this.#suggestions.open) this.#suggestions.close();
        else this.clear();
        return true;
      case "Backspace":
        return this.#backspace();
      case " ":
        return this.#space();
      default:
        return false;
    }
  }

  /** In an empty field: the option goes away; in an empty line: the command does. */
  #backspace(): boolean {
    const field = this.#focused();
    if (field !== undefined) {
      if (field.typed !== "") return false;
      this.#fields = this.#fields.filter((each) => each !== field);
      field.element.remove();
      this.#free.focus();
      return true;
    }
    if (this.#command === undefined || this.#free.value !== "") return false;
    const last = this.#fields.at(-1);
    if (last) last.input.focus();
    else this.clear();
    return true;
  }

  /** A blank after a whole name picks the command. */
  #space(): boolean {
    if (this.#command !== undefined || !this.#free.value.startsWith("/")) return false;
    const typed = this.#free.value.slice(1);
    const exact = this.#all().find((each) => each.label === typed || each.path === typed);
    if (exact) this.#pickCommand(exact);
    return exact !== undefined;
  }

  #pickCommand(command: Invocable): void {
    this.clear();
    this.#command = command;
    this.#free.placeholder = "";
    this.#line.prepend(h("span", { class: "command-chip" }, `/${command.label}`));
    for (const option of command.options.filter(({ required }) => required)) this.#addField(option.name);
    (this.#fields[0]?.input ?? this.#free).focus();
    this.#suggest();
  }

  #addField(name: string): void {
    const option = this.#command?.options.find((each) => each.name === name);
    if (option === undefined) return;
    const field = new OptionField(option);
    this.#fields.push(field);
    this.#free.before(field.element);
    this.#free.value = "";
    field.input.focus();
  }

  #suggest(): void {
    this.#error.textContent = "";
    const field = this.#focused();
    if (field !== undefined) return this.#suggestValues(field);
    if (this.#command !== undefined) return this.#suggestOptions();
    const typed = this.#free.value;
    if (!typed.startsWith("/")) return this.#suggestions.close();
    const found = matching(this.#all(), typed.slice(1)).slice(0, SUGGESTED);
    const rows = found.map((each) => ({
      name: `/${each.label}`,
      note: each.description,
      pick: () => this.#pickCommand(each),
    }));
    this.#suggestions.show("Commands", rows, true);
  }

  #suggestOptions(): void {
    const typed = this.#free.value.toLowerCase().replace(/:$/, "");
    const left = (this.#command?.options ?? []).filter(
      ({ name }) => !this.#fields.some(({ option }) => option.name === name),
    );
    const exact = this.#free.value.endsWith(":") ? left.find(({ label }) => label.toLowerCase() === typed) : undefined;
    if (exact) return this.#addField(exact.name);
    const rows = left
      .filter(({ label }) => label.toLowerCase().startsWith(typed))
      .map(({ name, label, description }) => ({ name: label, note: description, pick: () => this.#addField(name) }));
    this.#suggestions.show("Options", rows, typed !== "");
  }

  #suggestValues(field: OptionField): void {
    if (field.option.autocomplete) return this.#ask(field);
    this.#offer(field, knownChoices(field.option, this.#state.world));
  }

  #offer(field: OptionField, choices: readonly Choice[], filter = true): void {
    const typed = field.typed.toLowerCase();
    const fitting = filter ? choices.filter(({ label }) => label.toLowerCase().includes(typed)) : choices;
    const rows = fitting.slice(0, SUGGESTED).map((choice) => ({
      name: choice.label,
      note: "",
      pick: () => this.#take(field, choice),
    }));
    const settled = field.value !== undefined && fitting.some(({ label }) => label === field.typed);
    this.#suggestions.show(field.option.description, settled ? [] : rows, typed !== "" || field.option.required);
  }

  /** A value is settled: on to the next field that needs one, or to the end of the line. */
  #take(field: OptionField, choice: Choice): void {
    field.pick(choice);
    this.#suggestions.close();
    const next = this.#fields.find((each) => each.option.required && each.typed === "");
    (next?.input ?? this.#free).focus();
  }

  /** Asks the bot for choices; an answer that is older than what is typed now is not shown. */
  #ask(field: OptionField): void {
    this.#cancel?.();
    const partial = field.typed;
    const key = `${field.option.name} ${partial}`;
    this.#asked = key;
    this.#cancel = after(PAUSE_MS, () => {
      const options = Object.fromEntries(this.#values().filter(([name]) => name !== field.option.name));
      const act = {
        kind: "autocomplete",
        name: this.#command?.path ?? "",
        option: field.option.name,
        partial,
        options,
      };
      this.#state
        .act(act, ({ state, choices }) => {
          if (state === "waiting") return false;
          if (this.#asked === key && this.#focused() === field) {
            const failed = state === "failed" ? "Loading options failed" : "";
            this.#error.textContent = failed;
            this.#offer(
              field,
              objectsIn(choices).map((choice) => choiceOf(choice, this.#state.locale)),
              false,
            );
          }
          return true;
        })
        .catch((error: unknown) => this.#fail(error));
    });
  }

  #values(): [string, Choice["value"]][] {
    return this.#fields.flatMap(({ option, value }): [string, Choice["value"]][] =>
      value === undefined ? [] : [[option.name, value]],
    );
  }

  #send(): void {
    if (this.#sending) return;
    if (this.#command !== undefined) return this.#sendCommand(this.#command);
    const content = this.#free.value.trim();
    if (content === "") return;
    if (content.startsWith("/") && this.#all().length > 0) {
      this.#error.textContent = "There is no such command here.";
      return;
    }
    const replyTo = this.#replyTo?.id;
    this.#deliver(this.#events.say(content, replyTo));
  }

  #sendCommand(command: Invocable): void {
    const wrong = this.#fields.filter((field) => !field.check());
    const missing = command.options.filter(
      (option) => option.required && !this.#fields.some((field) => field.option === option),
    );
    if (wrong.length > 0 || missing.length > 0) {
      const names = [...wrong.map(({ option }) => option.label), ...missing.map(({ label }) => label)];
      this.#error.textContent = `Please fill in: ${names.join(", ")}`;
      wrong[0]?.input.focus();
      if (wrong.length === 0) for (const { name } of missing) this.#addField(name);
      return;
    }
    const options = Object.fromEntries(this.#values());
    this.#deliver(this.#events.command(command.path, options));
  }

  #deliver(sent: Promise<void>): void {
    this.#sending = true;
    sent
      .then(() => this.clear())
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#sending = false;
      });
  }

  #fail(error: unknown): void {
    this.#error.textContent = error instanceof Error ? error.message : String(error);
  }
}
