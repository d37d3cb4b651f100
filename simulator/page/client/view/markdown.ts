import { simulatedNow } from "../clock.js";
import { h } from "../dom.js";
import { parseAnsi } from "../markdown/ansi.js";
import { parseBlocks } from "../markdown/blocks.js";
import type { Block, ListItem } from "../markdown/blocks.js";
import { parseInline } from "../markdown/inline.js";
import type { Inline } from "../markdown/inline.js";
import { moment } from "../moments.js";
import type { ViewContext } from "./context.js";

const TAGS = { strong: "strong", em: "em", underline: "u", strike: "s" } as const;

function timeElement(seconds: number, style: string, context: ViewContext): HTMLElement {
  const now = simulatedNow() / 1_000;
  const date = new Date(seconds * 1_000);
  const valid = !Number.isNaN(date.getTime());
  return h(
    "time",
    {
      class: "timestamp",
      attributes: {
        title: moment(seconds, "F", now, context.locale),
        ...(valid ? { datetime: date.toISOString() } : {}),
        ...(style === "R" ? { "data-relative": String(seconds) } : {}),
      },
    },
    moment(seconds, style, now, context.locale),
  );
}

/** Lets every relative time below an element move on. */
export function moveTimes(below: HTMLElement, locale: string): void {
  const now = simulatedNow() / 1_000;
  for (const element of below.querySelectorAll<HTMLElement>("[data-relative]")) {
    const words = moment(Number(element.dataset["relative"]), "R", now, locale);
    if (element.textContent !== words) element.textContent = words;
  }
}

function mention(node: Extract<Inline, { type: "mention" }>, context: ViewContext): HTMLElement {
  switch (node.kind) {
    case "user":
      return h("span", { class: `pill ${node.id === context.ownId ? "own" : ""}` }, `@${context.person(node.id)}`);
    case "role":
      return h(
        "span",
        { class: `pill ${context.ownRoleIds.has(node.id) ? "own" : ""}` },
        `@${context.roleNames.get(node.id) ?? "unknown-role"}`,
      );
    case "channel":
      return h(
        "button",
        { class: "pill", attributes: { type: "button" }, onClick: () => context.openChannel(node.id) },
        `#${context.channelName(node.id) ?? "unknown"}`,
      );
    default:
      return h("span", { class: "pill own" }, `@${node.kind}`);
  }
}

function spoiler(children: readonly Node[]): HTMLElement {
  const element = h("span", { class: "spoiler", attributes: { role: "button", tabindex: "0" } }, ...children);
  element.setAttribute("aria-label", "Spoiler");
  const show = (): void => {
    element.classList.add("shown");
    element.removeAttribute("aria-label");
  };
  element.addEventListener("click", show);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show();
  });
  return element;
}

function inlineNode(node: Inline, context: ViewContext): Node {
  switch (node.type) {
    case "text":
      return document.createTextNode(node.text);
    case "code":
      return h("code", { class: "inline" }, node.text);
    case "time":
      return timeElement(node.seconds, node.style, context);
    case "mention":
      return mention(node, context);
    case "command":
      return h(
        "button",
        { class: "pill", attributes: { type: "button" }, onClick: () => context.startCommand(node.name) },
        `/${node.name}`,
      );
    case "emoji":
      return h("span", { class: "emoji" }, `:${node.name}:`);
    case "link":
      return h(
        "a",
        { attributes: { href: node.url, target: "_blank", rel: "noreferrer noopener", title: node.url } },
        ...inlineNodes(node.children, context),
      );
    case "spoiler":
      return spoiler(inlineNodes(node.children, context));
    default:
      return h(TAGS[node.type], {}, ...inlineNodes(node.children, context));
  }
}

function inlineNodes(nodes: readonly Inline[], context: ViewContext): Node[] {
  return nodes.map((node) => inlineNode(node, context));
}

function codeBlock(block: Extract<Block, { type: "code" }>): HTMLElement {
  const words =
    block.language === "ansi"
      ? parseAnsi(block.text).map((run) => h("span", { class: run.classes.join(" ") }, run.text))
      : [document.createTextNode(block.text)];
  return h("pre", {}, h("code", {}, ...words));
}

function listRow(item: ListItem, context: ViewContext): HTMLElement {
  const mark = item.number === undefined ? (item.level === 0 ? "•" : "◦") : `${item.number}.`;
  return h(
    "li",
    { class: `level-${Math.min(3, item.level)}` },
    h("span", { class: "mark" }, mark),
    h("span", {}, ...inlineNodes(item.children, context)),
  );
}

function blockNode(block: Block, context: ViewContext): HTMLElement {
  switch (block.type) {
    case "paragraph":
      return h("p", {}, ...inlineNodes(block.children, context));
    case "heading":
      return h("p", { class: `heading-${block.level}` }, ...inlineNodes(block.children, context));
    case "small":
      return h("p", { class: "small" }, ...inlineNodes(block.children, context));
    case "quote":
      return h("blockquote", {}, ...block.blocks.map((inner) => blockNode(inner, context)));
    case "list":
      return h("ul", {}, ...block.items.map((item) => listRow(item, context)));
    default:
      return codeBlock(block);
  }
}

/** A text of several lines. */
export function markdown(source: string, context: ViewContext): HTMLElement {
  return h("div", { class: "markdown" }, ...parseBlocks(source).map((block) => blockNode(block, context)));
}

/** A text within a line: titles, names of fields. */
export function markdownLine(source: string, context: ViewContext): HTMLElement {
  return h("span", {}, ...inlineNodes(parseInline(source), context));
}
