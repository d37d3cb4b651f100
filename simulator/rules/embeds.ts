import type { FormIssue } from "../errors.js";
import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { issue, length, required } from "./issue.js";
import type { Path } from "./issue.js";

function textLength(value: unknown): number {
  return length((text(value) ?? "").trim());
}

function embedLength(embed: JsonObject): number {
  const footer = isObject(embed["footer"]) ? textLength(embed["footer"]["text"]) : 0;
  const author = isObject(embed["author"]) ? textLength(embed["author"]["name"]) : 0;
  const fields = objectsIn(embed["fields"]).reduce(
    (sum, field) => sum + textLength(field["name"]) + textLength(field["value"]),
    0,
  );
  return textLength(embed["title"]) + textLength(embed["description"]) + footer + author + fields;
}

function urlIssues(value: unknown, path: Path, schemes: readonly string[]): FormIssue[] {
  const url = text(value);
  if (url === undefined || url === "") return [];
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && schemes.includes(scheme)) return [];
  if (scheme === undefined) return [issue(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")];
  const list = schemes.map((name) => `'${name}'`).join(", ");
  return [
    issue(path, "URL_TYPE_INVALID_SCHEME", `Scheme "${scheme}" is not supported. Scheme must be one of (${list}).`),
  ];
}

const LINK_SCHEMES = ["http", "https"];
const MEDIA_SCHEMES = ["http", "https", "attachment"];

function oneEmbed(embed: JsonObject, path: Path): FormIssue[] {
  const found: FormIssue[] = [];
  const media = (["image", "thumbnail"] as const).filter((key) => isObject(embed[key]));
  const hasFields = objectsIn(embed["fields"]).length > 0;
  if (embedLength(embed) === 0 && media.length === 0 && !hasFields) found.push(required([...path, "description"]));
  for (const [index, field] of objectsIn(embed["fields"]).entries()) {
    for (const key of ["name", "value"]) {
      if (textLength(field[key]) === 0) found.push(required([...path, "fields", index, key]));
    }
  }
  found.push(...urlIssues(embed["url"], [...path, "url"], LINK_SCHEMES));
  for (const key of media) {
    const holder = embed[key];
    if (isObject(holder)) found.push(...urlIssues(holder["url"], [...path, key, "url"], MEDIA_SCHEMES));
  }
  const timestamp = text(embed["timestamp"]);
  if (timestamp !== undefined && Number.isNaN(Date.parse(timestamp))) {
    found.push(
      issue([...path, "timestamp"], "DATE_TIME_TYPE_PARSE", `Could not parse ${timestamp}. Should be ISO8601.`),
    );
  }
  return found;
}

/** What the schema cannot say about embeds: none empty, links well formed, 6000 characters in all. */
export function embedIssues(value: unknown): FormIssue[] {
  const embeds = objectsIn(value);
  const found = embeds.flatMap((embed, index) => oneEmbed(embed, ["embeds", index]));
  const total = embeds.reduce((sum, embed) => sum + embedLength(embed), 0);
  if (total > limits.embedTotalLength) {
    const max = limits.embedTotalLength;
    found.push(issue(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", `Embed size exceeds maximum size of ${max}`));
  }
  return found;
}
