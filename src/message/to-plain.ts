import type { Inline, Text } from "../base/text.js";
import { assertNever } from "../base/errors.js";
import { catalogueFor } from "../locale/index.js";
import type { Message } from "../model/message.js";
import { wrap } from "./clip.js";
import { manyLines, oneLine } from "./sanitize.js";
import { TONE_LOOKS, toneWord } from "./tone.js";

export interface PlainOptions {
  /** Columns of the terminal or file. */
  readonly width: number;
  /** SGR colours. Nothing depends on them. */
  readonly colour?: boolean;
  /** For "3 min ago": UTC milliseconds. Without it moments are written out in UTC. */
  readonly now?: number;
}

function utc(at: number, style: "relative" | "time" | "date-time"): string {
  if (Number.isNaN(new Date(at).getTime())) return "?";
  const iso = new Date(at).toISOString();
  return style === "time" ? `${iso.slice(11, 16)} UTC` : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function wordsOf(part: Inline, options: PlainOptions, ago: (seconds: number) => string): string {
  if (typeof part === "string") return part;
  if ("code" in part) return part.code;
  if ("strong" in part) return part.strong;
  if ("quote" in part) return `“${part.quote}”`;
  if ("at" in part) {
    if (part.style !== "relative" || options.now === undefined) return utc(part.at, part.style);
    return ago((options.now - part.at) / 1_000);
  }
  if ("user" in part) return `@${part.name}`;
  if ("channel" in part) return `#${part.channel}`;
  if ("command" in part) return `/${part.command}`;
  return assertNever(part);
}

/** A message for a terminal or a file: the same shape, icon and word, wrapped to the width; nothing from outside can move the cursor. */
export function toPlain(message: Message, options: PlainOptions): string {
  const catalogue = catalogueFor(message.locale ?? "en");
  const look = TONE_LOOKS[message.tone];
  const ago = (seconds: number): string => catalogue.lowering.relative(seconds);
  const line = (value: Text): string => oneLine(value.map((part) => wordsOf(part, options, ago)).join(""));
  const mentions = message.mentions.map((mention) => ` @${mention.kind}:${mention.id}`).join("");
  const paint = (value: string): string => (options.colour === true ? `${ESC}[${look.sgr}m${value}${ESC}[0m` : value);
  const indent = (value: string): readonly string[] =>
    wrap(value, Math.max(20, options.width - 2)).map((row) => `┃ ${row}`);
  const head = `${look.icon} ${toneWord(message.tone, catalogue)} · ${line(message.summary)}${mentions}`;
  const block = message.block === undefined ? [] : manyLines(message.block).trimEnd().split("\n").flatMap(indent);
  const buttons = message.actions.map((action) => `[${oneLine(action.label)}]`).join(" ");
  return [
    ...wrap(head, Math.max(20, options.width)).map(paint),
    ...message.lines.flatMap((value) => indent(line(value))),
    ...block,
    ...(message.footer === undefined || message.footer.length === 0 ? [] : indent(line(message.footer))),
    ...message.files.map((file) => `📎 ${oneLine(file.name)}`),
    ...(buttons === "" ? [] : [buttons]),
  ].join("\n");
}

const ESC = String.fromCodePoint(0x1b);
