import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { iso } from "../views.js";

function trimmed(value: unknown): string | undefined {
  const found = text(value)?.trim();
  return found === undefined || found === "" ? undefined : found;
}

function defined(entries: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== null));
}

function embedAuthor(value: unknown): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  return defined({ name: trimmed(value["name"]), url: value["url"], icon_url: value["icon_url"] });
}

function embedMedia(value: unknown): JsonObject | undefined {
  return isObject(value) ? defined({ url: value["url"], proxy_url: value["url"], width: 0, height: 0 }) : undefined;
}

/** One embed as Discord gives it back: trimmed, typed `rich`, empty parts left out. */
export function normalizeEmbed(embed: JsonObject): JsonObject {
  const footer = isObject(embed["footer"]) ? embed["footer"] : undefined;
  const fields = objectsIn(embed["fields"]).map((field) => ({
    name: trimmed(field["name"]) ?? "",
    value: trimmed(field["value"]) ?? "",
    inline: field["inline"] === true,
  }));
  const timestamp = text(embed["timestamp"]);
  return defined({
    type: "rich",
    title: trimmed(embed["title"]),
    description: trimmed(embed["description"]),
    url: embed["url"],
    color: embed["color"],
    timestamp: timestamp === undefined ? undefined : iso(Date.parse(timestamp)),
    fields: fields.length > 0 ? fields : undefined,
    author: embedAuthor(embed["author"]),
    footer: footer === undefined ? undefined : defined({ text: trimmed(footer["text"]), icon_url: footer["icon_url"] }),
    image: embedMedia(embed["image"]),
    thumbnail: embedMedia(embed["thumbnail"]),
  });
}

/** Embeds of one message; those that share a URL are shown once, except that images of one URL form a gallery. */
export function normalizeEmbeds(value: unknown): JsonObject[] {
  const seen = new Set<string>();
  return objectsIn(value)
    .map(normalizeEmbed)
    .filter((embed) => {
      const url = text(embed["url"]);
      if (url === undefined || embed["image"] !== undefined) return true;
      if (seen.has(url)) return false;
      seen.add(url);
      return true;
    });
}

/** Components with the numeric ids that Discord assigns in order of appearance where the sender gave none. */
export function normalizeComponents(value: unknown): JsonObject[] {
  const taken = new Set<number>();
  const note = (component: JsonObject): void => {
    if (typeof component["id"] === "number" && component["id"] !== 0) taken.add(component["id"]);
    for (const child of children(component)) note(child);
  };
  const roots = objectsIn(value);
  for (const root of roots) note(root);
  let next = 0;
  const assign = (component: JsonObject): JsonObject => {
    let id = typeof component["id"] === "number" && component["id"] !== 0 ? component["id"] : undefined;
    if (id === undefined) {
      do next += 1;
      while (taken.has(next));
      id = next;
    }
    const nested = Array.isArray(component["components"])
      ? { components: objectsIn(component["components"]).map(assign) }
      : {};
    const accessory = isObject(component["accessory"]) ? { accessory: assign(component["accessory"]) } : {};
    return { ...componentDefaults(component), ...nested, ...accessory, id };
  };
  return roots.map(assign);
}

function componentDefaults(component: JsonObject): JsonObject {
  const known = defined(component);
  switch (component["type"]) {
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return { min_values: 1, max_values: 1, disabled: false, ...known };
    case 9:
    case 10:
    case 1:
      return known;
    case 11:
      return { description: null, spoiler: false, ...known, media: mediaView(component["media"]) };
    case 12:
      return {
        ...known,
        items: objectsIn(component["items"]).map((item) => ({
          description: null,
          spoiler: false,
          ...defined(item),
          media: mediaView(item["media"]),
        })),
      };
    case 13:
      return { name: null, size: null, spoiler: false, ...known, file: mediaView(component["file"]) };
    case 14:
      return { divider: true, spacing: 1, ...known };
    case 17:
      return { spoiler: false, accent_color: null, ...known };
    default:
      return known;
  }
}

function mediaView(value: unknown): JsonObject {
  const url = isObject(value) ? (text(value["url"]) ?? "") : "";
  return { id: "0", url, proxy_url: url, width: null, height: null };
}

/** The components directly inside one: a row's, section's or container's, a label's, and the accessory. */
export function children(component: JsonObject): JsonObject[] {
  const inner = [component["accessory"], component["component"]].filter(isObject);
  return [...objectsIn(component["components"]), ...inner];
}

/** Every component of a message, nested ones included. */
export function allComponents(components: readonly JsonObject[]): JsonObject[] {
  return components.flatMap((component) => [component, ...allComponents(children(component))]);
}
