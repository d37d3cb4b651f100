import type { z } from "zod";

import { choicesText, keyText, shown } from "./problem.js";

/** A zod issue as the words of a problem, without its place. An unknown key gives one per key. */
export interface IssueWords {
  readonly path: readonly PropertyKey[];
  readonly key: string;
  readonly found: string;
  readonly expected: string;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text (in quotes if it looks like a number)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "keys and values",
  record: "keys and values",
};

type Issue = z.core.$ZodIssue;

/** `knownKeys` names what may stand at a path, for unknown keys. */
export function issueWords(
  issue: Issue,
  root: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): readonly IssueWords[] {
  const found = shown(valueAt(root, issue.path), issue.path);
  const words = (expected: string): readonly IssueWords[] => [
    { path: issue.path, key: keyText(issue.path), found, expected: expected.replace(/^expected /, "") },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((unknown) => {
        const path = [...issue.path, unknown];
        const known = knownKeys(issue.path);
        return {
          path,
          key: keyText(path),
          found: "a key that is not known",
          expected: known.length > 0 ? choicesText(known, unknown) : "no such key",
        };
      });
    case "invalid_type":
      // A schema that has words of its own for what it wants says more than its type does.
      return words(
        issue.message.startsWith("Invalid input") ? (TYPE_WORDS[issue.expected] ?? issue.expected) : issue.message,
      );
    case "invalid_value":
      return words(choicesText(issue.values.map(String), lastWord(root, issue.path)));
    case "too_big":
      return words(`at most ${issue.maximum}${unitOf(issue.origin)}`);
    case "too_small":
      return words(`at least ${issue.minimum}${unitOf(issue.origin)}`);
    case "not_multiple_of":
      return words(`a multiple of ${issue.divisor}`);
    case "invalid_union": {
      // A form that the value has at least the outline of is what was meant: its own mistakes say more than the other forms.
      const meant = issue.errors.filter((errors) => errors.every(isWithin));
      if (meant.length === 1) {
        return (meant[0] ?? []).flatMap((inner) =>
          issueWords({ ...inner, path: [...issue.path, ...inner.path] }, root, knownKeys),
        );
      }
      const branch = issue.errors.flatMap((errors) =>
        errors.flatMap((inner) => issueWords({ ...inner, path: [...issue.path, ...inner.path] }, root, knownKeys)),
      );
      return words([...new Set(branch.map((inner) => inner.expected))].join(", or ") || "another value");
    }
    case "invalid_key":
    case "invalid_element":
      return words(issue.issues[0]?.message ?? issue.message);
    case "invalid_format":
    case "custom":
      return words(issue.message);
    default:
      return words("another value");
  }
}

/** A mistake inside of a value, not its having another form altogether. */
function isWithin(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === "unrecognized_keys";
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters";
  if (origin === "array" || origin === "set") return " entries";
  return "";
}

function lastWord(root: unknown, path: readonly PropertyKey[]): string | undefined {
  const value = valueAt(root, path);
  return typeof value === "string" ? value : undefined;
}

export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}
