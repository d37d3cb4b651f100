import type { PageAttachment } from "../../wire.js";
import { api } from "../api.js";
import { h } from "../dom.js";

const PICTURE = /\.(?:png|jpe?g|gif|webp)$/i;
const TEXT = /\.(?:txt|log|md|json|ya?ml|csv|sql|conf|ini|ts|js)$/i;
const PREVIEW_LINES = 6;
const PREVIEW_LIMIT = 512 * 1_024;

export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(2)} KB` : `${(bytes / 1_048_576).toFixed(2)} MB`;
}

/** The local address of a file of a message; `undefined` for what lies elsewhere: nothing is loaded from outside. */
export function localUrl(url: string): string | undefined {
  const match = /^http:\/\/127\.0\.0\.1:\d+\/attachments\/\d+\/(\d+)\/([^/?#]+)/.exec(url);
  return match ? `/files/${match[1] ?? ""}/${match[2] ?? ""}` : undefined;
}

function textPreview(file: PageAttachment): HTMLElement {
  const code = h("code", {}, "…");
  const more = h("button", { class: "more", attributes: { type: "button" } }, "Show all");
  more.hidden = true;
  const load = async (): Promise<void> => {
    const response = await fetch(api.fileUrl(file.id, file.filename));
    const lines = response.ok ? (await response.text()).split("\n") : ["(the file cannot be read)"];
    code.textContent = lines.slice(0, PREVIEW_LINES).join("\n");
    more.hidden = lines.length <= PREVIEW_LINES;
    more.textContent = `Show all ${lines.length} lines`;
    more.addEventListener("click", () => {
      code.textContent = lines.join("\n");
      more.hidden = true;
    });
  };
  load().catch(() => {
    code.textContent = "(the file cannot be read)";
  });
  return h("div", { class: "preview" }, h("pre", {}, code), more);
}

export function attachment(file: PageAttachment): HTMLElement {
  const url = api.fileUrl(file.id, file.filename);
  if (PICTURE.test(file.filename)) {
    const alt = { src: url, alt: file.filename, loading: "lazy" };
    return h(
      "a",
      { attributes: { href: url, target: "_blank", rel: "noreferrer" } },
      h("img", { class: "picture", attributes: alt }),
    );
  }
  return h(
    "div",
    { class: "file" },
    h(
      "div",
      { class: "file-head" },
      h("span", { class: "file-icon", attributes: { "aria-hidden": "true" } }, "📄"),
      h("span", { class: "file-name" }, file.filename),
      h("span", { class: "file-size" }, size(file.size)),
      h("a", { class: "download", attributes: { href: url, download: file.filename } }, "Download"),
    ),
    TEXT.test(file.filename) && file.size <= PREVIEW_LIMIT ? textPreview(file) : undefined,
  );
}

/** A picture by its address; one from outside is named, not loaded. */
export function picture(url: string, description: string): HTMLElement {
  const local = localUrl(url);
  if (local === undefined) return h("span", { class: "outside" }, `picture: ${url}`);
  return h("img", { class: "picture", attributes: { src: local, alt: description, loading: "lazy" } });
}
