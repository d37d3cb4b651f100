import { isObject, objectsIn, text } from "../../../json.js";
import type { JsonObject } from "../../../json.js";
import type { PageMessage } from "../../wire.js";
import { h } from "../dom.js";
import { safeUrl } from "../markdown/inline.js";
import type { ViewContext } from "./context.js";
import { colour } from "./embed.js";
import { attachment, localUrl, picture } from "./files.js";
import { markdown } from "./markdown.js";

const BUTTON_CLASSES = ["", "primary", "secondary", "success", "danger", "link"] as const;
const LINK = 5;
const USER_SELECT = 5;
const ROLE_SELECT = 6;
const MENTIONABLE_SELECT = 7;
const CHANNEL_SELECT = 8;

function emojiOf(value: unknown): string {
  const name = isObject(value) ? text(value["name"]) : undefined;
  if (name === undefined) return "";
  return isObject(value) && typeof value["id"] === "string" ? `:${name}: ` : `${name} `;
}

function button(data: JsonObject, message: PageMessage, context: ViewContext): HTMLElement {
  const label = `${emojiOf(data["emoji"])}${text(data["label"]) ?? ""}`.trim();
  const url = safeUrl(text(data["url"]) ?? "");
  if (data["style"] === LINK && url !== undefined) {
    return h(
      "a",
      { class: "button link", attributes: { href: url, target: "_blank", rel: "noreferrer noopener" } },
      `${label} ↗`,
    );
  }
  const customId = text(data["custom_id"]) ?? "";
  const kind = BUTTON_CLASSES[Number(data["style"])] ?? "secondary";
  const element = h(
    "button",
    {
      class: `button ${kind}`,
      attributes: { type: "button", "data-custom-id": customId },
      onClick: () => context.press(message, customId, label),
    },
    label,
  );
  element.disabled = data["disabled"] === true;
  return element;
}

/** What a menu offers: its own options, or people, roles and channels by its type. */
function menuOptions(data: JsonObject, context: ViewContext): readonly { value: string; label: string }[] {
  const own = objectsIn(data["options"]).map((option) => ({
    value: text(option["value"]) ?? "",
    label: `${emojiOf(option["emoji"])}${text(option["label"]) ?? ""}${text(option["description"]) === undefined ? "" : ` — ${text(option["description"]) ?? ""}`}`,
  }));
  const named = (names: Iterable<readonly [string, string]>, mark: string): { value: string; label: string }[] =>
    [...names].map(([value, name]) => ({ value, label: `${mark}${name}` }));
  const people = named(context.people, "");
  const roles = named(context.roleNames, "@");
  const kinds = Array.isArray(data["channel_types"]) ? data["channel_types"] : [];
  const channels = context.channels.filter(({ type }) => kinds.length === 0 || kinds.includes(type));
  switch (data["type"]) {
    case USER_SELECT:
      return people;
    case ROLE_SELECT:
      return roles;
    case MENTIONABLE_SELECT:
      return [...people, ...roles];
    case CHANNEL_SELECT:
      return named(
        channels.map(({ id, name }) => [id, name] as const),
        "#",
      );
    default:
      return own;
  }
}

function select(data: JsonObject, message: PageMessage, context: ViewContext): HTMLElement {
  const customId = text(data["custom_id"]) ?? "";
  const max = typeof data["max_values"] === "number" ? data["max_values"] : 1;
  const placeholder = text(data["placeholder"]) ?? "Make a selection";
  const element = h("select", { class: "menu", attributes: { "aria-label": placeholder } });
  element.multiple = max > 1;
  element.disabled = data["disabled"] === true;
  if (max <= 1) element.append(h("option", { attributes: { value: "", disabled: "", selected: "" } }, placeholder));
  for (const { value, label } of menuOptions(data, context))
    element.append(h("option", { attributes: { value } }, label));
  const chosen = (): string[] =>
    [...element.selectedOptions].map((option) => option.value).filter((value) => value !== "");
  if (max <= 1) {
    element.addEventListener("change", () => context.select(message, customId, chosen()));
    return element;
  }
  element.size = Math.min(6, element.options.length);
  const send = h(
    "button",
    {
      class: "button primary",
      attributes: { type: "button" },
      onClick: () => context.select(message, customId, chosen()),
    },
    "Select",
  );
  return h("div", { class: "menu-many" }, h("div", { class: "small" }, placeholder), element, send);
}

function mediaUrl(value: unknown): string {
  return isObject(value) ? (text(value["url"]) ?? "") : "";
}

function section(data: JsonObject, message: PageMessage, context: ViewContext): HTMLElement {
  const accessory = isObject(data["accessory"]) ? component(data["accessory"], message, context) : undefined;
  return h(
    "div",
    { class: "section" },
    h("div", { class: "section-text" }, ...components(objectsIn(data["components"]), message, context)),
    accessory === undefined ? undefined : h("div", { class: "accessory" }, accessory),
  );
}

function gallery(data: JsonObject): HTMLElement {
  const items = objectsIn(data["items"]).map((item) =>
    picture(mediaUrl(item["media"]), text(item["description"]) ?? "picture"),
  );
  return h("div", { class: "gallery" }, ...items);
}

/** A file of a V2 message: the attachment that its address names. */
function file(data: JsonObject, message: PageMessage): HTMLElement {
  const url = mediaUrl(data["file"]);
  const id = /^\/files\/(\d+)\//.exec(localUrl(url) ?? "")?.[1];
  const found = message.attachments.find((each) => each.id === id || `attachment://${each.filename}` === url);
  return found === undefined ? h("span", { class: "outside" }, `file: ${url}`) : attachment(found);
}

function container(data: JsonObject, message: PageMessage, context: ViewContext): HTMLElement {
  const element = h("div", { class: "container" }, ...components(objectsIn(data["components"]), message, context));
  if (typeof data["accent_color"] === "number") {
    element.classList.add("accented");
    element.style.borderInlineStartColor = colour(data["accent_color"]);
  }
  return hidden(data, element);
}

/** What is marked as a spoiler stays covered until it is clicked. */
function hidden(data: JsonObject, element: HTMLElement): HTMLElement {
  if (data["spoiler"] !== true) return element;
  element.classList.add("covered");
  element.addEventListener("click", () => element.classList.remove("covered"), { once: true });
  return element;
}

export function component(data: JsonObject, message: PageMessage, context: ViewContext): HTMLElement {
  switch (data["type"]) {
    case 1:
      return h("div", { class: "row" }, ...components(objectsIn(data["components"]), message, context));
    case 2:
      return button(data, message, context);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return select(data, message, context);
    case 9:
      return section(data, message, context);
    case 10:
      return markdown(text(data["content"]) ?? "", context);
    case 11:
      return hidden(
        data,
        h("div", { class: "thumbnail" }, picture(mediaUrl(data["media"]), text(data["description"]) ?? "thumbnail")),
      );
    case 12:
      return gallery(data);
    case 13:
      return hidden(data, file(data, message));
    case 14:
      return h("hr", {
        class: `separator ${data["divider"] === false ? "blank" : ""} ${data["spacing"] === 2 ? "large" : ""}`,
      });
    case 17:
      return container(data, message, context);
    default:
      return h("div", { class: "outside" }, `(a component of type ${String(data["type"])} is not shown here)`);
  }
}

export function components(list: readonly JsonObject[], message: PageMessage, context: ViewContext): HTMLElement[] {
  return list.map((each) => component(each, message, context));
}
