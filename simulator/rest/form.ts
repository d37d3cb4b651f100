import type { FormIssue } from "../errors.js";
import type { SchemaIssue } from "./schemas.js";

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

const WRONG_TYPE: Readonly<Record<string, (value: string) => readonly [code: string, message: string]>> = {
  string: (value) => ["STRING_TYPE_CONVERT", `Could not interpret "${value}" as string.`],
  number: (value) => ["NUMBER_TYPE_COERCE", `Value "${value}" is not a number.`],
  int: (value) => ["NUMBER_TYPE_COERCE", `Value "${value}" is not int.`],
  boolean: () => ["BOOLEAN_TYPE_CONVERT", "Must be either true or false."],
  array: () => ["LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"],
  object: () => ["DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"],
  record: () => ["DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"],
};

/** Fields whose documented length has a lower bound as well; Discord then names both bounds. */
const LOWER_BOUNDS: Readonly<Record<string, number>> = { custom_id: 1, name: 1, components: 1, options: 1, items: 1 };

function lengthIssue(issue: SchemaIssue): readonly [code: string, message: string] {
  const isNumber = issue.origin === "number" || issue.origin === "int" || issue.origin === "bigint";
  if (issue.code === "too_big") {
    const max = issue.maximum ?? 0;
    if (isNumber) return ["NUMBER_TYPE_MAX", `int value should be less than or equal to ${max}.`];
    const min = LOWER_BOUNDS[String(issue.path.at(-1))];
    if (min !== undefined) return ["BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in length.`];
    return ["BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`];
  }
  const min = issue.minimum ?? 0;
  if (isNumber) return ["NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`];
  return ["BASE_TYPE_MIN_LENGTH", `Must be ${min} or more in length.`];
}

/** Of a union's branches: the one whose `type` fits, else the one with the fewest complaints. */
function bestBranch(branches: readonly (readonly SchemaIssue[])[]): readonly SchemaIssue[] | undefined {
  const wrongType = (issue: SchemaIssue): boolean => issue.path.length === 1 && issue.path[0] === "type";
  const fitting = branches.filter((issues) => !issues.some(wrongType));
  if (fitting.length === 0) return undefined;
  return fitting.reduce((best, issues) => (issues.length < best.length ? issues : best));
}

function describe(issue: SchemaIssue, body: unknown): readonly [code: string, message: string] {
  const value = valueAt(body, issue.path);
  if (value === undefined && issue.code !== "too_small") return ["BASE_TYPE_REQUIRED", "This field is required"];
  switch (issue.code) {
    case "too_big":
    case "too_small":
      return lengthIssue(issue);
    case "invalid_value":
      return ["BASE_TYPE_CHOICES", `Value must be one of {${(issue.values ?? []).map(String).join(", ")}}.`];
    case "invalid_format":
      return ["STRING_TYPE_REGEX", "String value did not match validation regex."];
    case "invalid_union":
      return ["BASE_TYPE_CHOICES", "The type of component is invalid"];
    default:
      return (WRONG_TYPE[issue.expected ?? ""] ?? WRONG_TYPE["object"])?.(String(value)) ?? ["BASE_TYPE", "Invalid"];
  }
}

/** Numbers may come as digits, ids as numbers, times with offsets: the published schemas are stricter than the API. */
function isHarmless(issue: SchemaIssue, body: unknown): boolean {
  const value = valueAt(body, issue.path);
  // The schema library takes times in UTC alone; Discord takes ISO 8601 with any offset.
  if (issue.code === "invalid_format" && issue.format === "datetime") return !Number.isNaN(Date.parse(String(value)));
  if (issue.code !== "invalid_type") return false;
  if (issue.expected === "string") return Number.isSafeInteger(value) && /(?:^|_)id$/.test(String(issue.path.at(-1)));
  const isNumber = issue.expected === "number" || issue.expected === "int";
  return isNumber && typeof value === "string" && /^-?\d{1,20}$/.test(value);
}

/** A schema's complaints in Discord's codes and words. */
export function toFormIssues(issues: readonly SchemaIssue[], body: unknown): FormIssue[] {
  return issues.flatMap((issue): FormIssue[] => {
    if (isHarmless(issue, body)) return [];
    if (issue.code === "invalid_union" && issue.errors !== undefined) {
      const branch = bestBranch(issue.errors);
      const value = valueAt(body, issue.path);
      if (branch !== undefined && value !== undefined) {
        const nested = branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
        return toFormIssues(nested, body);
      }
      if (typeof value === "object" && value !== null) {
        const type = (value as Record<string, unknown>)["type"];
        const [code, message] =
          type === undefined
            ? ["BASE_TYPE_REQUIRED", "This field is required"]
            : ["UNION_TYPE_CHOICES", 'Value of field "type" is not valid here.'];
        return [{ path: [...issue.path, "type"], code, message }];
      }
    }
    const [code, message] = describe(issue, body);
    return [{ path: issue.path, code, message }];
  });
}
