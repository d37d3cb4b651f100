import { ApplicationCommandOptionType, ApplicationCommandType } from "discord-api-types/v10";

import type { Command, CommandOption } from "../../model/contract/command.js";
import { DISCORD_LIMITS } from "../../model/limits.js";
import { MANAGE_SERVER } from "../../permit/authorize.js";

/** A command as Discord is told of it; only what Toban uses. */
export interface CommandDefinition {
  readonly type: ApplicationCommandType.ChatInput;
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionDefinition[];
  /** Who sees it: null everybody, else a bit set as text. */
  readonly default_member_permissions: string | null;
}

export interface OptionDefinition {
  readonly type: ApplicationCommandOptionType;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly autocomplete?: boolean;
  readonly min_value?: number;
  readonly max_value?: number;
  readonly max_length?: number;
  readonly options?: readonly OptionDefinition[];
}

type Declared = Pick<Command<never>, "name" | "description" | "options" | "verb">;

const OPTION_TYPES = {
  string: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  boolean: ApplicationCommandOptionType.Boolean,
  user: ApplicationCommandOptionType.User,
} as const;

/**
 * The commands as Discord is told of them. Names of two words are sub-commands of the first. Without grants, what a member without
 * Manage Server may not use is not shown to one; with them, Discord cannot know who may (a bot cannot set overwrites), so all
 * are shown and the gate decides.
 */
export function definitionsOf(commands: readonly Declared[], hasGrants: boolean): readonly CommandDefinition[] {
  const definitions = new Map<string, CommandDefinition>();
  for (const command of commands) {
    const [name = "", ...rest] = command.name.split(" ");
    const open = hasGrants || command.verb({}) === "view-summary";
    const permissions = open ? null : String(MANAGE_SERVER);
    const own = command.options.map(optionDefinition);
    const before = definitions.get(name);
    if (rest.length === 0) {
      definitions.set(name, {
        type: ApplicationCommandType.ChatInput,
        name,
        description: command.description,
        options: own,
        default_member_permissions: permissions,
      });
      continue;
    }
    const sub: OptionDefinition = {
      type: ApplicationCommandOptionType.Subcommand,
      name: rest.join(" "),
      description: command.description,
      options: own,
    };
    definitions.set(name, {
      type: ApplicationCommandType.ChatInput,
      name,
      description: before?.description ?? command.description,
      options: [...(before?.options ?? []), sub],
      // One that everybody may use shows them all.
      default_member_permissions: before && before.default_member_permissions === null ? null : permissions,
    });
  }
  return [...definitions.values()];
}

function optionDefinition(option: CommandOption): OptionDefinition {
  const isInteger = option.type === "integer";
  return {
    type: OPTION_TYPES[option.type],
    name: option.name,
    description: option.description,
    ...(option.required ? { required: true } : {}),
    ...(option.choices ? { choices: option.choices.map(({ name, value }) => ({ name, value })) } : {}),
    ...(option.autocomplete ? { autocomplete: true } : {}),
    ...(isInteger && option.min !== undefined ? { min_value: option.min } : {}),
    ...(isInteger && option.max !== undefined ? { max_value: option.max } : {}),
    ...(option.type === "string" && option.maxLength !== undefined ? { max_length: option.maxLength } : {}),
  };
}

/** Discord's pattern for names of commands and options. Source: Application Commands, naming. */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
/** How many commands a guild may have. Source: Application Commands, limits. */
const MOST_COMMANDS = 100;

/** What Discord would refuse, in words for whoever writes commands: empty when all is well. */
export function definitionProblems(definitions: readonly CommandDefinition[]): readonly string[] {
  const problems: string[] = [];
  if (definitions.length > MOST_COMMANDS) problems.push(`${definitions.length} commands, more than ${MOST_COMMANDS}`);
  const seen = new Set<string>();
  for (const definition of definitions) {
    if (seen.has(definition.name)) problems.push(`/${definition.name}: there are two`);
    seen.add(definition.name);
    problems.push(...entryProblems(`/${definition.name}`, definition, definition.options));
    const size = sizeOf(definition, definition.options);
    if (size > DISCORD_LIMITS.commandTotal) {
      problems.push(`/${definition.name}: ${size} characters in all, more than ${DISCORD_LIMITS.commandTotal}`);
    }
  }
  return problems;
}

interface Named {
  readonly name: string;
  readonly description: string;
}

function entryProblems(path: string, entry: Named, options: readonly OptionDefinition[]): readonly string[] {
  const problems: string[] = [];
  const { name, description } = entry;
  if (!NAME.test(name) || name !== name.toLowerCase()) problems.push(`${path}: not a name that Discord takes`);
  if (description.length < 1 || description.length > DISCORD_LIMITS.commandDescription) {
    problems.push(
      `${path}: a description of ${description.length} characters, not 1 to ${DISCORD_LIMITS.commandDescription}`,
    );
  }
  if (options.length > DISCORD_LIMITS.commandOptions) {
    problems.push(`${path}: ${options.length} options, more than ${DISCORD_LIMITS.commandOptions}`);
  }
  const firstOptional = options.findIndex((option) => option.required !== true);
  if (firstOptional >= 0 && options.slice(firstOptional).some((option) => option.required === true)) {
    problems.push(`${path}: a required option behind an optional one`);
  }
  for (const [index, option] of options.entries()) {
    const inner = `${path} ${option.name}`;
    if (options.findIndex((other) => other.name === option.name) !== index) problems.push(`${inner}: there are two`);
    problems.push(...entryProblems(inner, option, option.options ?? []), ...choiceProblems(inner, option));
  }
  return problems;
}

function choiceProblems(path: string, option: OptionDefinition): readonly string[] {
  const problems: string[] = [];
  const { choices } = option;
  if (!choices) return problems;
  if (option.autocomplete) problems.push(`${path}: both choices and autocomplete`);
  if (choices.length > DISCORD_LIMITS.choices) {
    problems.push(`${path}: ${choices.length} choices, more than ${DISCORD_LIMITS.choices}`);
  }
  for (const choice of choices) {
    const fits = choice.name.length >= 1 && choice.name.length <= DISCORD_LIMITS.choiceName;
    if (!fits || choice.value.length > DISCORD_LIMITS.choiceValue)
      problems.push(`${path}: the choice “${choice.name}” is too long`);
  }
  return problems;
}

function sizeOf(entry: Named, options: readonly OptionDefinition[]): number {
  let size = entry.name.length + entry.description.length;
  for (const option of options) {
    size += sizeOf(option, option.options ?? []);
    for (const choice of option.choices ?? []) size += choice.name.length + choice.value.length;
  }
  return size;
}
