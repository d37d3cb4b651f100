import { isObject, objectsIn, text } from "../../../json.js";
import type { JsonObject } from "../../../json.js";
import { simulatedNow } from "../clock.js";
import { h } from "../dom.js";
import { safeUrl } from "../markdown/inline.js";
import { stamp } from "../moments.js";
import type { ViewContext } from "./context.js";
import { picture } from "./files.js";
import { markdown, markdownLine } from "./markdown.js";

const NO_COLOUR = "var(--embed-bar)";

export function colour(value: unknown): string {
  return typeof value === "number" ? `#${value.toString(16).padStart(6, "0")}` : NO_COLOUR;
}

function inner(value: unknown, key: string): string | undefined {
  return isObject(value) ? text(value[key]) : undefined;
}

function title(data: JsonObject, context: ViewContext): HTMLElement | undefined {
  const words = text(data["title"]);
  if (words === undefined) return undefined;
  const url = safeUrl(text(data["url"]) ?? "");
  const line = markdownLine(words, context);
  if (url === undefined) return h("div", { class: "embed-title" }, line);
  return h(
    "div",
    { class: "embed-title" },
    h("a", { attributes: { href: url, target: "_blank", rel: "noreferrer noopener" } }, line),
  );
}

function footer(data: JsonObject, context: ViewContext): HTMLElement | undefined {
  const words = inner(data["footer"], "text");
  const at = Date.parse(text(data["timestamp"]) ?? "");
  const when = Number.isNaN(at) ? undefined : stamp(at, simulatedNow(), context.locale);
  const parts = [words, when].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : h("div", { class: "embed-footer" }, parts.join(" • "));
}

export function embed(data: JsonObject, context: ViewContext): HTMLElement {
  const author = inner(data["author"], "name");
  const description = text(data["description"]);
  const image = inner(data["image"], "url");
  const thumbnail = inner(data["thumbnail"], "url");
  const fields = objectsIn(data["fields"]).map((field) =>
    h(
      "div",
      { class: field["inline"] === true ? "field inline" : "field" },
      h("div", { class: "field-name" }, markdownLine(text(field["name"]) ?? "", context)),
      markdown(text(field["value"]) ?? "", context),
    ),
  );
  const element = h(
    "div",
    { class: "embed" },
    author === undefined ? undefined : h("div", { class: "embed-author" }, author),
    title(data, context),
    description === undefined ? undefined : markdown(description, context),
    fields.length === 0 ? undefined : h("div", { class: "fields" }, ...fields),
    image === undefined ? undefined : picture(image, "picture of the embed"),
    thumbnail === undefined ? undefined : picture(thumbnail, "small picture of the embed"),
    footer(data, context),
  );
  element.style.borderInlineStartColor = colour(data["color"]);
  return element;
}
