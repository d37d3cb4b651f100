import type { FormIssue } from "../errors.js";
import { integer, isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { discordLocales, limits } from "../limits.js";
import { badLength, issue, length, required, tooLong } from "./issue.js";
import type { Path } from "./issue.js";

const CHAT_INPUT_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LOCALES: ReadonlySet<string> = new Set(discordLocales);
const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const GROUP = 2;
const STRING = 3;
const CHOICE_TYPES: ReadonlySet<unknown> = new Set([3, 4, 10]);

function nameIssues(name: unknown, path: Path, chatInput: boolean): FormIssue[] {
  const given = text(name);
  if (given === undefined) return [];
  const size = length(given.trim());
  if (size < 1 || size > limits.commandNameLength) return [badLength(path, 1, limits.commandNameLength)];
  if (!chatInput) return [];
  const valid = CHAT_INPUT_NAME.test(given) && given === given.toLowerCase();
  return valid ? [] : [issue(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")];
}

function localeIssues(value: unknown, path: Path, check: (text: unknown, path: Path) => FormIssue[]): FormIssue[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([locale, translation]) =>
    LOCALES.has(locale)
      ? check(translation, [...path, locale])
      : [issue(path, "ENUM_TYPE_COERCE", `Value "${locale}" is not a valid enum value.`)],
  );
}

function descriptionIssues(value: unknown, path: Path): FormIssue[] {
  const given = text(value);
  if (given === undefined || given.trim() === "") return [required(path)];
  if (length(given) > limits.commandDescriptionLength) return [badLength(path, 1, limits.commandDescriptionLength)];
  return [];
}

function choiceIssues(option: JsonObject, path: Path): FormIssue[] {
  const choices = objectsIn(option["choices"]);
  const found: FormIssue[] = [];
  if (option["autocomplete"] === true && choices.length > 0) {
    found.push(
      issue(
        [...path, "autocomplete"],
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE",
        "Cannot have both choices and autocomplete",
      ),
    );
  }
  const names = new Set<unknown>();
  for (const [index, choice] of choices.entries()) {
    const own: Path = [...path, "choices", index];
    if (!CHOICE_TYPES.has(option["type"])) continue;
    const value = choice["value"];
    if (option["type"] === STRING && typeof value === "string" && length(value) > limits.choiceValueLength) {
      found.push(tooLong([...own, "value"], limits.choiceValueLength));
    }
    if (names.has(choice["name"])) {
      found.push(
        issue([...own, "name"], "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS", "Choice name already exists"),
      );
    }
    names.add(choice["name"]);
    found.push(
      ...localeIssues(choice["name_localizations"], [...own, "name_localizations"], (name, at) => {
        const size = length(text(name) ?? "");
        return size < 1 || size > limits.choiceNameLength ? [badLength(at, 1, limits.choiceNameLength)] : [];
      }),
    );
  }
  return found;
}

function optionIssues(options: readonly JsonObject[], path: Path, depth: number): FormIssue[] {
  const found: FormIssue[] = [];
  const names = new Set<unknown>();
  let optionalSeen = false;
  const nested = options.filter((option) => option["type"] === SUBCOMMAND || option["type"] === GROUP).length;
  if (nested > 0 && nested < options.length) {
    found.push(
      issue(
        path,
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        "Sub-command and sub-command group option types are mutually exclusive to all other types",
      ),
    );
  }
  for (const [index, option] of options.entries()) {
    const own: Path = [...path, index];
    found.push(...nameIssues(option["name"], [...own, "name"], true));
    found.push(
      ...localeIssues(option["name_localizations"], [...own, "name_localizations"], (name, at) =>
        nameIssues(name, at, true),
      ),
      ...descriptionIssues(option["description"], [...own, "description"]),
      ...localeIssues(option["description_localizations"], [...own, "description_localizations"], descriptionIssues),
    );
    if (names.has(option["name"])) {
      found.push(issue([...own, "name"], "APPLICATION_COMMAND_OPTIONS_NAME_EXISTS", "Option name already exists"));
    }
    names.add(option["name"]);
    if (option["required"] === true && optionalSeen) {
      found.push(
        issue(
          [...own, "required"],
          "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options",
        ),
      );
    }
    if (option["required"] !== true && option["type"] !== SUBCOMMAND && option["type"] !== GROUP) optionalSeen = true;
    const tooDeep = option["type"] === GROUP ? depth > 0 : option["type"] === SUBCOMMAND && depth > 1;
    if (tooDeep) {
      found.push(
        issue([...own, "type"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands are nested too deep"),
      );
    }
    found.push(...choiceIssues(option, own));
    const children = objectsIn(option["options"]);
    const nextDepth = option["type"] === GROUP ? 1 : 2;
    if (children.length > 0) found.push(...optionIssues(children, [...own, "options"], nextDepth));
  }
  return found;
}

/** The longest of a text and its translations. */
function longest(value: unknown, localizations: unknown): number {
  const translations = isObject(localizations) ? Object.values(localizations) : [];
  return Math.max(...[value, ...translations].map((each) => length(text(each) ?? "")));
}

function totalLength(part: JsonObject): number {
  const own =
    longest(part["name"], part["name_localizations"]) + longest(part["description"], part["description_localizations"]);
  const choices = objectsIn(part["choices"]).reduce(
    (sum, choice) => sum + longest(choice["name"], choice["name_localizations"]) + length(String(choice["value"])),
    0,
  );
  return own + choices + objectsIn(part["options"]).reduce((sum, option) => sum + totalLength(option), 0);
}

/** What the schema cannot say about an application command. `path` is where the command stands in the body. */
export function commandIssues(command: JsonObject, guild: boolean, path: Path = []): FormIssue[] {
  const type = integer(command["type"]) ?? CHAT_INPUT;
  const chatInput = type === CHAT_INPUT;
  const found = nameIssues(command["name"], [...path, "name"], chatInput);
  found.push(
    ...localeIssues(command["name_localizations"], [...path, "name_localizations"], (name, at) =>
      nameIssues(name, at, chatInput),
    ),
  );
  if (chatInput) {
    found.push(
      ...descriptionIssues(command["description"], [...path, "description"]),
      ...localeIssues(command["description_localizations"], [...path, "description_localizations"], descriptionIssues),
      ...optionIssues(objectsIn(command["options"]), [...path, "options"], 0),
    );
  } else {
    if ((text(command["description"]) ?? "") !== "") {
      found.push(
        issue(
          [...path, "description"],
          "APPLICATION_COMMAND_DESCRIPTION_INVALID",
          "Context menu commands cannot have description",
        ),
      );
    }
    if (objectsIn(command["options"]).length > 0) {
      found.push(
        issue([...path, "options"], "APPLICATION_COMMAND_OPTIONS_INVALID", "Context menu commands cannot have options"),
      );
    }
  }
  for (const key of guild ? ["contexts", "integration_types"] : []) {
    if (command[key] === undefined || command[key] === null) continue;
    found.push(issue([...path, key], "APPLICATION_COMMAND_GUILD_ONLY_FIELD", `"${key}" is only for global commands`));
  }
  if (totalLength(command) > limits.commandTotalLength) {
    found.push(
      issue(path, "APPLICATION_COMMAND_TOO_LARGE", `Command exceeds maximum size (${limits.commandTotalLength})`),
    );
  }
  const bits = text(command["default_member_permissions"]);
  if (bits !== undefined && !/^\d{1,20}$/.test(bits)) {
    found.push(issue([...path, "default_member_permissions"], "NUMBER_TYPE_COERCE", `Value "${bits}" is not int.`));
  }
  return found;
}
