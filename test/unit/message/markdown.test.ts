import { describe, expect, it } from "vitest";

import { columns, clip, graphemes, wrap } from "../../../src/message/clip.js";
import { toMarkdown } from "../../../src/message/markdown.js";
import { manyLines, oneLine } from "../../../src/message/sanitize.js";
import { findId, toDiscord } from "../../../src/message/to-discord.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { Message } from "../../../src/model/message.js";

const Z = "\u{200B}";
const ESC = "\u{1B}";

describe("plain words as markdown", () => {
  it.each([
    ["shop_bot_web stays readable", "shop_bot_web stays readable"],
    ["_slanted_ and __under__", String.raw`\_slanted\_ and \_\_under\_\_`],
    ["**bold** *slanted*", String.raw`\*\*bold\*\* \*slanted\*`],
    ["full in ~5 h, ~~gone~~", String.raw`full in ~5 h, \~\~gone\~\~`],
    ["a | b ||hidden||", String.raw`a | b \|\|hidden\|\|`],
    ["[click](https://evil.example)", String.raw`\[click\](https:${Z}//evil.example)`],
    ["`code` and \\", "\\`code\\` and \\\\"],
    ["hi @everyone and @HERE", `hi @${Z}everyone and @${Z}HERE`],
    ["<@123> <@&123> <#123> </x:1> <t:1:R>", `<${Z}@123> <${Z}@&123> <${Z}#123> <${Z}/x:1> <${Z}t:1:R>`],
    ["CPU < 30 %", "CPU < 30 %"],
    [":smile: at 02:10:33, :100:", String.raw`\:smile: at 02:10:33, \:100:`],
    ["discord.gg/abc", `discord.gg${Z}/abc`],
  ])("%j shows as it stands", (given, expected) => {
    expect(toMarkdown([given], 500)).toBe(expected);
  });

  it.each([
    ["# title", String.raw`\# title`],
    ["### title", String.raw`\### title`],
    ["-# small", String.raw`\-# small`],
    ["> quote", String.raw`\> quote`],
    [">>> quote", String.raw`\>>> quote`],
    ["- item", String.raw`\- item`],
    ["12. item", String.raw`12\. item`],
    ["#1 of all", "#1 of all"],
    ["-5 °C", "-5 °C"],
  ])("%j begins no block at the start of a line", (given, expected) => {
    expect(toMarkdown([given], 500)).toBe(expected);
  });

  it("finds no mark across the border of two strings", () => {
    expect(toMarkdown(["~", "~gone~", "~"], 500)).toBe(String.raw`\~\~gone\~\~`);
    expect(toMarkdown(["<", "@123>"], 500)).toBe(`<${Z}@123>`);
  });
});

describe("nodes", () => {
  it("mentions a channel by an id only, whole or not at all", () => {
    expect(toMarkdown([{ channel: "123456789012345678" }], 500)).toBe("<#123456789012345678>");
    expect(toMarkdown([{ channel: "123456789012345678" }], 20)).toBe("…");
    expect(toMarkdown([{ channel: "1> @everyone" }], 500)).toBe(`\`#1> @${Z}everyone\``);
  });

  it("shows words from outside in code marks that they cannot leave", () => {
    expect(toMarkdown([{ code: "a`b" }], 500)).toBe("`aˋb`");
    expect(toMarkdown([{ code: "one\ntwo" }], 500)).toBe("`one two`");
    expect(toMarkdown([{ code: "<@123>" }], 500)).toBe(`\`<${Z}@123>\``);
    expect(toMarkdown([{ code: "hi @everyone, discord.gg/abc" }], 500)).toBe(
      `\`hi @${Z}everyone, discord.gg${Z}/abc\``,
    );
    expect(toMarkdown([{ code: " " }], 500)).toBe("");
    expect(toMarkdown([{ code: "a" }, { code: "b" }], 500)).toBe(`\`a\`${Z}\`b\``);
  });

  it("shows an address in code marks so that it can be copied", () => {
    expect(toMarkdown([{ code: "https://127.0.0.1:3003/<id>?q=1" }], 500)).toBe("`https://127.0.0.1:3003/<id>?q=1`");
  });

  it("shows moments in the reader's own zone, people by name, commands by their name", () => {
    expect(toMarkdown([{ at: 1_767_614_400_999, style: "relative" }], 500)).toBe("<t:1767614400:R>");
    expect(toMarkdown([{ at: 1_767_614_400_999, style: "time" }], 500)).toBe("<t:1767614400:t>");
    expect(toMarkdown([{ user: "123", name: "everyone" }], 500)).toBe(`@${Z}everyone`);
    expect(toMarkdown([{ command: "health" }], 500)).toBe("`/health`");
    expect(toMarkdown([{ strong: "a*b" }, { strong: "c" }], 500)).toBe(String.raw`**a\*b**${Z}**c**`);
    expect(toMarkdown([{ quote: "so @here" }], 500)).toBe(`“so @${Z}here”`);
  });

  it("ends with an ellipsis what does not fit, and closes its marks", () => {
    expect(toMarkdown([{ code: "abcdefghij" }], 8)).toBe("`abc…`");
    expect(toMarkdown(["👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"], 30)).toBe("👩‍👩‍👧‍👦👩‍👩‍👧‍👦…");
    expect(toMarkdown(["abc ", { at: 0, style: "relative" }], 10)).toBe("abc …");
  });
});

describe("what a person cannot see", () => {
  it("is removed", () => {
    expect(oneLine(`${ESC}[31mred${ESC}[0m ${ESC}]8;;https://x${ESC}\\link${ESC}]8;;${ESC}\\`)).toBe("red link");
    expect(oneLine("a\u{202E}b\u{200B}c\u{FEFF}d\u{E0041}e\u{AD}f")).toBe("abcdef");
    expect(oneLine("a\u0000b\u0007c")).toBe("a b c");
    expect(oneLine("one\r\ntwo\u2028three\tfour")).toBe("one two three four");
    expect(manyLines("one\r\ntwo\tx\u0007")).toBe("one\ntwo  x");
  });

  it("stays where it belongs: joined emoji, combined letters, Japanese", () => {
    expect(oneLine("👩‍👩‍👧‍👦 é e\u0301 ディスク")).toBe("👩‍👩‍👧‍👦 é e\u0301 ディスク");
    expect(oneLine(`e${"\u0301".repeat(40)}x`)).toBe(`e${"\u0301".repeat(4)}x`);
    expect(oneLine("a\uD800b")).toBe("a\uFFFDb");
  });
});

describe("cutting and wrapping", () => {
  it("counts graphemes and columns as they are seen", () => {
    expect(graphemes("👩‍👩‍👧‍👦e\u0301a")).toHaveLength(3);
    expect(columns("ディスク ab")).toBe(11);
    expect(clip("abcdef", 4)).toBe("abc…");
    expect(clip("𝒳𝒳𝒳", 4)).toBe("𝒳…");
  });

  it("breaks at spaces, then anywhere, indenting what continues", () => {
    expect(wrap("alpha beta gamma", 12)).toEqual(["alpha beta", "  gamma"]);
    expect(wrap("abcdefghij", 6)).toEqual(["abcdef", "  ghij"]);
    expect(wrap("ディスク容量", 8)).toEqual(["ディスク", "  容量"]);
  });
});

const id = "0123456789abcdefghijklmno";
const message: Message = {
  tone: "critical",
  summary: ["web-1: disk / 93 %"],
  mentions: [
    { kind: "role", id: "234567890123456789" },
    { kind: "user", id: "not an id" },
  ],
  lines: [["HostDisk · critical"], ["second"]],
  footer: ["incident 42"],
  actions: [{ id: "v1:health-refresh:x", label: "Refresh", style: "secondary" }],
  files: [{ name: "../incident 42.txt", content: "all of it" }],
};

describe("a message for Discord", () => {
  it("is content, one embed, buttons and files, with its id at the footer's end", () => {
    expect(toDiscord(message, { form: "alert", id })).toEqual({
      content: "🔴 web-1: disk / 93 %  <@&234567890123456789>",
      embeds: [
        { description: "HostDisk · critical\nsecond", color: 0xd83c3e, footer: { text: `incident 42 · ${id}` } },
      ],
      components: [
        { type: 1, components: [{ type: 2, style: 2, label: "Refresh", custom_id: "v1:health-refresh:x" }] },
      ],
      flags: 0,
      allowed_mentions: { parse: [], roles: ["234567890123456789"], users: [], replied_user: false },
      attachments: [{ id: "0", filename: "incident-42.txt" }],
      files: [{ name: "incident-42.txt", content: "all of it" }],
    });
  });

  it("says so when it was shrunk, and comes without files", () => {
    const body = toDiscord(message, { form: "alert", id, reduced: 1 });
    expect(body.files).toEqual([]);
    expect(body.embeds[0]?.description).toContain("Shortened and without files");
  });

  it("is plain content that ends with its id at last", () => {
    const body = toDiscord(message, { form: "alert", id, reduced: 2 });
    expect(body).toMatchObject({ embeds: [], components: [], files: [], attachments: [] });
    expect(body.content.endsWith(`-# ${id}`)).toBe(true);
    expect(body.content).toContain("Words only");
  });

  it.each([0, 1, 2])("keeps the content's limit with as many mentions as there can be, reduced %d", (reduced) => {
    const mentions = Array.from({ length: 120 }, (_unused, index) => ({
      kind: "role" as const,
      id: String(234_567_890_123_456_000n + BigInt(index)),
    }));
    const wordy = { ...message, mentions, summary: ["x".repeat(3_000)], lines: [["y".repeat(3_000)]] };
    const body = toDiscord(wordy, { form: "alert", id, reduced });
    expect(body.content.length).toBeLessThanOrEqual(2_000);
    expect(body.allowed_mentions.roles.every((role) => body.content.includes(`<@&${role}>`))).toBe(true);
    expect(body.allowed_mentions.roles.length).toBeGreaterThan(10);
  });

  it("counts the lines that had no room", () => {
    const lines = Array.from({ length: 40 }, (_unused, index) => [`${index} ${"x".repeat(300)}`]);
    const [embed] = toDiscord({ ...message, lines }, { form: "answer" }).embeds;
    const shown = embed?.description.split("\n") ?? [];
    expect(shown.at(-2)).toBe(`… ${40 - (shown.length - 2)} more lines left out`);
  });

  it("keeps a log page's newest lines, and counts the earlier ones", () => {
    const block = Array.from({ length: 400 }, (_unused, index) => `line ${index} \`\`\` ${"y".repeat(30)}`).join("\n");
    const [embed] = toDiscord({ ...message, block }, { form: "answer" }).embeds;
    expect(embed?.description).toMatch(/… \d+ earlier lines left out/u);
    expect(embed?.description).toContain("line 399");
  });

  it("finds only its own id, at the end", () => {
    expect(findId({ embeds: [{ footer: { text: `incident 42 · ${id}` } }] })).toBe(id);
    expect(findId({ content: `🔴 x\n-# ${id}` })).toBe(id);
    expect(findId({ content: `${id} and more` })).toBeUndefined();
    expect(findId({ content: `x${id}` })).toBeUndefined();
    expect(findId({})).toBeUndefined();
  });
});

describe("a message for a terminal", () => {
  it("has the same shape, with icon and word, wrapped; nothing in it moves the cursor", () => {
    const nasty = { ...message, lines: [[`${ESC}[2Jsecond`, { at: 0, style: "relative" as const }]] };
    expect(toPlain(nasty, { width: 60, now: 180_000 })).toBe(
      [
        "🔴 critical · web-1: disk / 93 % @role:234567890123456789",
        "  @user:not an id",
        "┃ second3 min ago",
        "┃ incident 42",
        "📎 ../incident 42.txt",
        "[Refresh]",
      ].join("\n"),
    );
  });

  it("colours the first line when asked to", () => {
    expect(toPlain(message, { width: 80, colour: true })).toContain(`${ESC}[31m🔴 critical`);
  });
});
