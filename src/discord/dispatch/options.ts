import { UserError } from "../../base/errors.js";
import type { Catalogue } from "../../locale/index.js";
import type { CommandOption, OptionValue } from "../../model/contract/command.js";

import type { RawOption } from "./interaction.js";

/** How much of a wrong value is shown back. */
const SHOWN = 60;

export type Options = Readonly<Record<string, OptionValue>>;

/**
 * What came, held against what the command declares. Discord checks this too, but against the list that it was last given:
 * after an update the two differ for a while.
 */
export function checkOptions(
  declared: readonly CommandOption[],
  given: readonly RawOption[],
  words: Catalogue,
): Options {
  const { expected } = words.userError;
  const options: Record<string, OptionValue> = {};
  for (const { name, value } of given) {
    const option = declared.find((candidate) => candidate.name === name);
    if (!option) throw invalid(name, undefined, expected.knownOption);
    const wrong = problemOf(option, value, words);
    if (wrong !== undefined) throw invalid(name, value, wrong);
    options[name] = value;
  }
  const missing = declared.find((option) => option.required && !(option.name in options));
  if (missing) throw invalid(missing.name, undefined, expected.given);
  return options;
}

/** For autocomplete, where a person is not done yet: what fits so far. */
export function fittingOptions(
  declared: readonly CommandOption[],
  given: readonly RawOption[],
  words: Catalogue,
): Options {
  return Object.fromEntries(
    given
      .filter(({ name, value }) => {
        const option = declared.find((candidate) => candidate.name === name);
        return option !== undefined && problemOf(option, value, words) === undefined;
      })
      .map(({ name, value }) => [name, value]),
  );
}

/** What was expected instead, or nothing. */
function problemOf(option: CommandOption, value: OptionValue, words: Catalogue): string | undefined {
  const { expected } = words.userError;
  switch (option.type) {
    case "string":
      if (typeof value !== "string") return expected.text;
      if (option.maxLength !== undefined && value.length > option.maxLength) {
        return expected.atMostCharacters(option.maxLength);
      }
      if (option.choices && !option.choices.some((choice) => choice.value === value)) {
        return expected.oneOf(option.choices.map((choice) => choice.name));
      }
      return undefined;
    case "integer":
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return expected.wholeNumber;
      if (option.min !== undefined && value < option.min) return expected.atLeast(option.min);
      if (option.max !== undefined && value > option.max) return expected.atMost(option.max);
      return undefined;
    case "boolean":
      return typeof value === "boolean" ? undefined : expected.yesOrNo;
    case "user":
      return typeof value === "string" && /^\d{15,20}$/.test(value) ? undefined : expected.person;
    default:
      return option.type satisfies never;
  }
}

function invalid(option: string, found: OptionValue | undefined, expected: string): UserError {
  const shown = found === undefined ? undefined : String(found);
  return new UserError("invalid_option", {
    option: option.slice(0, SHOWN),
    ...(shown === undefined ? {} : { found: shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown }),
    expected,
  });
}
