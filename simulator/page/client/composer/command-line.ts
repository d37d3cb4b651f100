import { isObject, objectsIn, text } from "../../../json.js";
import type { JsonObject } from "../../../json.js";

/** A command as it is picked: sub-commands are separate entries, as a client lists them. */
export interface Invocable {
  /** `health`, or `config reload`: what the bot's side is called by. */
  readonly path: string;
  /** The same in the reader's language. */
  readonly label: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
}

export interface CommandOption {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: number;
  readonly required: boolean;
  readonly autocomplete: boolean;
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly label: string;
  readonly value: string | number | boolean;
}

export const optionType = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
} as const;

function localized(definition: JsonObject, key: "name" | "description", locale: string): string {
  const others = definition[`${key}_localizations`];
  return (isObject(others) ? text(others[locale]) : undefined) ?? text(definition[key]) ?? "";
}

export function choiceOf(data: JsonObject, locale: string): Choice {
  const { value } = data;
  const known = typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : "";
  return { label: localized(data, "name", locale), value: known };
}

function optionOf(definition: JsonObject, locale: string): CommandOption {
  return {
    name: text(definition["name"]) ?? "",
    label: localized(definition, "name", locale),
    description: localized(definition, "description", locale),
    type: Number(definition["type"]),
    required: definition["required"] === true,
    autocomplete: definition["autocomplete"] === true,
    choices: objectsIn(definition["choices"]).map((choice) => choiceOf(choice, locale)),
  };
}

function below(
  definition: JsonObject,
  path: readonly string[],
  labels: readonly string[],
  locale: string,
): Invocable[] {
  const options = objectsIn(definition["options"]);
  const nested = options.filter(({ type }) => type === optionType.subcommand || type === optionType.group);
  if (nested.length > 0) {
    return nested.flatMap((inner) =>
      below(inner, [...path, text(inner["name"]) ?? ""], [...labels, localized(inner, "name", locale)], locale),
    );
  }
  return [
    {
      path: path.join(" "),
      label: labels.join(" "),
      description: localized(definition, "description", locale),
      options: options.map((option) => optionOf(option, locale)),
    },
  ];
}

/** Everything that can be typed after a slash, in alphabetical order. */
export function invocables(commands: readonly JsonObject[], locale: string): readonly Invocable[] {
  return commands
    .filter((command) => (command["type"] ?? 1) === 1)
    .flatMap((command) => below(command, [text(command["name"]) ?? ""], [localized(command, "name", locale)], locale))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

/** Those that fit what is typed after the slash: first those that begin with it, then those that hold it. */
export function matching(all: readonly Invocable[], typed: string): readonly Invocable[] {
  const wanted = typed.toLowerCase();
  const fits = (each: Invocable, test: (name: string) => boolean): boolean =>
    test(each.label.toLowerCase()) || test(each.path);
  const first = all.filter((each) => fits(each, (name) => name.startsWith(wanted)));
  return [...first, ...all.filter((each) => !first.includes(each) && fits(each, (name) => name.includes(wanted)))];
}

/** What a person typed for an option as its value; `undefined` when it is none of the option's type. */
export function valueOf(option: CommandOption, typed: string): Choice["value"] | undefined {
  const words = typed.trim();
  const chosen = option.choices.find(
    ({ label, value }) => label.toLowerCase() === words.toLowerCase() || String(value) === words,
  );
  if (chosen) return chosen.value;
  if (option.choices.length > 0 || words === "") return undefined;
  switch (option.type) {
    case optionType.integer:
      return /^-?\d{1,15}$/.test(words) ? Number(words) : undefined;
    case optionType.number:
      return Number.isFinite(Number(words)) ? Number(words) : undefined;
    case optionType.boolean:
      return /^(?:true|false)$/i.test(words) ? words.toLowerCase() === "true" : undefined;
    case optionType.string:
      return typed;
    default:
      return /^\d{1,20}$/.test(words) ? words : undefined;
  }
}
