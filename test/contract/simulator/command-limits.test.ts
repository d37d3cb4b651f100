import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { discordLocales, limits } from "../../../simulator/limits.js";
import { at, startUnhurried } from "./support.js";
import type { Bench } from "./support.js";

const text = (length: number): string => "x".repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const command = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: "health",
  description: "How it is",
  ...extra,
});
const option = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 3,
  name: "target",
  description: "Which",
  ...extra,
});
const long = (total: number): Record<string, unknown> => {
  // The name has 6 characters and the description 9; each option adds 1 + 1 and its choices 200 apiece.
  const choices = (letter: string): unknown[] =>
    many(19, (i) => ({ name: `${letter}${String(i).padStart(3, "0")}${text(96)}`, value: text(100) }));
  const options = ["a", "b"].map((name) => option({ name, description: "d", choices: choices(name) }));
  const used = 6 + 9 + 2 * (2 + 19 * 200);
  const rest = total - used;
  return command({
    options: [
      ...options,
      option({
        name: "c",
        description: "d",
        choices: [
          { name: "n", value: text(100) },
          { name: text(100), value: "v" },
          { name: text(50), value: text(50) },
        ],
      }),
      option({ name: "e", description: text(rest - 2 - 101 - 101 - 100 - 1) }),
    ],
  });
};

interface Case {
  readonly limit: keyof typeof limits;
  readonly body: (n: number) => unknown;
  readonly path: readonly (string | number)[];
  readonly code: string;
}

const cases: readonly Case[] = [
  { limit: "commandNameLength", body: (n) => command({ name: text(n) }), path: ["name"], code: "BASE_TYPE_BAD_LENGTH" },
  {
    limit: "commandDescriptionLength",
    body: (n) => command({ description: text(n) }),
    path: ["description"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "commandOptions",
    body: (n) => command({ options: many(n, (i) => option({ name: `o${i}` })) }),
    path: ["options"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "optionChoices",
    body: (n) => command({ options: [option({ choices: many(n, (i) => ({ name: `n${i}`, value: `v${i}` })) })] }),
    path: ["options", 0, "choices"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "choiceNameLength",
    body: (n) => command({ options: [option({ choices: [{ name: text(n), value: "v" }] })] }),
    path: ["options", 0, "choices", 0, "name"],
    code: "BASE_TYPE_BAD_LENGTH",
  },
  {
    limit: "choiceValueLength",
    body: (n) => command({ options: [option({ choices: [{ name: "n", value: text(n) }] })] }),
    path: ["options", 0, "choices", 0, "value"],
    code: "BASE_TYPE_MAX_LENGTH",
  },
  {
    limit: "stringOptionLength",
    body: (n) => command({ options: [option({ max_length: n })] }),
    path: ["options", 0, "max_length"],
    code: "NUMBER_TYPE_MAX",
  },
  { limit: "commandTotalLength", body: long, path: [], code: "APPLICATION_COMMAND_TOO_LARGE" },
];

describe("application commands", () => {
  let bench: Bench;
  let path: string;

  beforeAll(async () => {
    bench = await startUnhurried();
    path = `/applications/${bench.discord.applicationId}/guilds/${bench.discord.guildId}/commands`;
  });

  afterAll(() => bench.discord.stop());

  it.each(cases.map((each) => [each.limit, each] as const))(
    "limit: %s is exact",
    async (limit, { body, path: where, code }) => {
      const accepted = await bench.call("PUT", path, [body(limits[limit])]);
      expect(accepted.text).toMatch(/^\[\{"id"/);
      const refused = await bench.call("PUT", path, [body(limits[limit] + 1)]);
      expect([refused.status, refused.code]).toEqual([400, 50035]);
      expect(at(refused.body, "errors", 0, ...where, "_errors", 0, "code")).toBe(code);
    },
  );

  it.each([
    ["chatInputCommands", 1],
    ["userCommands", 2],
    ["messageCommands", 3],
  ] as const)("limit: %s per guild", async (limit, type) => {
    const most = limits[limit];
    const make = (count: number): unknown[] =>
      many(count, (i) => ({ type, name: `c${i}`, ...(type === 1 ? { description: "d" } : {}) }));
    await bench.discord.control.clock.advance(86_400_000);
    expect((await bench.call("PUT", path, make(most))).status).toBe(200);
    const refused = await bench.call("PUT", path, make(most + 1));
    expect([refused.status, refused.code]).toEqual([400, 30032]);
    const posted = await bench.call("POST", path, make(most + 1)[most]);
    expect([posted.status, posted.code]).toEqual([400, 30032]);
    await bench.call("PUT", path, []);
  });

  it("limit: commandCreatesPerDay counts only commands that did not exist", async () => {
    await bench.discord.control.clock.advance(86_400_000);
    const set = (from: number): unknown[] => many(50, (i) => command({ name: `n${from + i}` }));
    for (const from of [0, 0, 50, 50, 100, 150]) {
      expect((await bench.call("PUT", path, set(from))).status).toBe(200);
    }
    const refused = await bench.call("PUT", path, set(151));
    expect([refused.status, refused.code]).toEqual([400, 30034]);
    expect((await bench.call("PUT", path, set(150))).status).toBe(200);
    await bench.discord.control.clock.advance(86_400_000);
    expect((await bench.call("PUT", path, set(151))).status).toBe(200);
  });

  it("POST is an upsert: 201 for a new command, 200 with the same id for an existing one", async () => {
    await bench.discord.control.clock.advance(86_400_000);
    await bench.call("PUT", path, []);
    const made = await bench.call("POST", path, command());
    const again = await bench.call("POST", path, command({ description: "Changed" }));
    expect([made.status, again.status]).toEqual([201, 200]);
    expect(again.body["id"]).toBe(made.body["id"]);
    expect(again.body["version"]).not.toBe(made.body["version"]);
    const patched = await bench.call("PATCH", `${path}/${String(made.body["id"])}`, { name: "state" });
    expect([patched.status, patched.body["name"], patched.body["description"]]).toEqual([200, "state", "Changed"]);
    expect((await bench.call("DELETE", `${path}/${String(made.body["id"])}`)).status).toBe(204);
    expect((await bench.call("GET", `${path}/${String(made.body["id"])}`)).code).toBe(10063);
  });

  it("bulk overwrite keeps ids and versions of what did not change", async () => {
    const first = await bench.call("PUT", path, [command(), command({ name: "ping" })]);
    const second = await bench.call("PUT", path, [command({ name: "ping" })]);
    expect(second.list).toHaveLength(1);
    expect(second.list[0]).toEqual(first.list[1]);
    expect((await bench.call("GET", path)).list).toHaveLength(1);
  });

  it("accepts default_member_permissions as digits and shows localisations only when asked to", async () => {
    const localized = command({ name_localizations: { ja: "健康" }, default_member_permissions: "32" });
    const put = await bench.call("PUT", path, [localized]);
    expect(put.list[0]).toMatchObject({ default_member_permissions: "32", name_localizations: { ja: "健康" } });
    const [plain] = (await bench.call("GET", path)).list;
    expect(plain).not.toHaveProperty("name_localizations");
    const [full] = (await bench.call("GET", `${path}?with_localizations=true`)).list;
    expect(full).toHaveProperty("name_localizations", { ja: "健康" });
  });

  it.each(discordLocales)("knows the locale %s", async (locale) => {
    const put = await bench.call("PUT", path, [command({ description_localizations: { [locale]: "d" } })]);
    expect(put.status).toBe(200);
  });

  it.each([
    ["upper case in a name", command({ name: "Health" }), ["name"], "APPLICATION_COMMAND_INVALID_NAME"],
    ["a space in a name", command({ name: "bad name" }), ["name"], "APPLICATION_COMMAND_INVALID_NAME"],
    ["no description", { name: "a" }, ["description"], "BASE_TYPE_REQUIRED"],
    ["an unknown locale", command({ name_localizations: { jp: "a" } }), ["name_localizations"], "ENUM_TYPE_COERCE"],
    [
      "a required option after an optional one",
      command({ options: [option(), option({ name: "b", required: true })] }),
      ["options", 1, "required"],
      "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ],
    [
      "the same option twice",
      command({ options: [option(), option()] }),
      ["options", 1, "name"],
      "APPLICATION_COMMAND_OPTIONS_NAME_EXISTS",
    ],
    [
      "autocomplete with choices",
      command({ options: [option({ autocomplete: true, choices: [{ name: "a", value: "a" }] })] }),
      ["options", 0, "autocomplete"],
      "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE",
    ],
    ["contexts on a guild command", command({ contexts: [0] }), ["contexts"], "APPLICATION_COMMAND_GUILD_ONLY_FIELD"],
    [
      "a description on a user command",
      { type: 2, name: "Quote", description: "d" },
      ["description"],
      "APPLICATION_COMMAND_DESCRIPTION_INVALID",
    ],
  ])("refuses %s", async (_what, body, where, code) => {
    const refused = await bench.call("PUT", path, [body]);
    expect([refused.status, refused.code]).toEqual([400, 50035]);
    expect(at(refused.body, "errors", 0, ...where, "_errors", 0, "code")).toBe(code);
  });

  it.each(["健康", "ヘルス", "état", "a-b_c'd"])("accepts the name %s", async (name) => {
    expect((await bench.call("PUT", path, [command({ name })])).status).toBe(200);
  });

  it("lets nobody but a person set command permissions", async () => {
    const [made] = (await bench.call("PUT", path, [command()])).list;
    const refused = await bench.call("PUT", `${path}/${String(made?.["id"])}/permissions`, { permissions: [] });
    expect([refused.status, refused.code]).toEqual([403, 20001]);
    expect((await bench.call("GET", `${path}/permissions`)).list).toEqual([]);
  });
});
