import type { Inline, Text } from "../base/text.js";
import { ELLIPSIS, graphemes } from "./clip.js";
import { oneLine } from "./sanitize.js";

/** Invisible, and in no word of ours: it parts what Discord would otherwise read as one thing. */
const BREAK = "\u{200B}";

/** Takes the meaning from mentions, links and invites, so that neither a client nor the server's own parser finds one. */
function disarm(value: string): string {
  return disarmNames(value.replace(/<(?=[a-z])/giu, `<${BREAK}`)).replace(/:(?=\/\/)/gu, `:${BREAK}`);
}

/** Mentions, moments, commands, custom emoji and invites only. */
function disarmNames(value: string): string {
  return value
    .replace(/<(?=[@#:/]|(?:a|t|id):)/giu, `<${BREAK}`)
    .replace(/@(?=everyone|here)/giu, `@${BREAK}`)
    .replace(/\b(discord(?:app)?\.(?:gg|com|me|new))(?=\/)/giu, `$1${BREAK}`);
}

const LINE_START = /^(\s*)(#{1,3}(?=\s)|-#(?=\s)|>|[-+](?=\s)|\d{1,9}(?=\.\s))/u;
/** `:name:`; a time such as 02:10:33 is none, but `:100:` and `:1234:` are. */
const EMOJI_NAME = /:(?=(?!(?!100:|1234:)\d+:)[\w+~-]+:)/gu;

/**
 * A plain string as Discord markdown that shows as it stands. The rules are those of Discord's parser: a backslash takes the
 * meaning from any punctuation; `_` inside a word, a lone `|` or `~` mean nothing and stay readable.
 */
function escapeMarkdown(value: string, atLineStart: boolean): string {
  const escaped = disarm(
    value
      .replace(/[\\*`[\]]/gu, String.raw`\$&`)
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/gu, String.raw`\_`)
      .replace(/\|(?=\|)|(?<=\|)\|/gu, String.raw`\|`)
      .replace(/~(?=~)|(?<=~)~/gu, String.raw`\~`)
      .replace(EMOJI_NAME, String.raw`\:`),
  );
  if (!atLineStart) return escaped;
  return escaped.replace(LINE_START, (_all, space: string, mark: string) =>
    /^\d/u.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
  );
}

/**
 * Words in code marks. A backtick cannot stand in them, so its look-alike does. Links are none in there, and stay as they are so that
 * they can be copied; mentions and invites are parted all the same, because they are also looked for in the raw text.
 */
function codeMarks(value: string): string {
  return `\`${disarmNames(value.replaceAll("`", "ˋ"))}\``;
}

const TIMESTAMP_STYLES = { relative: "R", time: "t", "date-time": "f" } as const;

/** The words in full if they fit into `max` once lowered, else the longest beginning that does, with an ellipsis. */
function fit(words: string, max: number, lower: (value: string) => string): string | undefined {
  if (words.length <= max) {
    const whole = lower(words);
    if (whole.length <= max) return whole;
  }
  const parts = graphemes(words.slice(0, Math.max(0, max) + 64));
  const cut = (count: number): string => lower(parts.slice(0, count).join("").trimEnd() + ELLIPSIS);
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (cut(middle).length <= max) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? cut(low) : undefined;
}

const LATEST_MOMENT = 8_640_000_000_000;

function timestamp(at: number, style: keyof typeof TIMESTAMP_STYLES): string {
  const seconds = Math.min(LATEST_MOMENT, Math.max(-LATEST_MOMENT, Math.trunc(at / 1_000)));
  return Number.isNaN(seconds) ? "" : `<t:${seconds}:${TIMESTAMP_STYLES[style]}>`;
}

/** Only an id becomes a mention, and that whole or not at all; it pings nobody. */
function channelMark(id: string, max: number): string | undefined {
  if (!/^\d{17,20}$/u.test(id)) return fit(oneLine(`#${id}`).trim(), max, codeMarks);
  const mark = `<#${id}>`;
  return mark.length <= max ? mark : undefined;
}

/** One node in at most `max` units; the empty text when there is nothing to show, `undefined` when it does not fit. */
function lowerInline(part: Inline, max: number, atLineStart: boolean): string | undefined {
  const within = (words: string, lower: (value: string) => string): string | undefined =>
    words === "" ? "" : fit(words, max, lower);
  if (typeof part === "string") return within(oneLine(part), (value) => escapeMarkdown(value, atLineStart));
  if ("code" in part) return within(oneLine(part.code).trim(), codeMarks);
  if ("strong" in part) return within(oneLine(part.strong).trim(), (value) => `**${escapeMarkdown(value, false)}**`);
  if ("quote" in part) return within(oneLine(part.quote).trim(), (value) => `“${escapeMarkdown(value, false)}”`);
  if ("at" in part) {
    const stamp = timestamp(part.at, part.style);
    return stamp.length <= max ? stamp : undefined;
  }
  if ("user" in part) return within(oneLine(part.name).trim(), (value) => escapeMarkdown(`@${value}`, false));
  if ("channel" in part) return channelMark(part.channel, max);
  return within(oneLine(part.command).trim(), (value) => codeMarks(`/${value}`));
}

/** Neighbouring plain strings become one, so that no meaning can arise across their border. */
function merged(value: Text): readonly Inline[] {
  const out: Inline[] = [];
  for (const part of value) {
    const last = out.at(-1);
    if (typeof part === "string" && typeof last === "string") out[out.length - 1] = last + part;
    else out.push(part);
  }
  return out;
}

/** Whether two pieces of finished markdown would read as one mark where they touch. */
function clash(before: string, after: string): boolean {
  const last = before.at(-1);
  const first = after[0];
  if (last === undefined || first === undefined) return false;
  return (
    (last === first && "`*_~|".includes(last)) ||
    (last === "<" && "@#:/t".includes(first)) ||
    (last === "@" && /\w/u.test(first))
  );
}

/** One line of Discord markdown, at most `max` UTF-16 units, cut between graphemes if it must be: an ellipsis tells. */
export function toMarkdown(value: Text, max: number, atLineStart: boolean = true): string {
  let out = "";
  for (const part of merged(value)) {
    // Two units stay free: one to part this piece from the one before, one for the ellipsis that ends a cut line.
    const piece = lowerInline(part, max - out.length - 2, atLineStart && out === "");
    if (piece === undefined) return out.endsWith(ELLIPSIS) || out.length >= max ? out : `${out}${ELLIPSIS}`;
    out += clash(out, piece) ? `${BREAK}${piece}` : piece;
  }
  return out;
}

/** Preformatted text for a code block: the fence cannot be closed from inside. */
export function codeBlock(value: string): string {
  return `\`\`\`\n${disarmBlock(value)}\n\`\`\``;
}

/** Mentions and fences disarmed; everything else as it stands, for a code block shows no markup. */
export function disarmBlock(value: string): string {
  return value
    .replace(/`(?=``)/gu, `\`${BREAK}`)
    .replace(/<(?=[@#])/gu, `<${BREAK}`)
    .replace(/@(?=everyone|here)/giu, `@${BREAK}`);
}
