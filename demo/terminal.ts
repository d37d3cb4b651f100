import type { ShownMessage } from "../simulator/index.js";

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** Discord's markup as a terminal shows it. */
function unmark(text: string, now: number): string {
  return text
    .replaceAll(/<t:(\d+)(?::(\w))?>/g, (_, seconds: string, style: string | undefined) =>
      style === "t" ? clockTime(Number(seconds) * 1_000) : ago(now - Number(seconds) * 1_000),
    )
    .replaceAll(/<@&?(\d+)>/g, "@$1")
    .replaceAll(/<#(\d+)>/g, "#$1")
    .replaceAll(/<\/([\w -]+):\d+>/g, "/$1")
    .replaceAll(/`([^`]*)`/g, "$1")
    .replaceAll("**", "")
    .replaceAll(/^(┃ )?-# /gm, "$1")
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|~<>@:])/g, "$1");
}

/** `14:05`, in this machine's zone. */
function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}

function ago(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const size =
    seconds < 90
      ? `${seconds} s`
      : seconds < 5_400
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3_600)} h`;
  return ms < 0 ? `in ${size}` : `${size} ago`;
}

/** The beginning and the end of a block of code. */
const FENCE = /^```\w*$/;

function embedLines(embed: Json): readonly string[] {
  const fields = listOf(embed["fields"]).map((field) => `${textOf(field["name"])}: ${textOf(field["value"])}`);
  const footer = isJson(embed["footer"]) ? textOf(embed["footer"]["text"]) : "";
  return [textOf(embed["title"]), textOf(embed["description"]), ...fields, footer]
    .filter((line) => line !== "")
    .flatMap((line) => line.split("\n"))
    .filter((line) => !FENCE.test(line))
    .map((line) => `┃ ${line}`);
}

/** Texts and buttons of a tree of components, top to bottom. */
function componentLines(components: readonly Json[]): readonly string[] {
  return components.flatMap((component): readonly string[] => {
    if (typeof component["content"] === "string") return component["content"].split("\n");
    const inner = listOf(component["components"]);
    const buttons = inner.filter((child) => child["type"] === 2).map((button) => `[${textOf(button["label"])}]`);
    const rest = componentLines(inner.filter((child) => child["type"] !== 2));
    const accessory = isJson(component["accessory"]) ? componentLines([component["accessory"]]) : [];
    return [...rest, ...accessory, ...(buttons.length > 0 ? [buttons.join(" ")] : [])];
  });
}

/** A message as lines of text. */
export function messageLines(message: ShownMessage, now: number): readonly string[] {
  const files = message.attachments.map((file) => `📎 ${file.filename} (${file.size} bytes)`);
  const lines = [
    ...(message.content === "" ? [] : message.content.split("\n").filter((line) => !FENCE.test(line))),
    ...message.embeds.flatMap((embed) => embedLines(embed)),
    ...componentLines(message.components),
    ...files,
  ];
  return unmark(lines.join("\n"), now).split("\n");
}
