import { isObject, objectsIn, text } from "../../json.js";
import type { JsonObject } from "../../json.js";
import { h } from "./dom.js";

const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const PARAGRAPH = 2;

type Values = Record<string, string | readonly string[]>;

interface Field {
  readonly element: HTMLElement;
  readonly read: (into: Values) => void;
}

function textField(data: JsonObject, label: string, description: string | undefined): Field {
  const customId = text(data["custom_id"]) ?? "";
  const input = data["style"] === PARAGRAPH ? h("textarea", { attributes: { rows: "4" } }) : h("input");
  input.value = text(data["value"]) ?? "";
  input.placeholder = text(data["placeholder"]) ?? "";
  input.required = data["required"] !== false;
  input.name = customId;
  if (typeof data["max_length"] === "number") input.maxLength = data["max_length"];
  if (typeof data["min_length"] === "number") input.minLength = data["min_length"];
  const note = description === undefined ? undefined : h("div", { class: "small" }, description);
  return {
    element: h("label", {}, `${label}${input.required ? " *" : ""}`, note, input),
    read: (into) => {
      into[customId] = input.value;
    },
  };
}

function menuField(data: JsonObject, label: string): Field {
  const customId = text(data["custom_id"]) ?? "";
  const menu = h("select", { attributes: { name: customId } });
  menu.multiple = typeof data["max_values"] === "number" && data["max_values"] > 1;
  menu.required = data["required"] !== false;
  for (const option of objectsIn(data["options"])) {
    menu.append(h("option", { attributes: { value: text(option["value"]) ?? "" } }, text(option["label"]) ?? ""));
  }
  return {
    element: h("label", {}, label, menu),
    read: (into) => {
      into[customId] = [...menu.selectedOptions].map((option) => option.value);
    },
  };
}

function fields(components: readonly JsonObject[]): readonly Field[] {
  return components.flatMap((component): readonly Field[] => {
    if (component["type"] === TEXT_DISPLAY) {
      return [{ element: h("p", {}, text(component["content"]) ?? ""), read: () => undefined }];
    }
    if (isObject(component["component"])) {
      const inner = component["component"];
      const label = text(component["label"]) ?? "";
      return [
        inner["type"] === TEXT_INPUT
          ? textField(inner, label, text(component["description"]))
          : menuField(inner, label),
      ];
    }
    return objectsIn(component["components"]).map((inner) =>
      inner["type"] === TEXT_INPUT
        ? textField(inner, text(inner["label"]) ?? "", undefined)
        : menuField(inner, text(inner["label"]) ?? ""),
    );
  });
}

/** Shows the form that an interaction opened; `submit` sends it, and a refusal is shown in it. */
export function openModal(
  dialog: HTMLDialogElement,
  modal: JsonObject,
  submit: (values: Values) => Promise<void>,
): void {
  const all = fields(objectsIn(modal["components"]));
  const error = h("div", { class: "composer-error", attributes: { role: "alert" } });
  const cancel = h(
    "button",
    { class: "button", attributes: { type: "button" }, onClick: () => dialog.close() },
    "Cancel",
  );
  const form = h(
    "form",
    { attributes: { method: "dialog" } },
    h("h2", {}, text(modal["title"]) ?? ""),
    ...all.map(({ element }) => element),
    error,
    h("footer", {}, cancel, h("button", { class: "button primary", attributes: { type: "submit" } }, "Submit")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values: Values = {};
    for (const { read } of all) read(values);
    submit(values).then(
      () => dialog.close(),
      (thrown: unknown) => {
        error.textContent = thrown instanceof Error ? thrown.message : String(thrown);
      },
    );
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}
