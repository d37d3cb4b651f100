import { describe, expect, it } from "vitest";

import { parseAnsi } from "../../../../simulator/page/client/markdown/ansi.js";
import { parseBlocks } from "../../../../simulator/page/client/markdown/blocks.js";
import { parseInline } from "../../../../simulator/page/client/markdown/inline.js";
import type { Inline } from "../../../../simulator/page/client/markdown/inline.js";
import { moment } from "../../../../simulator/page/client/moments.js";
import { fc } from "../../../support/fast-check.js";

/** The tree in one line: marks as tags, everything else by its words. */
function shown(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case "text":
          return node.text;
        case "code":
          return `code(${node.text})`;
        case "time":
          return `time(${node.seconds} ${node.style})`;
        case "mention":
          return `${node.kind}(${node.id})`;
        case "command":
          return `command(${node.name})`;
        case "emoji":
          return `emoji(${node.name})`;
        case "link":
          return `link(${node.url} ${shown(node.children)})`;
        default:
          return `${node.type}(${shown(node.children)})`;
      }
    })
    .join("");
}

describe("marks within a line", () => {
  it.each([
    ["**web** is *slow*", "strong(web) is em(slow)"],
    ["***both***", "em(strong(both))"],
    ["__under__ _it_ ~~gone~~", "underline(under) em(it) strike(gone)"],
    ["||secret **x**||", "spoiler(secret strong(x))"],
    ["**a ~~b~~ c**", "strong(a strike(b) c)"],
    ["`**not bold**`", "code(**not bold**)"],
    ["`` a ` b ``", "code(a ` b)"],
    [String.raw`\*\*plain\*\* \_x\_ \\`, String.raw`**plain** _x_ \ `.trim()],
    ["snake_case_name stays", "snake_case_name stays"],
    ["2 * 3 * 4", "2 * 3 * 4"],
    ["**open", "**open"],
    ["<t:1700000000:R> <t:5>", "time(1700000000 R) time(5 f)"],
    ["<@1> <@!2> <@&3> <#4>", "user(1) user(2) role(3) channel(4)"],
    ["</health web:12> <:ok_hand:9>", "command(health web) emoji(ok_hand)"],
    ["@everyone @here", "everyone() here()"],
    ["[docs](https://example.org/a)", "link(https://example.org/a docs)"],
    ["see https://example.org/a.", "see link(https://example.org/a https://example.org/a)."],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"],
    ["[x](data:text/html,1)", "[x](data:text/html,1)"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ])("reads %s", (source, expected) => {
    expect(shown(parseInline(source))).toBe(expected);
  });

  it("keeps every word of a text without marks, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from("ab \n*_~|`\\[]()<>@#-1.:/")) }), (source) => {
        const letters = (text: string): string => text.replaceAll(/[^ab]/g, "");
        expect(
          letters(shown(parseInline(source)).replaceAll(/\b(?:strong|em|underline|strike|spoiler|code)\(/g, "")),
        ).toBe(letters(source));
        parseBlocks(source);
      }),
    );
  });

  it("takes a text of nothing but marks in reasonable depth", () => {
    expect(() => parseInline("*_~|".repeat(1_000))).not.toThrow();
  });
});

describe("blocks", () => {
  it("tells headings, small print, quotes, lists, code and paragraphs apart", () => {
    const blocks = parseBlocks(
      "# one\n-# small\n> said\n> more\n- a\n  - b\n1. c\ntext\nmore\n```ts\nlet a;\n```\nend",
    );
    expect(blocks.map(({ type }) => type)).toEqual([
      "heading",
      "small",
      "quote",
      "list",
      "paragraph",
      "code",
      "paragraph",
    ]);
    expect(blocks[3]).toMatchObject({ items: [{ level: 0 }, { level: 1 }, { level: 0, number: 1 }] });
    expect(blocks[5]).toEqual({ type: "code", language: "ts", text: "let a;" });
  });

  it("leaves what only looks like a block alone", () => {
    expect(parseBlocks("#no heading\n####### neither\n>no quote\n-no list").map(({ type }) => type)).toEqual([
      "paragraph",
    ]);
  });

  it("quotes everything after >>>", () => {
    expect(parseBlocks("a\n>>> b\nc")).toMatchObject([{ type: "paragraph" }, { type: "quote" }]);
  });

  it("colours a block of ansi, and drops the sequences from its text", () => {
    const escape = String.fromCodePoint(27);
    expect(parseAnsi(`a${escape}[1;31mred${escape}[0m b`)).toEqual([
      { text: "a", classes: [] },
      { text: "red", classes: ["ansi-31", "ansi-bold"] },
      { text: " b", classes: [] },
    ]);
  });
});

describe("moments", () => {
  it.each([
    [-10, "10 seconds ago"],
    [-59, "59 seconds ago"],
    [-240, "4 minutes ago"],
    [18_000, "in 5 hours"],
    [-86_400 * 3, "3 days ago"],
  ])("says %i s as %s", (away, expected) => {
    expect(moment(1_000_000_000 + away, "R", 1_000_000_000, "en-US")).toBe(expected);
  });

  it("does not fail on a moment that no calendar has", () => {
    expect(moment(8_640_000_000_001, "f", 0, "en-US")).toBe("Invalid Date");
  });
});
