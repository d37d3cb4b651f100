import type { PageMessage } from "../../wire.js";
import { simulatedNow } from "../clock.js";
import { h } from "../dom.js";
import { moment, stamp } from "../moments.js";
import { components } from "./components.js";
import type { ViewContext } from "./context.js";
import { embed } from "./embed.js";
import { attachment } from "./files.js";
import { markdown } from "./markdown.js";

const PINNED = 6;
const THREAD_CREATED = 18;
const SHORT = 90;
const HUES = 360;

/** A face drawn from the name: the same person has the same colour everywhere. */
export function avatar(name: string, bot: boolean): HTMLElement {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % HUES, 7);
  const face = h("div", { class: `avatar ${bot ? "bot" : ""}`, attributes: { "aria-hidden": "true" } });
  face.textContent = bot ? "当" : (name[0] ?? "?").toUpperCase();
  if (!bot) face.style.backgroundColor = `hsl(${hue} 45% 42%)`;
  return face;
}

function firstLine(message: PageMessage): string {
  const line = message.content.split("\n")[0] ?? "";
  if (line === "") return "Click to see attachment";
  return line.length > SHORT ? `${line.slice(0, SHORT)}…` : line;
}

function above(message: PageMessage, context: ViewContext): HTMLElement | undefined {
  const { interaction, replyTo } = message;
  if (interaction?.type === 2) {
    return h(
      "div",
      { class: "above" },
      h("b", {}, context.person(interaction.user)),
      " used ",
      h("span", { class: "pill" }, `/${interaction.name}`),
    );
  }
  if (replyTo === null) return undefined;
  const first = context.message(replyTo);
  const words = first === undefined ? "Original message was deleted" : firstLine(first);
  const name = first === undefined ? undefined : h("b", {}, `${first.author.username} `);
  const line = h(
    "button",
    { class: "above", attributes: { type: "button" }, onClick: () => context.goTo(replyTo) },
    name,
  );
  line.append(words.replaceAll(/[*_`~|\\]/g, ""));
  return line;
}

function head(message: PageMessage, context: ViewContext): HTMLElement {
  return h(
    "div",
    { class: "head" },
    h("span", { class: "author" }, message.author.username),
    message.author.bot ? h("span", { class: "tag" }, "APP") : undefined,
    h(
      "time",
      { class: "when", attributes: { title: moment(message.createdAt / 1_000, "F", 0, context.locale) } },
      stamp(message.createdAt, simulatedNow(), context.locale),
    ),
    message.pinned ? h("span", { class: "when" }, "📌 pinned") : undefined,
  );
}

function edited(message: PageMessage, context: ViewContext): HTMLElement | undefined {
  if (message.editedAt === null) return undefined;
  return h(
    "span",
    { class: "edited", attributes: { title: moment(message.editedAt / 1_000, "F", 0, context.locale) } },
    "(edited)",
  );
}

function content(message: PageMessage, context: ViewContext): HTMLElement | undefined {
  const mark = edited(message, context);
  if (message.content === "") return mark;
  const text = markdown(message.content, context);
  const last = text.lastElementChild;
  if (mark !== undefined) (last instanceof HTMLParagraphElement ? last : text).append(" ", mark);
  return text;
}

function below(message: PageMessage, context: ViewContext): (HTMLElement | undefined)[] {
  const { threadId } = message;
  const reactions = Object.entries(message.reactions).map(([emoji, users]) =>
    h("span", { class: "reaction" }, `${emoji} ${users.length}`),
  );
  return [
    reactions.length === 0 ? undefined : h("div", { class: "row" }, ...reactions),
    threadId === null
      ? undefined
      : h(
          "button",
          { class: "thread-link", attributes: { type: "button" }, onClick: () => context.openChannel(threadId) },
          `🧵 ${context.channelName(threadId) ?? "thread"} ›`,
        ),
    message.ephemeralFor === null
      ? undefined
      : h(
          "div",
          { class: "ephemeral-mark" },
          "👁 Only you can see this • ",
          h(
            "button",
            { class: "as-link", attributes: { type: "button" }, onClick: () => context.dismiss(message) },
            "Dismiss message",
          ),
        ),
  ];
}

function isForMe(message: PageMessage, context: ViewContext): boolean {
  const { users, roles, everyone } = message.mentioned;
  return everyone || users.includes(context.ownId) || roles.some((role) => context.ownRoleIds.has(role));
}

function systemLine(message: PageMessage): HTMLElement {
  const words = message.type === PINNED ? "pinned a message to this channel." : `started a thread: ${message.content}`;
  return h("div", { class: "system" }, "→ ", h("b", {}, message.author.username), ` ${words}`);
}

/** One message, whole. `error` is what the person reads when a component of it was not answered. */
export function messageView(message: PageMessage, context: ViewContext, error: string | undefined): HTMLElement {
  const classes = [
    "message",
    message.ephemeralFor === null ? "" : "ephemeral",
    isForMe(message, context) ? "for-me" : "",
  ];
  const article = h("article", { class: classes.join(" "), attributes: { "data-id": message.id } });
  if (message.type === PINNED || message.type === THREAD_CREATED) {
    article.append(systemLine(message));
    return article;
  }
  const body = h(
    "div",
    { class: "body" },
    head(message, context),
    message.loading
      ? h("div", { class: "thinking" }, `${message.author.username} is thinking…`)
      : content(message, context),
    ...message.embeds.map((each) => embed(each, context)),
    ...(isV2(message) ? [] : message.attachments.map((each) => attachment(each))),
    ...components(message.components, message, context),
    error === undefined ? undefined : h("div", { class: "failed" }, error),
    ...below(message, context).filter((each) => each !== undefined),
  );
  const top = above(message, context);
  if (top) article.append(top);
  article.append(
    h("div", { class: "columns" }, avatar(message.author.username, message.author.bot), body),
    h(
      "button",
      { class: "reply", attributes: { type: "button", "aria-label": "Reply" }, onClick: () => context.reply(message) },
      "↩",
    ),
  );
  return article;
}

/** A message whose components say everything: its files show where the components name them. */
function isV2(message: PageMessage): boolean {
  const TEXT_AND_LAYOUT = new Set<unknown>([9, 10, 12, 13, 14, 17]);
  return message.components.some((each) => TEXT_AND_LAYOUT.has(each["type"]));
}
