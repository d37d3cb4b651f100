import { describe, expect, it } from "vitest";

import { parseInteraction } from "../../../src/discord/dispatch/parse.js";
import { GUILD, OPERATOR, PERSON, interaction } from "../../support/discord/payload.js";
import type { Raw } from "../../support/discord/payload.js";

function what(changes: Raw): unknown {
  const parsed = parseInteraction(interaction(changes));
  return parsed.kind === "interaction" ? parsed.what : parsed;
}

function principal(changes: Raw): unknown {
  const parsed = parseInteraction(interaction(changes));
  return parsed.kind === "interaction" ? parsed.asker.principal : parsed;
}

const member = { user: { id: PERSON, username: "operator" }, roles: [OPERATOR], permissions: "32" };

describe("a slash command", () => {
  it("is its name, its options, and who asks where", () => {
    expect(parseInteraction(interaction())).toEqual({
      kind: "interaction",
      replyTo: {
        id: "1400000000000000001",
        token: "aW50ZXJhY3Rpb24-token",
        applicationId: "1400000000000000002",
        channel: "1100000000000000002",
      },
      asker: {
        locale: "en-US",
        principal: {
          kind: "member",
          id: PERSON,
          name: "The Operator",
          guild: GUILD,
          roles: [OPERATOR],
          permissions: 32n,
        },
      },
      what: { kind: "command", name: "look", options: [{ name: "target", value: "web" }], people: new Map() },
    });
  });

  it("with sub-commands goes by its whole name", () => {
    const inner = { type: 1, name: "check", options: [{ name: "verb", type: 3, value: "restart" }] };
    expect(what({ data: { name: "permissions", type: 1, options: [inner] } })).toEqual({
      kind: "command",
      name: "permissions check",
      options: [{ name: "verb", value: "restart" }],
      people: new Map(),
    });
    const group = { type: 2, name: "all", options: [inner] };
    expect(what({ data: { name: "permissions", type: 1, options: [group] } })).toMatchObject({
      name: "permissions all check",
    });
  });

  it("says who somebody is whom an option names; in part known is outside", () => {
    const [known, left, broken] = ["1300000000000000007", "1300000000000000008", "1300000000000000009"];
    const resolved = {
      users: {
        [known]: { id: known, username: "ann" },
        [left]: { id: left, username: "bo" },
        [broken]: { id: broken },
        x: 1,
      },
      members: {
        [known]: { nick: "Ann", roles: [OPERATOR], permissions: "8" },
        [broken]: { roles: "all", permissions: "8" },
      },
    };
    const data = { name: "permissions", type: 1, options: [{ name: "user", type: 6, value: known }], resolved };
    const outside = { guild: undefined, roles: [], permissions: 0n };
    const { people } = what({ data }) as { readonly people: ReadonlyMap<string, unknown> };
    expect([...people]).toEqual([
      [known, { kind: "member", id: known, name: "Ann", guild: GUILD, roles: [OPERATOR], permissions: 8n }],
      [left, { kind: "member", id: left, name: "bo", ...outside }],
      [broken, { kind: "member", id: broken, name: broken, ...outside }],
    ]);
  });

  it.each([
    ["of another type", { name: "Quote", type: 3 }, "not a slash command"],
    ["without a name", { type: 1 }, "without a name"],
    [
      "with options that are no list",
      { name: "look", type: 1, options: {} },
      "with options that are no list of options",
    ],
    [
      "with an option without a value",
      { name: "look", type: 1, options: [{ name: "x" }] },
      "with an option without a value",
    ],
    [
      "with an option that is an object",
      { name: "look", type: 1, options: [{ name: "x", value: {} }] },
      "with an option without a value",
    ],
    [
      "with two sub-commands",
      {
        name: "a",
        options: [
          { type: 1, name: "b" },
          { type: 1, name: "c" },
        ],
      },
      "with a broken sub-command",
    ],
  ])("%s is malformed, and can be answered", (_what, data, problem) => {
    expect(what({ data })).toMatchObject({ kind: "malformed", answerWith: "message", problem });
  });
});

describe("who asks", () => {
  it("goes by the name that the server shows", () => {
    expect(principal({ member: { ...member, nick: "On Call" } })).toMatchObject({ name: "On Call" });
    expect(principal({ member })).toMatchObject({ name: "operator" });
  });

  it("in a direct message is nobody's member, whatever the frame holds besides", () => {
    expect(principal({ member: undefined, guild_id: undefined, user: { id: PERSON, username: "x" } })).toMatchObject({
      guild: undefined,
      roles: [],
      permissions: 0n,
    });
    expect(principal({ guild_id: undefined })).toMatchObject({ guild: undefined, roles: [], permissions: 0n });
  });

  it("through an app of their own is nobody's member either", () => {
    expect(principal({ authorizing_integration_owners: { "1": PERSON } })).toMatchObject({ guild: undefined });
    expect(principal({ authorizing_integration_owners: { "0": GUILD, "1": PERSON } })).toMatchObject({ guild: GUILD });
  });

  it("has permission bits beyond what a number holds", () => {
    expect(principal({ member: { ...member, permissions: "9007199254740993" } })).toMatchObject({
      permissions: 9_007_199_254_740_993n,
    });
  });

  it.each([
    ["no user", { member: { roles: [], permissions: "0" } }, "without a user"],
    ["a user without an id", { member: { ...member, user: {} } }, "without a user"],
    ["roles that are no ids", { member: { ...member, roles: ["admin"] } }, "with roles that are no ids"],
    ["no roles", { member: { ...member, roles: undefined } }, "with roles that are no ids"],
    ["no permissions", { member: { ...member, permissions: undefined } }, "without permissions"],
    ["permissions as a negative number", { member: { ...member, permissions: "-1" } }, "without permissions"],
    ["permissions as a number", { member: { ...member, permissions: 32 } }, "without permissions"],
  ])("with %s is malformed", (_what, changes, problem) => {
    expect(principal(changes)).toMatchObject({ kind: "malformed", problem });
  });
});

describe("buttons, selects and modals", () => {
  it("carry a custom id, and what was chosen or typed", () => {
    const message = { id: "1" };
    expect(what({ type: 3, message, data: { custom_id: "v1:refresh:a:b", component_type: 2 } })).toEqual({
      kind: "press",
      customId: "v1:refresh:a:b",
      values: [],
      onMessage: true,
    });
    expect(
      what({ type: 3, message, data: { custom_id: "v1:pick:1", component_type: 3, values: ["a", "b"] } }),
    ).toMatchObject({ values: ["a", "b"] });
    const rows = [{ type: 1, components: [{ type: 4, custom_id: "why", value: "because" }] }];
    expect(what({ type: 5, data: { custom_id: "v1:note:1", components: rows } })).toMatchObject({
      values: ["because"],
      onMessage: false,
    });
    const labels = [
      { type: 18, component: { type: 4, custom_id: "why", value: "because" } },
      { type: 18, component: { type: 3, custom_id: "who", values: ["x"] } },
    ];
    expect(what({ type: 5, data: { custom_id: "v1:note:1", components: labels } })).toMatchObject({
      values: ["because", "x"],
    });
  });

  it.each([{}, { custom_id: "" }, { custom_id: 5 }, { custom_id: "x".repeat(101) }])(
    "without a custom id: %j",
    (data) => {
      expect(what({ type: 3, data })).toMatchObject({ kind: "malformed", problem: "without a custom id" });
    },
  );
});

describe("autocomplete", () => {
  it("tells what is being typed, and what stands already", () => {
    const options = [
      { name: "lines", type: 4, value: 20 },
      { name: "target", type: 3, value: "we", focused: true },
    ];
    expect(what({ type: 4, data: { name: "look", type: 1, options } })).toEqual({
      kind: "autocomplete",
      name: "look",
      options: [{ name: "lines", value: 20 }],
      focused: { name: "target", partial: "we" },
    });
  });

  it("that is malformed is answered with choices: Discord takes nothing else", () => {
    expect(what({ type: 4, data: {} })).toMatchObject({ kind: "malformed", answerWith: "choices" });
  });
});

describe("what cannot even be answered", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["a list", []],
    ["an empty object", {}],
    ["no token", { ...interaction(), token: undefined }],
    ["an id that is a number", { ...interaction(), id: 5 }],
    ["an id that leaves its place in the path", { ...interaction(), id: "12/../34" }],
    ["an empty token", { ...interaction(), token: "" }],
    ["a token with a slash", { ...interaction(), token: "../../channels/1" }],
    ["a token that is a way up", { ...interaction(), token: ".." }],
    ["a token with a blank", { ...interaction(), token: "a b" }],
    ["a token with a query", { ...interaction(), token: "a?b" }],
    ["a token without end", { ...interaction(), token: "x".repeat(513) }],
  ])("%s", (_what, raw) => {
    expect(parseInteraction(raw)).toMatchObject({ kind: "unanswerable" });
  });
});
