import { readFileSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY } from "./installed.js";

/**
 * What an answer in JSON tells, without what a later look would tell differently: every field by its path (`facts.mounts[].device`),
 * with its value where that is text. Numbers are there or not.
 */
export function fieldsOf(json: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  collect(JSON.parse(json), "", fields);
  return fields;
}

/** Alerts, ages, and the order of the busiest depend on the second of the look. */
const MOVING = /(^|\.)(alerts|busiest|staleMs|tone|counts|onlyProblems|gateway)\b|^facts\.top\[\]\.(name|cpuRatio)$/;

function collect(value: unknown, path: string, fields: Map<string, string>): void {
  if (MOVING.test(path)) return;
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, `${path}[]`, fields);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) collect(entry, path === "" ? key : `${path}.${key}`, fields);
  } else if (typeof value === "string") {
    const before = fields.get(path);
    fields.set(
      path,
      before === undefined || before === value ? value : [...new Set([...before.split(", "), value])].join(", "),
    );
  } else {
    fields.set(path, typeof value);
  }
}

/** The fields that docs/security.md says differ between root and the service's user: the table below its marker. */
export function documentedDifferences(): ReadonlySet<string> {
  const text = readFileSync(join(REPOSITORY, "docs/security.md"), "utf8");
  const table = /<!-- fields that differ -->\n([\s\S]*?)<!-- end -->/.exec(text)?.[1] ?? "";
  return new Set([...table.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? ""));
}

/** The exposures that docs/security.md states, by the name in its table. */
export function documentedExposures(): ReadonlyMap<string, number> {
  const text = readFileSync(join(REPOSITORY, "docs/security.md"), "utf8");
  const table = /<!-- exposure -->\n([\s\S]*?)<!-- end -->/.exec(text)?.[1] ?? "";
  return new Map([...table.matchAll(/^\| `([^`]+)` +\| +([\d.]+)/gm)].map((row) => [row[1] ?? "", Number(row[2])]));
}
