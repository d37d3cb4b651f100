import { Buffer } from "node:buffer";

import { describe, expect, it } from "vitest";

import type { Inline } from "../../../src/base/text.js";
import { columns } from "../../../src/message/clip.js";
import { findId, toDiscord } from "../../../src/message/to-discord.js";
import type { DiscordBody } from "../../../src/message/to-discord.js";
import { DISCORD_LIMITS as LIMITS } from "../../../src/model/limits.js";
import { TONES } from "../../../src/model/message.js";
import type { Message } from "../../../src/model/message.js";
import { fc } from "../../support/fast-check.js";

/** What people, programs and attackers put into names: marks of every kind, mentions, controls, wide and joined characters. */
const nasty = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        "@everyone",
        "@here",
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "<:x:123456789012345678>",
        "<t:1:R>",
        "</health:1>",
        "[a](https://evil.example)",
        "https://evil.example/x",
        "discord.gg/abc",
        "```",
        "`",
        "**",
        "__",
        "_",
        "~~",
        "||",
        "> ",
        ">>> ",
        "# ",
        "-# ",
        "- ",
        "1. ",
        "\\",
        "\n",
        "\r\n",
        "\t",
        "\u001b[31m",
        "\u001b]8;;x\u0007",
        "\u202E",
        "\u200B",
        "\u2028",
        "👩‍👩‍👧‍👦",
        "日本語",
        "é",
        "e\u0301\u0302\u0303\u0304\u0305\u0306",
        "\uD800",
        ":smile:",
        "a",
        " ",
        "0123456789abcdefghijklmno",
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "x".repeat(5_000),
    "`".repeat(3_000),
    "@everyone ".repeat(700),
    "語".repeat(3_000),
    "\n".repeat(3_000),
    "",
  ),
);

const moment = fc.oneof(fc.integer(), fc.double());
const style = fc.constantFrom("relative", "time", "date-time");
const inline: fc.Arbitrary<Inline> = fc.oneof(
  nasty,
  fc.record({ code: nasty }),
  fc.record({ strong: nasty }),
  fc.record({ quote: nasty }),
  fc.record({ at: moment, style }) as fc.Arbitrary<Inline>,
  fc.record({ user: nasty, name: nasty }),
  fc.record({ command: nasty }),
);
const line = fc.array(inline, { maxLength: 6 });
const id = fc.stringMatching(/^[0-9a-z]{25}$/);

const message: fc.Arbitrary<Message> = fc
  .record({
    tone: fc.constantFrom(...TONES),
    summary: line,
    mentions: fc.array(
      fc.record({
        kind: fc.constantFrom("role" as const, "user" as const),
        id: fc.oneof(fc.stringMatching(/^[1-9]\d{17,18}$/), nasty),
      }),
      { maxLength: 120 },
    ),
    lines: fc.array(line, { maxLength: 40 }),
    block: fc.option(nasty, { nil: undefined }),
    footer: fc.option(line, { nil: undefined }),
    actions: fc.array(
      fc.record({
        id: fc.oneof(nasty, fc.stringMatching(/^v1:[a-z]{1,9}:[0-9a-z]{25}$/)),
        label: nasty,
        style: fc.constantFrom("primary" as const, "secondary" as const, "success" as const, "danger" as const),
      }),
      { maxLength: 30 },
    ),
    files: fc.array(fc.record({ name: nasty, content: nasty }), { maxLength: 12 }),
  })
  .map(({ block, footer, ...rest }) => ({
    ...rest,
    ...(block === undefined ? {} : { block }),
    ...(footer === undefined ? {} : { footer }),
  }));

const options = fc
  .record({
    form: fc.constantFrom("alert" as const, "answer" as const),
    id: fc.option(id, { nil: undefined }),
    reduced: fc.constantFrom(0, 1, 2),
  })
  .map(({ id: given, ...rest }) => ({ ...rest, ...(given === undefined ? {} : { id: given }) }));

/** What Discord reads as markdown: content and description, without the code block, in which nothing has a meaning. */
function markdownOf(body: DiscordBody): readonly string[] {
  return [body.content, ...(body.embeds[0]?.description ?? "").split("```").filter((_part, index) => index % 2 === 0)];
}

function blockOf(body: DiscordBody): string {
  return (body.embeds[0]?.description ?? "").split("```")[1] ?? "";
}

function wordsOf(body: DiscordBody): readonly string[] {
  return [...markdownOf(body), blockOf(body), body.embeds[0]?.footer?.text ?? ""];
}

/** Whether every code mark of a line is closed: a backslash takes the meaning from a mark outside of code, not within. */
function marksClosed(row: string): boolean {
  let within = false;
  for (let index = 0; index < row.length; index += 1) {
    if (row[index] === "\\" && !within) index += 1;
    else if (row[index] === "`") within = !within;
  }
  return !within;
}

/** Every documented limit that a body breaks. */
function limitsBroken(body: DiscordBody): readonly string[] {
  const broken: string[] = [];
  const want = (what: string, size: number, least: number, most: number): void => {
    if (size < least || size > most) broken.push(`${what}: ${size}`);
  };
  want("content", body.content.length, 1, LIMITS.content);
  want("embeds", body.embeds.length, 0, 1);
  let total = 0;
  for (const embed of body.embeds) {
    const footer = embed.footer?.text.length ?? 0;
    want("description", embed.description.length, 1, LIMITS.embedDescription);
    want("description, trimmed", embed.description.trim().length, 1, LIMITS.embedDescription);
    want("footer", footer, 0, LIMITS.embedFooter);
    total += embed.description.length + footer;
  }
  want("embeds in total", total, 0, LIMITS.embedTotal);
  want("rows", body.components.length, 0, LIMITS.actionRows);
  const buttons = body.components.flatMap((row) => row.components);
  for (const row of body.components) want("buttons in a row", row.components.length, 1, LIMITS.buttonsPerRow);
  for (const button of buttons) {
    want("custom_id", button.custom_id.length, 1, LIMITS.customId);
    want("label", button.label.length, 1, LIMITS.buttonLabel);
    want("label, trimmed", button.label.trim().length, 1, LIMITS.buttonLabel);
  }
  want("equal custom_ids", buttons.length - new Set(buttons.map((button) => button.custom_id)).size, 0, 0);
  want("files", body.files.length, 0, LIMITS.files);
  want("equal file names", body.files.length - new Set(body.files.map((file) => file.name)).size, 0, 0);
  want("files without attachment", body.files.length - body.attachments.length, 0, 0);
  for (const file of body.files) want("file", Buffer.byteLength(file.content), 0, LIMITS.fileBytes);
  const { roles, users } = body.allowed_mentions;
  want("mentions", roles.length + users.length, 0, LIMITS.allowedMentions);
  return broken;
}

/** Every mark that Discord's server or client would turn into a mention, found without regard to escapes. */
function mentionsIn(words: string): readonly string[] {
  return [...words.matchAll(/@everyone|@here|<@[!&]?\d+>|<#\d+>|<a?:\w+:\d+>|<\/[^>]+:\d+>|<id:\w+>/giu)].map(
    (match) => match[0],
  );
}

/** In code marks an address is no link, and may be copied. A backslash escapes outside of them, and is itself within. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/\\.|(`+)[^`]+\1/gsu, "");
}

describe("lowering for Discord, whatever comes in", () => {
  it("stays within every limit", () => {
    fc.assert(
      fc.property(message, options, (given, how) => {
        expect(limitsBroken(toDiscord(given, how))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("mentions nobody but whom allowed_mentions names", () => {
    fc.assert(
      fc.property(message, options, (given, how) => {
        const body = toDiscord(given, how);
        const allowed = new Set([
          ...body.allowed_mentions.roles.map((role) => `<@&${role}>`),
          ...body.allowed_mentions.users.map((user) => `<@${user}>`),
        ]);
        expect(body.allowed_mentions.parse).toEqual([]);
        for (const words of markdownOf(body)) {
          for (const mention of mentionsIn(words)) expect(allowed).toContain(mention);
        }
        expect(blockOf(body)).not.toMatch(/@everyone|@here|<@[!&]?\d+>|<#\d+>/iu);
      }),
      { numRuns: 150 },
    );
  });

  it("shows no link outside code marks, no control character, no direction mark, no broken character", () => {
    fc.assert(
      fc.property(message, options, (given, how) => {
        const body = toDiscord(given, how);
        for (const words of markdownOf(body)) expect(withoutCode(words)).not.toMatch(/https?:\/\//u);
        for (const words of wordsOf(body)) {
          expect(words.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
          expect(words).not.toMatch(/[\u{202A}-\u{202E}\u{2066}-\u{2069}\u{200E}\u{200F}\u{FEFF}]/u);
          expect(words).not.toMatch(/\p{Cs}/u);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("closes every code mark and fence on its own line", () => {
    fc.assert(
      fc.property(message, options, (given, how) => {
        const body = toDiscord(given, how);
        expect((body.embeds[0]?.description ?? "").split("```").length % 2).toBe(1);
        for (const row of markdownOf(body).flatMap((words) => words.split("\n"))) expect(row).toSatisfy(marksClosed);
        for (const row of blockOf(body).split("\n"))
          expect(columns(row.replaceAll("\u200B", ""))).toBeLessThanOrEqual(42);
      }),
      { numRuns: 150 },
    );
  });

  it("carries an id that history gives back", () => {
    fc.assert(
      fc.property(message, id, fc.constantFrom(0, 1, 2), (given, own, reduced) => {
        const body = toDiscord(given, { form: "alert", id: own, reduced });
        expect(findId({ content: body.content, embeds: body.embeds })).toBe(own);
      }),
      { numRuns: 100 },
    );
  });
});
