import type { FormIssue } from "../errors.js";
import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { allComponents } from "../messages/content.js";
import { badLength, issue, length, required } from "./issue.js";
import type { Path } from "./issue.js";

const SELECTS: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 8]);
const LINK_STYLE = 5;
const PREMIUM_STYLE = 6;

interface Placed {
  readonly component: JsonObject;
  readonly path: Path;
}

function placed(components: readonly JsonObject[], path: Path): Placed[] {
  return components.flatMap((component, index) => {
    const own: Path = [...path, index];
    const accessory = isObject(component["accessory"])
      ? [{ component: component["accessory"], path: [...own, "accessory"] }]
      : [];
    const inner = isObject(component["component"])
      ? [{ component: component["component"], path: [...own, "component"] }]
      : [];
    return [
      { component, path: own },
      ...placed(objectsIn(component["components"]), [...own, "components"]),
      ...accessory,
      ...inner,
    ];
  });
}

function buttonIssues({ component, path }: Placed): FormIssue[] {
  const found: FormIssue[] = [];
  const style = component["style"];
  const customId = text(component["custom_id"]);
  if (style === LINK_STYLE) {
    if (text(component["url"]) === undefined) found.push(required([...path, "url"]));
    if (customId !== undefined) {
      found.push(
        issue(
          [...path, "custom_id"],
          "BUTTON_COMPONENT_LINK_CUSTOM_ID",
          "A custom id and url cannot both be specified",
        ),
      );
    }
  } else if (style !== PREMIUM_STYLE && customId === undefined) {
    found.push(required([...path, "custom_id"]));
  }
  const label = text(component["label"])?.trim() ?? "";
  if (style !== PREMIUM_STYLE && label === "" && !isObject(component["emoji"])) {
    found.push(issue(path, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji"));
  }
  return found;
}

function selectIssues({ component, path }: Placed): FormIssue[] {
  const found: FormIssue[] = [];
  const options = objectsIn(component["options"]);
  const seen = new Set<unknown>();
  for (const [index, option] of options.entries()) {
    if (seen.has(option["value"])) {
      found.push(
        issue(
          [...path, "options", index, "value"],
          "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
          "The specified option value is already used",
        ),
      );
    }
    seen.add(option["value"]);
  }
  const min = typeof component["min_values"] === "number" ? component["min_values"] : 1;
  const max = typeof component["max_values"] === "number" ? component["max_values"] : 1;
  if (max < min) {
    found.push(
      issue([...path, "max_values"], "NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`),
    );
  }
  if (component["type"] === 3 && options.length > 0 && max > options.length) {
    found.push(
      issue(
        [...path, "max_values"],
        "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE",
        "Max values is larger than the number of options",
      ),
    );
  }
  return found;
}

function rowIssues({ component, path }: Placed): FormIssue[] {
  const inner = objectsIn(component["components"]);
  const selects = inner.filter((child) => SELECTS.has(child["type"]) || child["type"] === 4).length;
  if (inner.length < 1 || inner.length > limits.buttonsPerRow) {
    return [badLength([...path, "components"], 1, limits.buttonsPerRow)];
  }
  if (selects > 0 && inner.length > 1) {
    return [
      issue(
        [...path, "components"],
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        "The specified component exceeds the maximum width",
      ),
    ];
  }
  return [];
}

/** The same `custom_id` twice in one message, disabled components included. */
function duplicateIds(all: readonly Placed[]): FormIssue[] {
  const seen = new Set<string>();
  return all.flatMap(({ component, path }) => {
    const customId = text(component["custom_id"]);
    if (customId === undefined) return [];
    if (!seen.has(customId)) {
      seen.add(customId);
      return [];
    }
    return [
      issue([...path, "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id was already specified"),
    ];
  });
}

function mediaReferences(component: JsonObject): readonly string[] {
  const holders = [
    component["media"],
    component["file"],
    ...objectsIn(component["items"]).map((item) => item["media"]),
  ];
  return holders.filter(isObject).flatMap((holder) => text(holder["url"]) ?? []);
}

function v2Issues(
  components: readonly JsonObject[],
  all: readonly Placed[],
  filenames: readonly string[],
): FormIssue[] {
  const found: FormIssue[] = [];
  const total = allComponents(components).length;
  if (total > limits.v2Components) {
    found.push(
      issue(
        ["components"],
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        `Total number of components exceeds maximum of ${limits.v2Components}`,
      ),
    );
  }
  const texts = all.filter(({ component }) => component["type"] === 10);
  const size = texts.reduce((sum, { component }) => sum + length(text(component["content"]) ?? ""), 0);
  if (size > limits.v2TextLength) {
    found.push(
      issue(
        ["components"],
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        `Total displayable text size exceeds maximum size of ${limits.v2TextLength}`,
      ),
    );
  }
  for (const { component, path } of all) {
    for (const url of mediaReferences(component)) {
      if (!url.startsWith("attachment://") || filenames.includes(url.slice(13))) continue;
      found.push(
        issue(
          path,
          "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
          `The referenced attachment "${url}" was not found`,
        ),
      );
    }
  }
  return found;
}

export interface ComponentContext {
  readonly v2: boolean;
  /** Names that `attachment://` may refer to. */
  readonly filenames: readonly string[];
}

/** What the schema cannot say about a message's components. */
export function componentIssues(value: unknown, context: ComponentContext): FormIssue[] {
  const components = objectsIn(value);
  const all = placed(components, ["components"]);
  const found: FormIssue[] = [];
  if (!context.v2) {
    for (const [index, component] of components.entries()) {
      if (component["type"] === 1) continue;
      found.push(issue(["components", index], "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).'));
    }
    if (components.length > limits.actionRows) found.push(badLength(["components"], 1, limits.actionRows));
  } else {
    found.push(...v2Issues(components, all, context.filenames));
  }
  for (const entry of all) {
    if (entry.component["type"] === 1) found.push(...rowIssues(entry));
    else if (entry.component["type"] === 2) found.push(...buttonIssues(entry));
    else if (SELECTS.has(entry.component["type"])) found.push(...selectIssues(entry));
  }
  return [...found, ...duplicateIds(all)];
}

/** A modal's components: labels around inputs, at most five, ids unique. */
export function modalIssues(value: unknown): FormIssue[] {
  const components = objectsIn(value);
  const all = placed(components, ["components"]).map(({ component, path }) => ({ component, path: ["data", ...path] }));
  const found: FormIssue[] = [];
  if (components.length < 1 || components.length > limits.modalComponents) {
    found.push(badLength(["data", "components"], 1, limits.modalComponents));
  }
  for (const { component, path } of all) {
    if (component["type"] === 1) found.push(...rowIssues({ component, path }));
    if (component["type"] !== 4) continue;
    const inLabel = path.at(-1) === "component";
    if (!inLabel && text(component["label"]) === undefined) found.push(required([...path, "label"]));
  }
  return [...found, ...duplicateIds(all)];
}
