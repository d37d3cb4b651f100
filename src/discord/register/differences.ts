import { ApplicationCommandType } from "discord-api-types/v10";

import type { CommandDefinition } from "./definition.js";

export interface Difference {
  /** Such as `health.options.target.description`. */
  readonly key: string;
  /** What Discord has; absent: nothing. */
  readonly original?: unknown;
  /** What it should have; absent: nothing. */
  readonly expected?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Fields of a command that a person sees or that decide who may use it; Discord adds others (ids, versions). */
const COMMAND_FIELDS = ["description", "default_member_permissions", "nsfw"] as const;
const OPTION_FIELDS = [
  "type",
  "description",
  "required",
  "autocomplete",
  "min_value",
  "max_value",
  "min_length",
  "max_length",
] as const;
const LOCALIZATIONS = ["name_localizations", "description_localizations"] as const;

/**
 * What would change if the wanted commands took the place of those that Discord has: empty when nothing would. Absent, null, false
 * and empty mean the same to Discord and compare as equal; the order of commands does not count, that of options and
 * choices does, because people see it.
 */
export function differences(existing: readonly unknown[], wanted: readonly CommandDefinition[]): readonly Difference[] {
  const found: Difference[] = [];
  const left = new Map<string, Json>();
  for (const command of existing.map(objectOf)) left.set(keyOf(command), command);
  for (const definition of wanted) {
    const key = keyOf({ ...definition });
    const original = left.get(key);
    left.delete(key);
    if (!original) {
      found.push({ key: definition.name, expected: definition.description });
      continue;
    }
    const expected: Json = { ...definition };
    found.push(...fieldDifferences(definition.name, original, expected, COMMAND_FIELDS));
    found.push(...optionDifferences(definition.name, original, expected));
  }
  for (const [key, command] of left) found.push({ key, original: command["description"] });
  return found;
}

/** Commands of the three types have names of their own each. */
function keyOf(command: Json): string {
  const type = command["type"] ?? ApplicationCommandType.ChatInput;
  const name = String(command["name"]);
  return type === ApplicationCommandType.ChatInput ? name : `${name} (type ${JSON.stringify(type)})`;
}

function optionDifferences(path: string, original: Json, expected: Json): readonly Difference[] {
  const before = listOf(original["options"]);
  const after = listOf(expected["options"]);
  const names = (options: readonly Json[]): string => options.map((option) => String(option["name"])).join(", ");
  if (names(before) !== names(after)) {
    return [{ key: `${path}.options`, original: names(before), expected: names(after) }];
  }
  return after.flatMap((option, index) => {
    const other = before[index] ?? {};
    const inner = `${path}.options.${String(option["name"])}`;
    return [
      ...fieldDifferences(inner, other, option, OPTION_FIELDS),
      ...choiceDifferences(inner, other, option),
      ...optionDifferences(inner, other, option),
    ];
  });
}

function choiceDifferences(path: string, original: Json, expected: Json): readonly Difference[] {
  const texts = (option: Json): string =>
    JSON.stringify(listOf(option["choices"]).map((choice) => [choice["name"], choice["value"]]));
  const [before, after] = [texts(original), texts(expected)];
  return before === after ? [] : [{ key: `${path}.choices`, original: before, expected: after }];
}

function fieldDifferences(
  path: string,
  original: Json,
  expected: Json,
  fields: readonly string[],
): readonly Difference[] {
  const plain = fields
    .filter((field) => settled(original[field]) !== settled(expected[field]))
    .map((field) => ({ key: `${path}.${field}`, original: original[field], expected: expected[field] }));
  const localized = LOCALIZATIONS.filter((field) => sorted(original[field]) !== sorted(expected[field])).map(
    (field) => ({
      key: `${path}.${field}`,
      original: original[field],
      expected: expected[field],
    }),
  );
  return [...plain, ...localized];
}

/** What Discord takes for "not set" is one value. Numbers may come as text. */
function settled(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sorted(value: unknown): string {
  return JSON.stringify(Object.entries(objectOf(value)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
