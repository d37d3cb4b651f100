import type { Text } from "../base/text.js";
import { plain } from "../base/text.js";
import { ID_LENGTH } from "../base/id.js";
import { catalogueFor } from "../locale/index.js";
import type { Catalogue } from "../locale/index.js";
import { DISCORD_LIMITS } from "../model/limits.js";
import type { Mention, Message, MessageAction, MessageFile } from "../model/message.js";
import { clip } from "./clip.js";
import { fitFiles } from "./files.js";
import { codeBlock, toMarkdown } from "./markdown.js";
import { CODE_COLUMNS, fitBlock } from "./block.js";
import { oneLine } from "./sanitize.js";
import { TONE_LOOKS, toneWord } from "./tone.js";

interface DiscordEmbed {
  readonly description: string;
  readonly color: number;
  readonly footer?: { readonly text: string };
}

interface DiscordButton {
  readonly type: 2;
  readonly style: 1 | 2 | 3 | 4;
  readonly label: string;
  readonly custom_id: string;
  readonly disabled?: boolean;
}

interface DiscordRow {
  readonly type: 1;
  readonly components: readonly DiscordButton[];
}

/**
 * The body of a create or edit request. `files` travels beside the JSON as `files[n]`; everything else is the JSON. All lists are
 * always there, so that an edit takes away what the newest state no longer has.
 */
export interface DiscordBody {
  readonly content: string;
  readonly embeds: readonly DiscordEmbed[];
  readonly components: readonly DiscordRow[];
  readonly flags: number;
  readonly allowed_mentions: {
    readonly parse: readonly [];
    readonly roles: readonly string[];
    readonly users: readonly string[];
    readonly replied_user: false;
  };
  /** Ids as text, as every id of Discord's: the position in `files`. */
  readonly attachments: readonly { readonly id: string; readonly filename: string }[];
  readonly files: readonly MessageFile[];
}

export interface LoweringOptions {
  /**
   * `alert`: what arrives by itself; it carries its id where the channel's history shows it. `answer`: what a person just asked for.
   * Both are content + one embed + buttons: the content is what push notifications and screen readers get.
   */
  readonly form: "alert" | "answer";
  /** Found again by {@link findId}; 25 characters of base 36. */
  readonly id?: string;
  /** After a refusal: 0 full, 1 shrunk and without files, 2 plain content that ends with the id. */
  readonly reduced?: number;
}

const BUTTON_STYLES = { primary: 1, secondary: 2, success: 3, danger: 4 } as const;

/** Mentions take at most this much of the content, so that the first line keeps its room. */
const MENTIONS_LENGTH = 600;
const SUMMARY_LENGTH = 900;
const FOOTER_LENGTH = 300;
const LINE_LENGTH = 1_000;
/** Leaves room in the message's total of 6,000 for the footer. */
const DESCRIPTION_LENGTH = 4_000;
const SHRUNK_DESCRIPTION_LENGTH = 1_200;

interface Mentions {
  readonly text: string;
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

function lowerMentions(mentions: readonly Mention[]): Mentions {
  const seen = new Set<string>();
  const roles: string[] = [];
  const users: string[] = [];
  let text = "";
  for (const mention of mentions) {
    const mark = mention.kind === "role" ? `<@&${mention.id}>` : `<@${mention.id}>`;
    if (!/^\d{17,20}$/u.test(mention.id) || seen.has(mark)) continue;
    if (text.length + mark.length + 1 > MENTIONS_LENGTH || seen.size >= DISCORD_LIMITS.allowedMentions) break;
    seen.add(mark);
    (mention.kind === "role" ? roles : users).push(mention.id);
    text += text === "" ? mark : ` ${mark}`;
  }
  return { text, roles, users };
}

function lowerActions(actions: readonly MessageAction[]): readonly DiscordRow[] {
  const buttons: DiscordButton[] = [];
  const seen = new Set<string>();
  for (const action of actions) {
    const label = clip(oneLine(action.label).trim(), DISCORD_LIMITS.buttonLabel);
    const usable =
      label !== "" && action.id !== "" && action.id.length <= DISCORD_LIMITS.customId && !seen.has(action.id);
    if (!usable || buttons.length >= DISCORD_LIMITS.actionRows * DISCORD_LIMITS.buttonsPerRow) continue;
    seen.add(action.id);
    buttons.push({
      type: 2,
      style: BUTTON_STYLES[action.style],
      label,
      custom_id: action.id,
      ...(action.disabled === true ? { disabled: true } : {}),
    });
  }
  const rows: DiscordRow[] = [];
  for (let start = 0; start < buttons.length; start += DISCORD_LIMITS.buttonsPerRow) {
    rows.push({ type: 1, components: buttons.slice(start, start + DISCORD_LIMITS.buttonsPerRow) });
  }
  return rows;
}

/** Lines up to `max` units; what does not fit is counted in a last line. */
function lowerLines(lines: readonly Text[], max: number, catalogue: Catalogue): string[] {
  const wanted = lines.filter((line) => line.length > 0);
  const rest = (from: number): string => toMarkdown(catalogue.lowering.linesLeft(wanted.length - from), LINE_LENGTH);
  const out: string[] = [];
  let used = 0;
  for (const [index, value] of wanted.entries()) {
    const line = toMarkdown(value, Math.min(LINE_LENGTH, max));
    if (line.trim() === "") continue;
    const reserve = index === wanted.length - 1 ? 0 : rest(index + 1).length + 1;
    if (used + line.length + 1 + reserve > max) {
      if (used + rest(index).length <= max) out.push(rest(index));
      break;
    }
    out.push(line);
    used += line.length + 1;
  }
  return out;
}

function lowerDescription(message: Message, extra: readonly Text[], max: number, catalogue: Catalogue): string {
  const parts = lowerLines([...message.lines, ...extra], max, catalogue);
  const used = parts.join("\n").length;
  const room = max - used - 1 - "```\n\n```".length;
  if (message.block !== undefined && room > CODE_COLUMNS) {
    const block = fitBlock(message.block, room, catalogue);
    if (block !== "") parts.push(codeBlock(block));
  }
  return parts.join("\n");
}

/** Small print: an embed's footer shows neither markdown nor timestamps, so moments are written out. */
function footerText(footer: Text | undefined, id: string | undefined): string {
  const words = footer === undefined ? "" : clip(oneLine(plain(footer)).trim(), FOOTER_LENGTH);
  return [words, id ?? ""].filter((part) => part !== "").join(" · ");
}

function firstLine(message: Message, mentions: Mentions): string {
  const summary = toMarkdown(message.summary, SUMMARY_LENGTH, false);
  return `${TONE_LOOKS[message.tone].icon} ${summary}${mentions.text === "" ? "" : `  ${mentions.text}`}`;
}

function plainContent(message: Message, mentions: Mentions, id: string | undefined, catalogue: Catalogue): string {
  const head = firstLine(message, mentions);
  const tail = id === undefined ? "" : `\n-# ${id}`;
  const room = DISCORD_LIMITS.content - head.length - tail.length - 1;
  const lines = lowerLines([...message.lines, catalogue.lowering.plainOnly], room, catalogue);
  return `${[head, ...lines].join("\n")}${tail}`;
}

/** A message as Discord's JSON, within every documented limit whatever it holds. */
export function toDiscord(message: Message, options: LoweringOptions): DiscordBody {
  const catalogue = catalogueFor(message.locale ?? "en");
  const reduced = options.reduced ?? 0;
  const mentions = lowerMentions(message.mentions);
  const base = {
    flags: 0,
    allowed_mentions: { parse: [], roles: mentions.roles, users: mentions.users, replied_user: false },
  } as const;
  if (reduced >= 2) {
    const content = plainContent(message, mentions, options.id, catalogue);
    return { ...base, content, embeds: [], components: [], attachments: [], files: [] };
  }
  const shrunk = reduced === 1;
  const { files, dropped } = shrunk ? { files: [], dropped: message.files.length } : fitFiles(message.files, catalogue);
  const extra: Text[] = [];
  if (shrunk) extra.push(catalogue.lowering.shrunk);
  else if (dropped > 0) extra.push(catalogue.lowering.filesLeft(dropped));
  const smallPrint =
    options.form === "answer" && message.footer !== undefined ? toMarkdown(message.footer, FOOTER_LENGTH, false) : "";
  const max = (shrunk ? SHRUNK_DESCRIPTION_LENGTH : DESCRIPTION_LENGTH) - smallPrint.length - "\n-# ".length;
  let description = lowerDescription(message, extra, max, catalogue);
  if (smallPrint !== "") description += `${description === "" ? "" : "\n"}-# ${smallPrint}`;
  const footer = footerText(options.form === "alert" ? message.footer : undefined, options.id);
  if (description === "" && footer !== "") description = toneWord(message.tone, catalogue);
  const embed: DiscordEmbed = {
    description,
    color: TONE_LOOKS[message.tone].colour,
    ...(footer === "" ? {} : { footer: { text: footer } }),
  };
  return {
    ...base,
    content: firstLine(message, mentions),
    embeds: description === "" ? [] : [embed],
    components: lowerActions(message.actions),
    attachments: files.map((file, index) => ({ id: String(index), filename: file.name })),
    files,
  };
}

const ID_AT_END = new RegExp(`(?:^|[^0-9a-z])([0-9a-z]{${ID_LENGTH}})$`, "u");

/** What {@link findId} looks at of a message from a channel's history. */
export interface HistoryMessage {
  readonly content?: string;
  readonly embeds?: readonly { readonly footer?: { readonly text?: string } | null }[];
  readonly components?: readonly unknown[];
}

/** The id that {@link toDiscord} put into a message, read from the channel's history (which does not return nonces). */
export function findId(message: HistoryMessage): string | undefined {
  const footer = message.embeds?.[0]?.footer?.text ?? "";
  return ID_AT_END.exec(footer)?.[1] ?? ID_AT_END.exec(message.content ?? "")?.[1];
}
