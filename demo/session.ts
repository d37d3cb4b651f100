import type { Control, ShownInteraction, ShownMessage } from "../simulator/index.js";

import { demoActions } from "./actions.js";
import type { DemoAction } from "./actions.js";
import { messageLines } from "./terminal.js";
import type { DemoWorld } from "./world.js";

const HELP: readonly string[] = [
  "  /ping, /health, /health web        how the bot is, how everything is, everything about one",
  "  /logs web/app, /audit              the end of a log, who had what done",
  "  /restart web reason:too slow       shows what that means first; then: press Restart",
  "  /permissions check                 what you may do here, and why",
  "  press Refresh                      a button of the last answer",
  "  as viewer | operator | admin       who types",
  "  wait WORDS [seconds]               until the channel shows them; for scripts",
  "  log                                where the bot's log is",
  "  quit",
  "",
];
const TYPED_WIDTH = 33;

const PEOPLE: readonly string[] = ["viewer", "operator", "admin"];
const WAIT_SECONDS = 30;
const SUBCOMMAND = 1;
const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;

/** One person at the keyboard (or a script): takes lines, makes things happen, says what came of it. */
export class DemoSession {
  readonly #world: DemoWorld;
  readonly #print: (lines: readonly string[]) => void;
  #who = "admin";
  #last: ShownInteraction | undefined;
  /** When something was last made to happen: “wait” looks only at what the channel showed since. */
  #since = 0;

  constructor(world: DemoWorld, print: (lines: readonly string[]) => void) {
    this.#world = world;
    this.#print = print;
  }

  get who(): string {
    return this.#who;
  }

  /** Does what a line says. False: it was “quit”. Throws when the line cannot be done. */
  async take(line: string): Promise<boolean> {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    if (word === "" || word.startsWith("#")) return true;
    if (word.startsWith("/")) {
      await this.#command(word.slice(1), rest);
      return true;
    }
    switch (word) {
      case "quit":
      case "exit":
        return false;
      case "help":
        this.#print([...HELP, ...demoActions(this.#world).map(helpLine)]);
        return true;
      case "log":
        this.#print([this.#world.logFile]);
        return true;
      case "as":
        this.#become(rest[0] ?? "");
        return true;
      case "press":
        await this.#press(rest.join(" "));
        return true;
      case "wait":
        await this.#wait(rest);
        return true;
      default:
        await this.#happen([word, ...rest]);
        return true;
    }
  }

  #become(who: string): void {
    if (!PEOPLE.includes(who)) throw new Error(`there is nobody called “${who}”; there are ${PEOPLE.join(", ")}`);
    this.#who = who;
    this.#print([`you are ${who}`]);
  }

  async #happen(words: readonly string[]): Promise<void> {
    const all = demoActions(this.#world);
    const action = all.find(({ typed }) => words.slice(0, typed.split(" ").length).join(" ") === typed);
    if (action === undefined) throw new Error(notUnderstood(words, all));
    if (action.unavailable !== undefined)
      throw new Error(`“${action.typed}” cannot be done here: ${action.unavailable}`);
    const [given, ...more] = words.slice(action.typed.split(" ").length);
    if (more.length > 0 || (given !== undefined && action.seconds === undefined)) {
      throw new Error(
        `“${action.typed}” takes ${action.seconds === undefined ? "nothing more" : "a number of seconds"}`,
      );
    }
    this.#since = await this.#world.discord.control.clock.now();
    this.#print([await action.run(secondsOf(given, action.seconds ?? 0))]);
  }

  async #command(name: string, words: readonly string[]): Promise<void> {
    const { control } = this.#world.discord;
    const known = (await control.commands()).find((command) => command["name"] === name);
    if (!known) throw new Error(`the bot has no command /${name}`);
    const { command, rest } = withSubcommand({ name, options: listedIn(known) }, words);
    const handle = await control.as(this.#who).command(command.name, optionsOf(command, rest));
    await this.#answer(await handle.response({ timeoutMs: 20_000 }));
  }

  async #press(label: string): Promise<void> {
    const message = this.#last?.message;
    const id = message ? buttonId(message.components, label) : undefined;
    if (!message || id === undefined) throw new Error(`the last answer has no button “${label}”`);
    const handle = await this.#world.discord.control.as(this.#who).press(message.id, id);
    const answer = await handle.response({ timeoutMs: 20_000 });
    await this.#answer(answer, answer.message?.id === message.id ? message : undefined);
  }

  /** `before`: the message that the answer may have changed. */
  async #answer(answer: ShownInteraction, before?: ShownMessage): Promise<void> {
    this.#last = answer;
    const now = await this.#world.discord.control.clock.now();
    const took = answer.callbackMs === null ? "" : ` after ${Math.round(answer.callbackMs)} ms`;
    const seen = answer.ephemeral ? `, only ${this.#who} sees it` : "";
    const lines = answer.message ? messageLines(answer.message, now) : [];
    // A public answer appears in the channel by itself; of one that only holds the place there is nothing new to see.
    const isSame = before !== undefined && messageLines(before, now).join("\n") === lines.join("\n");
    const shown = answer.ephemeral && !isSame ? lines : [];
    if (answer.error !== null) throw new Error(`${answer.error}${lines.length > 0 ? `: ${lines.join(" ")}` : ""}`);
    const next = isSame ? "; what comes of it shows in the channel" : "";
    this.#print([`(answered${took}${seen}${next})`, ...shown.map((line) => `    ${line}`)]);
  }

  /** `wait WORDS SECONDS`: until a message of the channel shows the words. */
  async #wait(words: readonly string[]): Promise<void> {
    const timed = /^\d+$/.test(words.at(-1) ?? "");
    const seconds = secondsOf(timed ? words.at(-1) : undefined, WAIT_SECONDS);
    const text = (timed ? words.slice(0, -1) : words).join(" ");
    if (text === "") throw new Error("wait for what? “wait 🔴 web 40” waits 40 s for a message with “🔴 web”");
    const { control, opsChannelId } = this.#world.discord;
    await control.waitFor(
      `“${text}” in the channel`,
      async () => {
        const now = await control.clock.now();
        const recent = (await control.messages(opsChannelId)).filter(
          (message) => Math.max(message.createdAt, message.editedAt ?? 0) >= this.#since,
        );
        return recent.some((message) => messageLines(message, now).join("\n").includes(text));
      },
      { timeoutMs: seconds * 1_000 },
    );
  }
}

function helpLine({ typed, seconds, hint, nature, unavailable }: DemoAction): string {
  const line = `${typed}${seconds === undefined ? "" : " [seconds]"}`.padEnd(TYPED_WIDTH);
  return `  ${line}  ${unavailable === undefined ? `${nature}: ${hint}` : `not here: ${unavailable}`}`;
}

/** What is wrong with words that name nothing to do: the first of them may still be the beginning of something. */
function notUnderstood([first = "", second]: readonly string[], all: readonly DemoAction[]): string {
  const known = all.map(({ typed }) => typed.split(" ")).filter(([word, thing]) => word === first && thing);
  const things = known.map(([, thing]) => thing).join(" and ");
  if (known.length === 0) return `“${first}” is not understood; “help” lists what is`;
  const are = `there ${known.length > 1 ? "are" : "is"} ${things}`;
  return second === undefined ? `${first} what? ${are}` : `there is no “${second}” to ${first}; ${are}`;
}

function secondsOf(word: string | undefined, otherwise: number): number {
  if (word === undefined) return otherwise;
  const seconds = Number(word);
  if (!(seconds > 0 && seconds <= 3_600)) throw new Error(`“${word}” is no number of seconds from 1 to 3600`);
  return seconds;
}

interface Option {
  readonly name: string;
  readonly type: number;
  readonly options?: readonly Option[];
}

/** A command, or one of its subcommands with both names. */
interface TypedCommand {
  readonly name: string;
  readonly options: readonly Option[];
}

function listedIn(registered: Awaited<ReturnType<Control["commands"]>>[number]): readonly Option[] {
  return Array.isArray(registered["options"]) ? (registered["options"] as readonly Option[]) : [];
}

/** `permissions` and `check …` are the command `permissions check`. */
function withSubcommand(
  command: TypedCommand,
  words: readonly string[],
): { readonly command: TypedCommand; readonly rest: readonly string[] } {
  const nested = command.options.filter(({ type }) => type === SUBCOMMAND);
  if (nested.length === 0) return { command, rest: words };
  const chosen = nested.find(({ name }) => name === words[0]);
  if (!chosen) throw new Error(`/${command.name} what? there is ${nested.map(({ name }) => name).join(", ")}`);
  const name = `${command.name} ${chosen.name}`;
  return { command: { name, options: chosen.options ?? [] }, rest: words.slice(1) };
}

/** `name:value`, or values in the order of the command's options. A text that was named goes on until the next name. */
function optionsOf(command: TypedCommand, words: readonly string[]): Record<string, string | number | boolean> {
  const options: Record<string, string | number | boolean> = {};
  let text: string | undefined;
  for (const [index, word] of words.entries()) {
    const [, named, value = ""] = /^([\w-]+):(.*)$/.exec(word) ?? [];
    const byName = command.options.find(({ name }) => name === named);
    if (!byName && text !== undefined) {
      options[text] = `${String(options[text])} ${word}`;
      continue;
    }
    const option = byName ?? command.options[index];
    if (!option) throw new Error(`“${word}” is no option of /${command.name}`);
    options[option.name] = valueOf(option.type, byName ? value : word);
    text = byName?.type === STRING ? byName.name : undefined;
  }
  return options;
}

function valueOf(type: number, word: string): string | number | boolean {
  if (type === BOOLEAN) {
    if (!["true", "yes", "false", "no"].includes(word)) throw new Error(`“${word}” is neither yes nor no`);
    return word === "true" || word === "yes";
  }
  if (type === INTEGER) {
    if (!/^-?\d+$/.test(word)) throw new Error(`“${word}” is no whole number`);
    return Number(word);
  }
  if (type === STRING) return word;
  throw new Error(`options of type ${type} cannot be typed here`);
}

function buttonId(components: readonly unknown[], label: string): string | undefined {
  for (const component of components) {
    if (typeof component !== "object" || component === null) continue;
    const {
      label: own,
      custom_id: id,
      components: inner,
    } = component as { label?: string; custom_id?: string; components?: unknown[] };
    if (own === label && id !== undefined) return id;
    const found = buttonId(inner ?? [], label);
    if (found !== undefined) return found;
  }
  return undefined;
}
