import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";
import { at, identify, startUnhurried } from "./support.js";
import type { Bench, GatewayProbe } from "./support.js";

const HEALTH = {
  name: "health",
  description: "How it is",
  options: [
    { type: 3, name: "target", description: "Which", autocomplete: true },
    { type: 4, name: "lines", description: "How many", min_value: 1, max_value: 50 },
    { type: 6, name: "who", description: "Who" },
  ],
};

interface Sent {
  readonly id: string;
  readonly token: string;
  readonly payload: unknown;
}

describe("interactions", () => {
  let bench: Bench;
  let gateway: GatewayProbe;
  let seen: number;

  beforeEach(async () => {
    bench = await startUnhurried();
    bench.pause = 0;
    seen = 0;
    const path = `/applications/${bench.discord.applicationId}/guilds/${bench.discord.guildId}/commands`;
    await bench.call("PUT", path, [HEALTH, { name: "admin", description: "d", default_member_permissions: "32" }]);
    gateway = await identify(bench);
    await gateway.event("READY");
  });

  afterEach(async () => {
    gateway.socket.terminate();
    await bench.discord.stop();
  });

  async function received(): Promise<Sent> {
    seen += 1;
    const wanted = seen;
    const frame = await gateway.until(
      () => gateway.frames.filter((each) => each.t === "INTERACTION_CREATE")[wanted - 1],
    );
    return { id: String(at(frame.d, "id")), token: String(at(frame.d, "token")), payload: frame.d };
  }

  const callback = (sent: Sent, body: unknown, query = "") =>
    bench.call("POST", `/interactions/${sent.id}/${sent.token}/callback${query}`, body, { token: null });
  const webhook = (sent: Sent, rest = ""): string => `/webhooks/${bench.discord.applicationId}/${sent.token}${rest}`;
  const viewer = () => bench.discord.control.as("viewer");

  it("carries what the documentation names", async () => {
    const { people } = await bench.discord.control.identity();
    const who = people["operator"] ?? "";
    await viewer().command("health", { target: "web", lines: 3, who }, { locale: "ja" });
    const { payload } = await received();
    expect(payload).toMatchObject({
      type: 2,
      version: 1,
      locale: "ja",
      guild_locale: "en-US",
      context: 0,
      attachment_size_limit: limits.fileBytes,
      guild_id: bench.discord.guildId,
      channel_id: bench.discord.opsChannelId,
      entitlements: [],
      authorizing_integration_owners: { "0": bench.discord.guildId },
      data: {
        name: "health",
        guild_id: bench.discord.guildId,
        options: [
          { name: "target", type: 3, value: "web" },
          { name: "lines", type: 4, value: 3 },
          { name: "who", type: 6, value: who },
        ],
        resolved: { users: { [who]: { username: "operator" } } },
      },
      member: { user: { id: people["viewer"] } },
    });
    expect(BigInt(String(at(payload, "member", "permissions")))).toBeGreaterThan(0n);
    expect(BigInt(String(at(payload, "app_permissions")))).toBeGreaterThan(0n);
  });

  it("limit: interactionResponseMs — later answers meet 10062 and the person reads that nobody answered", async () => {
    const asked = await viewer().command("health");
    const sent = await received();
    await bench.discord.control.clock.advance(limits.interactionResponseMs);
    expect(await asked.response()).toMatchObject({ state: "failed", error: "The application did not respond" });
    const late = await callback(sent, { type: 4, data: { content: "x" } });
    expect([late.status, late.code]).toEqual([404, 10062]);
    const edit = await bench.call("PATCH", webhook(sent, "/messages/@original"), { content: "x" }, { token: null });
    expect([edit.status, edit.code]).toEqual([401, 50027]);
  });

  it("accepts an answer just before the limit", async () => {
    await viewer().command("health");
    const sent = await received();
    await bench.discord.control.clock.advance(limits.interactionResponseMs - 1);
    expect((await callback(sent, { type: 5 })).status).toBe(204);
  });

  it("limit: interactionTokenMs — edits and follow-ups work for 15 minutes, then 50027", async () => {
    const asked = await viewer().command("health");
    const sent = await received();
    await callback(sent, { type: 5 });
    expect(await asked.first()).toMatchObject({ state: "loading", deferred: true });
    await bench.discord.control.clock.advance(limits.interactionTokenMs - 1);
    const edit = await bench.call(
      "PATCH",
      webhook(sent, "/messages/%40original"),
      { content: "done" },
      { token: null },
    );
    expect([edit.status, edit.body["content"]]).toEqual([200, "done"]);
    expect((await asked.response()).message).toMatchObject({ content: "done", loading: false, editedAt: null });
    await bench.discord.control.clock.advance(2);
    const late = await bench.call("POST", webhook(sent), { content: "more" }, { token: null });
    expect([late.status, late.code]).toEqual([401, 50027]);
  });

  it("refuses a second callback with 40060", async () => {
    await viewer().command("health");
    const sent = await received();
    await callback(sent, { type: 4, data: { content: "one" } });
    const second = await callback(sent, { type: 4, data: { content: "two" } });
    expect([second.status, second.code]).toEqual([400, 40060]);
  });

  it("accepts only one of two callbacks that race", async () => {
    await viewer().command("health");
    const sent = await received();
    const both = await Promise.all([1, 2].map((n) => callback(sent, { type: 4, data: { content: `${n}` } })));
    expect(both.map((answer) => answer.code).sort((a, b) => a - b)).toEqual([0, 40060]);
    expect(await bench.discord.control.messages(bench.discord.opsChannelId)).toHaveLength(1);
  });

  it("gives the message back with with_response", async () => {
    await viewer().command("health");
    const sent = await received();
    const answer = await callback(sent, { type: 4, data: { content: "x", flags: 64 } }, "?with_response=true");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      interaction: { id: sent.id, type: 2, response_message_ephemeral: true, response_message_loading: false },
      resource: { type: 4, message: { content: "x", flags: 64 } },
    });
  });

  it.each([
    ["a wrong token", (sent: Sent) => ({ ...sent, token: "nothing" }), 10062],
    ["an unknown interaction", (sent: Sent) => ({ ...sent, id: "1".repeat(19) }), 10062],
  ])("answers %s with 404", async (_what, change, code) => {
    await viewer().command("health");
    const answer = await callback(change(await received()), { type: 4, data: { content: "x" } });
    expect([answer.status, answer.code]).toEqual([404, code]);
  });

  it.each([1, 6, 7, 8, 10, 12, 99])("refuses callback type %i for a command", async (type) => {
    await viewer().command("health");
    const sent = await received();
    const refused = await callback(sent, { type, data: { choices: [] } });
    expect([refused.status, refused.code]).toEqual([400, 50035]);
    expect((await callback(sent, { type: 4, data: { content: "still possible" } })).status).toBe(204);
  });

  it("puts complaints about data under data", async () => {
    await viewer().command("health");
    const refused = await callback(await received(), { type: 4, data: { content: "x".repeat(2001) } });
    expect(at(refused.body, "errors", "data", "content", "_errors", 0, "code")).toBe("BASE_TYPE_MAX_LENGTH");
  });

  it("keeps ephemeral answers out of history and away from others", async () => {
    const asked = await viewer().command("health");
    const sent = await received();
    await callback(sent, {
      type: 4,
      data: {
        content: "secret",
        flags: 64,
        components: [{ type: 1, components: [{ type: 2, style: 1, label: "l", custom_id: "a" }] }],
      },
    });
    const { message } = await asked.response();
    const id = message?.id ?? "";
    expect((await bench.call("GET", bench.messages)).list).toEqual([]);
    expect((await bench.call("GET", `${bench.messages}/${id}`)).code).toBe(10008);
    expect(await bench.discord.control.messages(bench.discord.opsChannelId, { as: "viewer" })).toHaveLength(1);
    expect(await bench.discord.control.messages(bench.discord.opsChannelId, { as: "operator" })).toHaveLength(0);
    await expect(bench.discord.control.as("operator").press(id, "a")).rejects.toThrow(/only the asker/);
  });

  it("fixes the ephemeral state when the answer is deferred", async () => {
    const asked = await viewer().command("health");
    const sent = await received();
    await callback(sent, { type: 5, data: { flags: 64 } });
    await bench.call("PATCH", webhook(sent, "/messages/@original"), { content: "x", flags: 0 }, { token: null });
    expect((await asked.response()).ephemeral).toBe(true);
  });

  it("lets a follow-up right after a deferred answer fill it in, and the next one stand alone", async () => {
    const asked = await viewer().command("health");
    const sent = await received();
    await callback(sent, { type: 5 });
    const first = await bench.call("POST", webhook(sent), { content: "one" }, { token: null });
    const second = await bench.call("POST", webhook(sent), { content: "two", flags: 64 }, { token: null });
    const view = await asked.response();
    expect(view.message).toMatchObject({ id: first.body["id"], content: "one" });
    expect(view.followUps.map((each) => each.content)).toEqual(["two"]);
    const remove = await bench.call("DELETE", webhook(sent, `/messages/${String(second.body["id"])}`), undefined, {
      token: null,
    });
    expect(remove.status).toBe(204);
  });

  it("knows no @original before the first answer", async () => {
    await viewer().command("health");
    const sent = await received();
    const answer = await bench.call("GET", webhook(sent, "/messages/@original"), undefined, { token: null });
    expect(answer.status).toBe(404);
  });

  it("lets components update their message, defer silently and open modals", async () => {
    const { control } = bench.discord;
    const row = { type: 1, components: [{ type: 2, style: 1, label: "l", custom_id: "a" }] };
    const made = await bench.post({ content: "old", components: [row] });
    const id = String(made.body["id"]);

    const pressed = await control.as("operator").press(id, "a");
    const sent = await received();
    expect(sent.payload).toMatchObject({
      type: 3,
      data: { component_type: 2, custom_id: "a" },
      message: { id, content: "old" },
    });
    await callback(sent, { type: 7, data: { content: "new", components: [] } });
    expect(await pressed.response()).toMatchObject({
      state: "updated",
      message: { id, content: "new", components: [] },
    });
    await expect(control.as("operator").press(id, "a")).rejects.toThrow(/no component/);

    const other = String((await bench.post({ content: "m", components: [row] })).body["id"]);
    const opened = await control.as("operator").press(other, "a");
    const opener = await received();
    const label = { type: 18, label: "Why", component: { type: 4, custom_id: "why", style: 1, max_length: 5 } };
    const modal = { type: 9, data: { custom_id: "form", title: "Reason", components: [label] } };
    expect((await callback(opener, modal)).status).toBe(204);
    expect(await opened.response()).toMatchObject({ state: "modal", modal: { title: "Reason" } });
    await expect(control.as("operator").submitModal(opened, {})).rejects.toThrow(/must be filled in/);
    await expect(control.as("operator").submitModal(opened, { why: "too long" })).rejects.toThrow(/at most 5/);
    await control.as("operator").submitModal(opened, { why: "disk" });
    const submitted = await received();
    expect(submitted.payload).toMatchObject({
      type: 5,
      data: { custom_id: "form", components: [{ type: 18, component: { type: 4, custom_id: "why", value: "disk" } }] },
    });
    expect((await callback(submitted, modal)).code).toBe(50035);
    expect((await callback(submitted, { type: 6 })).status).toBe(204);
  });

  it.each([
    ["modalTitleLength", (n: number) => ({ title: "x".repeat(n) }), ["data", "title"]],
    [
      "modalComponents",
      (n: number) => ({
        components: Array.from({ length: n }, (_, i) => ({
          type: 18,
          label: "l",
          component: { type: 4, custom_id: `c${i}`, style: 1 },
        })),
      }),
      ["data", "components"],
    ],
    [
      "labelLength",
      (n: number) => ({
        components: [{ type: 18, label: "x".repeat(n), component: { type: 4, custom_id: "c", style: 1 } }],
      }),
      ["data", "components", 0, "label"],
    ],
    [
      "labelDescriptionLength",
      (n: number) => ({
        components: [
          { type: 18, label: "l", description: "x".repeat(n), component: { type: 4, custom_id: "c", style: 1 } },
        ],
      }),
      ["data", "components", 0, "description"],
    ],
    [
      "textInputLength",
      (n: number) => ({
        components: [{ type: 18, label: "l", component: { type: 4, custom_id: "c", style: 1, value: "x".repeat(n) } }],
      }),
      ["data", "components", 0, "component", "value"],
    ],
    [
      "textInputPlaceholderLength",
      (n: number) => ({
        components: [
          { type: 18, label: "l", component: { type: 4, custom_id: "c", style: 1, placeholder: "x".repeat(n) } },
        ],
      }),
      ["data", "components", 0, "component", "placeholder"],
    ],
  ] as const)("limit: %s of a modal", async (limit, change, path) => {
    const base = {
      custom_id: "form",
      title: "t",
      components: [{ type: 18, label: "l", component: { type: 4, custom_id: "c", style: 1 } }],
    };
    await viewer().command("health");
    const sent = await received();
    const refused = await callback(sent, { type: 9, data: { ...base, ...change(limits[limit] + 1) } });
    expect([refused.status, refused.code]).toEqual([400, 50035]);
    expect(at(refused.body, "errors", ...path, "_errors", 0)).toBeDefined();
    expect((await callback(sent, { type: 9, data: { ...base, ...change(limits[limit]) } })).status).toBe(204);
  });

  it("limit: autocompleteChoices", async () => {
    const choices = (count: number): unknown => ({
      type: 8,
      data: { choices: Array.from({ length: count }, (_, i) => ({ name: `n${i}`, value: `v${i}` })) },
    });
    const asked = await viewer().autocomplete("health", "target", "we");
    const sent = await received();
    expect(sent.payload).toMatchObject({
      type: 4,
      data: { options: [{ name: "target", value: "we", focused: true }] },
    });
    expect((await callback(sent, choices(limits.autocompleteChoices + 1))).code).toBe(50035);
    expect((await callback(sent, { type: 4, data: { content: "x" } })).code).toBe(50035);
    expect((await callback(sent, choices(limits.autocompleteChoices))).status).toBe(204);
    expect((await asked.response()).choices).toHaveLength(limits.autocompleteChoices);
  });

  it("keeps a person's client honest", async () => {
    await expect(viewer().command("nothing")).rejects.toThrow(/no command \/nothing/);
    await expect(viewer().command("admin")).rejects.toThrow(/does not see \/admin/);
    await expect(viewer().command("health", { lines: 51 })).rejects.toThrow(/at most 50/);
    await expect(viewer().command("health", { lines: "many" })).rejects.toThrow(/a number/);
    await expect(viewer().command("health", { other: "x" })).rejects.toThrow(/no option "other"/);
    await expect(viewer().command("health", {}, { guildId: bench.discord.foreignGuildId })).rejects.toThrow(
      /no command/,
    );
    await bench.discord.control.as("admin").command("admin");
    expect((await received()).payload).toMatchObject({ data: { name: "admin" } });
  });

  it("sends what an honest client would not, from elsewhere and from direct messages, when forced", async () => {
    await bench.discord.control
      .as("admin")
      .command("health", {}, { guildId: bench.discord.foreignGuildId, force: true });
    expect((await received()).payload).toMatchObject({ guild_id: bench.discord.foreignGuildId });
    await bench.discord.control.as("admin").command("health", { lines: 10_000 }, { direct: true, force: true });
    const { payload } = await received();
    expect(payload).toMatchObject({ context: 1, data: { options: [{ name: "lines", value: 10_000 }] } });
    expect(at(payload, "member")).toBeUndefined();
    expect(at(payload, "user", "username")).toBe("admin");
  });

  it("pings users only by default and shows the origin on the message", async () => {
    const { people } = await bench.discord.control.identity();
    const role = await bench.discord.control.addRole("oncall2", { mentionable: true });
    const asked = await viewer().command("health");
    const sent = await received();
    await callback(sent, { type: 4, data: { content: `<@${people["admin"] ?? ""}> <@&${role}> @everyone` } });
    const { message } = await asked.response();
    expect(message?.mentioned).toEqual({ users: [people["admin"]], roles: [], everyone: false, repliedUser: null });
    const [shown] = (await bench.call("GET", bench.messages)).list;
    expect(shown).toMatchObject({
      type: 20,
      interaction_metadata: { id: sent.id, type: 2 },
      application_id: bench.discord.applicationId,
    });
  });

  it("is not bound to the global limit", async () => {
    const answers = await Promise.all(
      Array.from({ length: limits.globalRequests + 10 }, () =>
        bench.call("POST", "/interactions/1111111111111111111/x/callback", { type: 5 }, { token: null }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([404]));
    expect((await bench.call("GET", "/users/@me")).status).toBe(200);
  });
});
