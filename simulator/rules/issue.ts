import type { FormIssue } from "../errors.js";

export type Path = readonly (string | number)[];

/** Length as Discord counts it: code points, not UTF-16 units. */
export function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function issue(path: Path, code: string, message: string): FormIssue {
  return { path, code, message };
}

export function required(path: Path): FormIssue {
  return issue(path, "BASE_TYPE_REQUIRED", "This field is required");
}

export function tooLong(path: Path, max: number): FormIssue {
  return issue(path, "BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`);
}

export function badLength(path: Path, min: number, max: number): FormIssue {
  return issue(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in length.`);
}

/** One list of complaints: where a hand-written rule speaks about a place, the published schema's word on it is left out. */
export function merged(schema: readonly FormIssue[], rules: readonly FormIssue[]): FormIssue[] {
  const covered = new Set(rules.map((entry) => entry.path.join(".")));
  const seen = new Set<string>();
  return [...schema.filter((entry) => !covered.has(entry.path.join("."))), ...rules].filter((entry) => {
    const key = `${entry.path.join(".")} ${entry.code}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
