import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";
import { at, startUnhurried } from "./support.js";
import type { Bench } from "./support.js";

const text = (length: number): string => "x".repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const button = (index: number): Record<string, unknown> => ({
  type: 2,
  style: 1,
  label: `b${index}`,
  custom_id: `id${index}`,
});
const row = (...components: unknown[]): Record<string, unknown> => ({ type: 1, components });
const select = (count: number, extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 3,
  custom_id: "pick",
  options: many(count, (index) => ({ label: `o${index}`, value: `v${index}` })),
  ...extra,
});
const option = (extra: Record<string, unknown>): unknown =>
  row({ type: 3, custom_id: "pick", options: [{ label: "l", value: "v", ...extra }] });
const V2 = { flags: 1 << 15 };
const display = (content: string): Record<string, unknown> => ({ type: 10, content });
const gallery = (count: number): unknown => ({
  type: 12,
  items: many(count, (index) => ({ media: { url: `https://example.org/${index}.png` } })),
});
const section = (count: number): unknown => ({
  type: 9,
  components: many(count, (index) => display(`t${index}`)),
  accessory: button(0),
});

interface Case {
  readonly limit: keyof typeof limits;
  readonly what: string;
  /** The body with exactly `n` of what is limited. */
  readonly body: (n: number) => unknown;
  /** Where the complaint stands in the error tree, and its code. */
  readonly path: readonly (string | number)[];
  readonly code: string;
}

const cases: readonly Case[] = [
  {
    limit: "contentLength",
    what: "characters of content",
    body: (n) => ({ content: text(n) }),
    path: ["content"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedsPerMessage",
    what: "embeds",
    body: (n) => ({ embeds: many(n, (i) => ({ title: `t${i}` })) }),
    path: ["embeds"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedTotalLength",
    what: "characters of embeds in all",
    body: (n) => ({ embeds: [{ description: text(4000) }, { description: text(n - 4000) }] }),
    path: ["embeds"],
    code: "MAX_EMBED_SIZE_EXCEEDED",
  },
  {
    limit: "embedTitleLength",
    what: "characters of an embed's title",
    body: (n) => ({ embeds: [{ title: text(n) }] }),
    path: ["embeds", 0, "title"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedDescriptionLength",
    what: "characters of an embed's description",
    body: (n) => ({ embeds: [{ description: text(n) }] }),
    path: ["embeds", 0, "description"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedFields",
    what: "fields of an embed",
    body: (n) => ({ embeds: [{ fields: many(n, (i) => ({ name: `n${i}`, value: "v" })) }] }),
    path: ["embeds", 0, "fields"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedFieldNameLength",
    what: "characters of a field's name",
    body: (n) => ({ embeds: [{ fields: [{ name: text(n), value: "v" }] }] }),
    path: ["embeds", 0, "fields", 0, "name"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "embedFieldValueLength",
    what: "characters of a field's value",
    body: (n) => ({ embeds: [{ fields: [{ name: "n", value: text(n) }] }] }),
    path: ["embeds", 0, "fields", 0, "value"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedFooterLength",
    what: "characters of a footer",
    body: (n) => ({ embeds: [{ footer: { text: text(n) } }] }),
    path: ["embeds", 0, "footer", "text"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "embedAuthorLength",
    what: "characters of an author's name",
    body: (n) => ({ embeds: [{ author: { name: text(n) } }] }),
    path: ["embeds", 0, "author", "name"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "nonceLength",
    what: "characters of a nonce",
    body: (n) => ({ content: "x", nonce: text(n) }),
    path: ["nonce"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "allowedMentionsIds",
    what: "users in allowed_mentions",
    body: (n) => ({ content: "x", allowed_mentions: { users: many(n, (i) => String(10 ** 17 + i)) } }),
    path: ["allowed_mentions", "users"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "actionRows",
    what: "action rows",
    body: (n) => ({ components: many(n, (i) => row(button(i))) }),
    path: ["components"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "buttonsPerRow",
    what: "buttons in a row",
    body: (n) => ({ components: [row(...many(n, button))] }),
    path: ["components", 0, "components"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "customIdLength",
    what: "characters of a custom_id",
    body: (n) => ({ components: [row({ ...button(0), custom_id: text(n) })] }),
    path: ["components", 0, "components", 0, "custom_id"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "buttonLabelLength",
    what: "characters of a button's label",
    body: (n) => ({ components: [row({ ...button(0), label: text(n) })] }),
    path: ["components", 0, "components", 0, "label"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "buttonUrlLength",
    what: "characters of a link",
    body: (n) => ({ components: [row({ type: 2, style: 5, label: "l", url: `https://example.org/${text(n - 20)}` })] }),
    path: ["components", 0, "components", 0, "url"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "selectOptions",
    what: "options of a select",
    body: (n) => ({ components: [row(select(n))] }),
    path: ["components", 0, "components", 0, "options"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "selectOptionLabelLength",
    what: "characters of an option's label",
    body: (n) => ({ components: [option({ label: text(n) })] }),
    path: ["components", 0, "components", 0, "options", 0, "label"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "selectOptionValueLength",
    what: "characters of an option's value",
    body: (n) => ({ components: [option({ value: text(n) })] }),
    path: ["components", 0, "components", 0, "options", 0, "value"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "selectOptionDescriptionLength",
    what: "characters of an option's description",
    body: (n) => ({ components: [option({ description: text(n) })] }),
    path: ["components", 0, "components", 0, "options", 0, "description"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "selectPlaceholderLength",
    what: "characters of a placeholder",
    body: (n) => ({ components: [row(select(1, { placeholder: text(n) }))] }),
    path: ["components", 0, "components", 0, "placeholder"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "v2Components",
    what: "components in all",
    body: (n) => ({
      ...V2,
      components: [
        { type: 17, components: many(20, (i) => display(`a${i}`)) },
        ...many(n - 21, (i) => display(`b${i}`)),
      ],
    }),
    path: ["components"],
    code: "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
  },
  {
    limit: "v2TextLength",
    what: "characters of text displays in all",
    body: (n) => ({ ...V2, components: [display(text(2000)), display(text(n - 2000))] }),
    path: ["components"],
    code: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
  },
  {
    limit: "sectionTexts",
    what: "texts of a section",
    body: (n) => ({ ...V2, components: [section(n)] }),
    path: ["components", 0, "components"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "galleryItems",
    what: "items of a gallery",
    body: (n) => ({ ...V2, components: [gallery(n)] }),
    path: ["components", 0, "items"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
];

describe("what a message may hold", () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await startUnhurried();
  });

  afterAll(() => bench.discord.stop());

  it.each(cases.map((each) => [each.limit, each.what, each] as const))(
    "limit: %s, %s",
    async (limit, _what, { body, path, code }) => {
      const most = limits[limit];
      const accepted = await bench.post(body(most));
      expect(accepted.text).toContain('"channel_id"');
      expect(accepted.status).toBe(200);
      const refused = await bench.post(body(most + 1));
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({ code: 50035, message: "Invalid Form Body" });
      expect(at(refused.body, "errors", ...path, "_errors", 0, "code")).toBe(code);
      expect(bench.discord.defects).toEqual([]);
    },
  );

  const refusals: readonly (readonly [
    what: string,
    body: unknown,
    path: readonly (string | number)[],
    code: string,
  ])[] = [
    ["an embed with nothing in it", { embeds: [{}] }, ["embeds", 0, "description"], "BASE_TYPE_REQUIRED"],
    [
      "a field without a name",
      { embeds: [{ fields: [{ name: " ", value: "v" }] }] },
      ["embeds", 0, "fields", 0, "name"],
      "BASE_TYPE_REQUIRED",
    ],
    [
      "an embed's link of another scheme",
      { embeds: [{ title: "t", url: "ftp://x" }] },
      ["embeds", 0, "url"],
      "URL_TYPE_INVALID_SCHEME",
    ],
    [
      "the same custom_id twice",
      { components: [row(button(1), button(1))] },
      ["components", 0, "components", 1, "custom_id"],
      "COMPONENT_CUSTOM_ID_DUPLICATED",
    ],
    [
      "a link button without a link",
      { components: [row({ type: 2, style: 5, label: "l" })] },
      ["components", 0, "components", 0, "url"],
      "BASE_TYPE_REQUIRED",
    ],
    [
      "a button without custom_id",
      { components: [row({ type: 2, style: 1, label: "l" })] },
      ["components", 0, "components", 0, "custom_id"],
      "BASE_TYPE_REQUIRED",
    ],
    [
      "a button without label or emoji",
      { components: [row({ type: 2, style: 1, custom_id: "a" })] },
      ["components", 0, "components", 0],
      "BUTTON_COMPONENT_INVALID_LABEL",
    ],
    [
      "a select beside a button",
      { components: [row(select(1), button(1))] },
      ["components", 0, "components"],
      "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ],
    [
      "the same option value twice",
      {
        components: [
          row({
            type: 3,
            custom_id: "a",
            options: [
              { label: "a", value: "v" },
              { label: "b", value: "v" },
            ],
          }),
        ],
      },
      ["components", 0, "components", 0, "options", 1, "value"],
      "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ],
    ["V2 components without the flag", { components: [display("t")] }, ["components", 0], "UNION_TYPE_CHOICES"],
    [
      "content beside V2",
      { ...V2, content: "c", components: [display("t")] },
      ["content"],
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ],
    [
      "embeds beside V2",
      { ...V2, embeds: [{ title: "t" }], components: [display("t")] },
      ["embeds"],
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ],
    [
      "a file component without its file",
      { ...V2, components: [{ type: 13, file: { url: "attachment://a.txt" } }] },
      ["components", 0],
      "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ],
    [
      "parse with users and a list of users",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } },
      ["allowed_mentions"],
      "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ],
    [
      "an unknown kind of mention",
      { content: "x", allowed_mentions: { parse: ["people"] } },
      ["allowed_mentions", "parse", 0],
      "BASE_TYPE_CHOICES",
    ],
    [
      "a reply to an unknown message",
      { content: "x", message_reference: { message_id: "1" } },
      ["message_reference"],
      "REPLIES_UNKNOWN_MESSAGE",
    ],
    ["content of another kind", { content: 5 }, ["content"], "STRING_TYPE_CONVERT"],
    ["embeds that are no list", { embeds: "e" }, ["embeds"], "LIST_TYPE_CONVERT"],
    ["an unknown component", { components: [{ type: 99 }] }, ["components", 0, "type"], "UNION_TYPE_CHOICES"],
  ];

  it.each(refusals)("refuses %s", async (_what, body, path, code) => {
    const refused = await bench.post(body);
    expect(refused.status).toBe(400);
    expect(refused.code).toBe(50035);
    expect(at(refused.body, "errors", ...path, "_errors", 0, "code")).toBe(code);
  });

  it.each([[{}], [{ content: "  \n " }], [{ content: null, embeds: [], components: [] }]])(
    "refuses %j as empty",
    async (body) => {
      const refused = await bench.post(body);
      expect([refused.status, refused.code]).toEqual([400, 50006]);
    },
  );

  it("ignores unknown fields and takes numbers given as digits", async () => {
    const answer = await bench.post({ content: "x", tts: false, surprise: { deep: [1] }, flags: "4096" });
    expect(answer.status).toBe(200);
    expect(answer.body["flags"]).toBe(4096);
  });

  it("counts code points, not UTF-16 units", async () => {
    expect((await bench.post({ content: "😀".repeat(limits.contentLength) })).status).toBe(200);
    expect((await bench.post({ content: "😀".repeat(limits.contentLength + 1) })).status).toBe(400);
  });

  it("trims content and embeds, types embeds as rich, numbers components", async () => {
    const { body } = await bench.post({
      content: " a ",
      embeds: [{ title: " t ", fields: [{ name: "n", value: "v" }] }],
      components: [row(button(0), button(1))],
    });
    expect(body["content"]).toBe("a");
    expect(at(body, "embeds", 0)).toEqual({
      type: "rich",
      title: "t",
      fields: [{ name: "n", value: "v", inline: false }],
    });
    expect([
      at(body, "components", 0, "id"),
      at(body, "components", 0, "components", 0, "id"),
      at(body, "components", 0, "components", 1, "id"),
    ]).toEqual([1, 2, 3]);
  });
});
