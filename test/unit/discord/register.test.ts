import { ApplicationCommandOptionType, ApplicationCommandType } from "discord-api-types/v10";
import { describe, expect, it } from "vitest";

import { definitionProblems, definitionsOf } from "../../../src/discord/register/definition.js";
import type { CommandDefinition } from "../../../src/discord/register/definition.js";
import { differences } from "../../../src/discord/register/differences.js";
import { TEST_COMMANDS } from "../../support/discord/commands.js";

const TEXT = ApplicationCommandOptionType.String;
const WANTED = definitionsOf(TEST_COMMANDS, false);

function find(name: string): CommandDefinition {
  const definition = WANTED.find((each) => each.name === name);
  if (!definition) throw new Error(`no ${name}`);
  return definition;
}

/** As Discord gives a command back: with ids, versions, and nulls and falses where nothing was set. */
function asListed(definition: CommandDefinition): Record<string, unknown> {
  return {
    id: "1100000000000000001",
    application_id: "1100000000000000002",
    version: "1",
    guild_id: "1100000000000000003",
    nsfw: false,
    name_localizations: null,
    description_localizations: {},
    ...definition,
    options:
      definition.options.length === 0
        ? undefined
        : definition.options.map((option) => ({ required: false, ...option })),
  };
}

const LOOK_OPTION = {
  type: TEXT,
  name: "target",
  description: "Which one",
  autocomplete: true,
  max_length: 64,
} as const;
const COMMAND: CommandDefinition = {
  type: ApplicationCommandType.ChatInput,
  name: "look",
  description: "Looks",
  default_member_permissions: null,
  options: [LOOK_OPTION, { type: TEXT, name: "how", description: "How", choices: [{ name: "Fast", value: "fast" }] }],
};

describe("differences", () => {
  it("are none when Discord has what is wanted, whatever it adds and in whatever order", () => {
    expect(differences(WANTED.map(asListed).reverse(), WANTED)).toEqual([]);
  });

  it("name what is missing and what is left over", () => {
    const stale = { ...asListed(COMMAND), name: "old" };
    const user = { type: 2, name: "look", description: "" };
    expect(differences([stale, user], [COMMAND])).toEqual([
      { key: "look", expected: "Looks" },
      { key: "old", original: "Looks" },
      { key: "look (type 2)", original: "" },
    ]);
  });

  it.each([
    ["description", { ...COMMAND, description: "Other" }, "look.description"],
    ["who sees it", { ...COMMAND, default_member_permissions: "32" }, "look.default_member_permissions"],
    ["an option less", { ...COMMAND, options: [LOOK_OPTION] }, "look.options"],
    ["options in another order", { ...COMMAND, options: COMMAND.options.toReversed() }, "look.options"],
    [
      "an option's limit",
      { ...COMMAND, options: [{ ...LOOK_OPTION, max_length: 65 }, ...COMMAND.options.slice(1)] },
      "look.options.target.max_length",
    ],
    [
      "a choice",
      { ...COMMAND, options: [LOOK_OPTION, { type: TEXT, name: "how", description: "How", choices: [] }] },
      "look.options.how.choices",
    ],
    [
      "autocomplete",
      {
        ...COMMAND,
        options: [
          { type: TEXT, name: "target", description: "Which one", max_length: 64 },
          ...COMMAND.options.slice(1),
        ],
      },
      "look.options.target.autocomplete",
    ],
  ] satisfies [string, CommandDefinition, string][])("see %s", (_what, wanted, key) => {
    expect(differences([asListed(COMMAND)], [wanted]).map((difference) => difference.key)).toEqual([key]);
  });

  it("see a translation that is no longer wanted", () => {
    const listed = { ...asListed(COMMAND), description_localizations: { ja: "見る" } };
    expect(differences([listed], [COMMAND]).map((difference) => difference.key)).toEqual([
      "look.description_localizations",
    ]);
  });

  it("survive whatever else Discord may list", () => {
    expect(differences([null, 7, "x", { name: 5, options: "no" }], []).length).toBeGreaterThan(0);
  });
});

describe("definitions", () => {
  it("put commands of two words under one name", () => {
    expect(find("config").options).toEqual([
      { type: 1, name: "reload", description: "Tests config reload", options: [] },
    ]);
  });

  it("show everybody what everybody may use, and the rest to Manage Server alone", () => {
    expect(find("quick").default_member_permissions).toBeNull();
    expect(find("mend").default_member_permissions).toBe("32");
    expect(definitionsOf(TEST_COMMANDS, true).every((each) => each.default_member_permissions === null)).toBe(true);
  });
});

describe("definitionProblems", () => {
  it("finds none in the commands there are", () => {
    expect(definitionProblems(WANTED)).toEqual([]);
  });

  const long = "x".repeat(101);
  const many = Array.from({ length: 26 }, (_, index) => ({ type: TEXT, name: `o${index}`, description: "o" }));
  it.each([
    ["a name in upper case", { ...COMMAND, name: "Look" }, "/Look: not a name that Discord takes"],
    ["a name with a blank mark", { ...COMMAND, name: "look!" }, "/look!: not a name that Discord takes"],
    ["no description", { ...COMMAND, description: "" }, "/look: a description of 0 characters, not 1 to 100"],
    ["a long one", { ...COMMAND, description: long }, "/look: a description of 101 characters, not 1 to 100"],
    ["26 options", { ...COMMAND, options: many }, "/look: 26 options, more than 25"],
    [
      "a required option behind an optional one",
      { ...COMMAND, options: [LOOK_OPTION, { type: TEXT, name: "why", description: "Why", required: true }] },
      "/look: a required option behind an optional one",
    ],
    ["the same option twice", { ...COMMAND, options: [LOOK_OPTION, LOOK_OPTION] }, "/look target: there are two"],
    [
      "choices and autocomplete",
      { ...COMMAND, options: [{ ...LOOK_OPTION, choices: [] }] },
      "/look target: both choices and autocomplete",
    ],
    [
      "26 choices",
      {
        ...COMMAND,
        options: [
          {
            type: TEXT,
            name: "how",
            description: "How",
            choices: many.map(({ name }) => ({ name, value: name })),
          },
        ],
      },
      "/look how: 26 choices, more than 25",
    ],
  ] satisfies [string, CommandDefinition, string][])("finds %s", (_what, definition, problem) => {
    expect(definitionProblems([definition])).toEqual([problem]);
  });

  it("finds two of one name, too many, and one too large", () => {
    expect(definitionProblems([COMMAND, COMMAND])).toEqual(["/look: there are two"]);
    const hundredOne = Array.from({ length: 101 }, (_, index) => ({ ...COMMAND, name: `look-${index}` }));
    expect(definitionProblems(hundredOne)).toEqual(["101 commands, more than 100"]);
    const choices = Array.from({ length: 25 }, (_, index) => ({
      name: `${index}`.padEnd(100, "n"),
      value: "v".repeat(100),
    }));
    const options = ["a", "b"].map((name) => ({ type: TEXT, name, description: "d", choices }));
    expect(definitionProblems([{ ...COMMAND, options }])).toEqual(["/look: 10013 characters in all, more than 8000"]);
  });
});
