import * as schemas from "discord-api-spec/zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { at, identify, startUnhurried } from "./support.js";
import type { Answer, Bench } from "./support.js";

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly unknown[] } };
}

function utc(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === "string" && /^\d{4}-.*\+00:00$/.test(item) ? item.replace("+00:00", "Z") : item,
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "safeParse" in value;
}

/**
 * What the published schema of that name says against a value. Times are rewritten to end in Z: Discord writes +00:00,
 * which the schema library's notion of a date-time does not take.
 */
function complaints(name: string, value: unknown): readonly unknown[] {
  const schema: unknown = Reflect.get(schemas, `${name}Schema`);
  if (!isSchema(schema)) throw new Error(`no schema "${name}Schema"`);
  return schema.safeParse(utc(value)).error?.issues ?? [];
}

describe("the simulator's own answers fit the published schemas", () => {
  let bench: Bench;
  let guild: string;
  let ops: string;

  beforeAll(async () => {
    bench = await startUnhurried();
    guild = `/guilds/${bench.discord.guildId}`;
    ops = `/channels/${bench.discord.opsChannelId}`;
    const permissions = ["ADMINISTRATOR"];
    await bench.discord.control.setRole("toban", { permissions });
  });

  afterAll(() => bench.discord.stop());

  const get = (path: string): Promise<Answer> => bench.call("GET", path);

  it.each([
    ["/gateway/bot", "GatewayBotResponse"],
    ["/users/@me", "UserPIIResponse"],
    ["/applications/@me", "PrivateApplicationResponse"],
  ])("GET %s is a %s", async (path, schema) => {
    expect(complaints(schema, (await get(path)).body)).toEqual([]);
  });

  it("guild, member, roles and channels", async () => {
    expect(complaints("GuildWithCountsResponse", (await get(guild)).body)).toEqual([]);
    expect(complaints("GuildMemberResponse", (await get(`${guild}/members/@me`)).body)).toEqual([]);
    for (const role of (await get(`${guild}/roles`)).list) expect(complaints("GuildRoleResponse", role)).toEqual([]);
    await bench.discord.control.createChannel("help", { type: 15, tags: ["a"] });
    const channels = (await get(`${guild}/channels`)).list;
    expect(channels.length).toBeGreaterThan(1);
    for (const channel of channels) expect(complaints("GuildChannelResponse", channel)).toEqual([]);
  });

  it("messages of every kind", async () => {
    const said = await bench.discord.control.as("viewer").say(bench.discord.opsChannelId, "hi");
    const row = { type: 1, components: [{ type: 2, style: 1, label: "l", custom_id: "a" }] };
    const select = { type: 1, components: [{ type: 3, custom_id: "s", options: [{ label: "l", value: "v" }] }] };
    const text = { type: 10, content: "t" };
    const v2 = [
      { type: 17, accent_color: 255, components: [text, { type: 14 }, row] },
      { type: 9, components: [text], accessory: { type: 11, media: { url: "https://example.org/a.png" } } },
      { type: 12, items: [{ media: { url: "https://example.org/b.png" } }] },
    ];
    const embed = {
      title: "t",
      description: "d",
      url: "https://example.org",
      color: 1,
      timestamp: "2026-01-01T00:00:00Z",
      fields: [{ name: "n", value: "v" }],
      footer: { text: "f" },
      author: { name: "a" },
      image: { url: "https://example.org/c.png" },
    };
    const bodies = [
      { content: "plain" },
      { content: "full", embeds: [embed], components: [row, select], nonce: "n", enforce_nonce: true },
      { content: "reply", message_reference: { message_id: said.id } },
      { flags: 1 << 15, components: v2 },
    ];
    for (const body of bodies) expect(complaints("MessageResponse", (await bench.post(body)).body)).toEqual([]);
    const form = new FormData();
    form.set("payload_json", JSON.stringify({ attachments: [{ id: "0", description: "alt" }] }));
    form.set("files[0]", new Blob(["a"], { type: "text/plain" }), "a.txt");
    const file = await bench.call("POST", bench.messages, undefined, { form });
    expect(complaints("MessageResponse", file.body)).toEqual([]);
    const id = String(file.body["id"]);
    await bench.call("PUT", `${bench.messages}/${id}/reactions/${encodeURIComponent("👍")}/@me`);
    await bench.call("PUT", `${bench.messages}/pins/${id}`);
    await bench.call("POST", `${bench.messages}/${id}/threads`, { name: "why" });
    const history = (await get(`${bench.messages}?limit=100`)).list;
    expect(history.length).toBeGreaterThan(bodies.length);
    for (const message of history) expect(complaints("MessageResponse", message)).toEqual([]);
    expect(complaints("PinnedMessagesResponse", (await get(`${bench.messages}/pins`)).body)).toEqual([]);
  });

  it("threads and forum posts", async () => {
    const made = await bench.call("POST", `${ops}/threads`, { name: "t", type: 11 });
    expect(complaints("ThreadResponse", made.body)).toEqual([]);
    const members = (await get(`/channels/${String(made.body["id"])}/thread-members`)).list;
    expect(members).toHaveLength(1);
    for (const member of members) expect(complaints("ThreadMemberResponse", member)).toEqual([]);
    const forum = await bench.discord.control.createChannel("posts", { type: 15 });
    const post = await bench.call("POST", `/channels/${forum}/threads`, { name: "p", message: { content: "x" } });
    expect(complaints("CreatedThreadResponse", post.body)).toEqual([]);
    expect(complaints("MessageResponse", post.body["message"])).toEqual([]);
  });

  it("commands and webhooks", async () => {
    const path = `/applications/${bench.discord.applicationId}/guilds/${bench.discord.guildId}/commands`;
    const options = [{ type: 3, name: "target", description: "d", choices: [{ name: "a", value: "a" }] }];
    const put = await bench.call("PUT", path, [
      { name: "health", description: "d", options },
      { type: 3, name: "Quote" },
    ]);
    expect(put.list).toHaveLength(2);
    for (const command of put.list) expect(complaints("ApplicationCommandResponse", command)).toEqual([]);
    const hook = await bench.call("POST", `${ops}/webhooks`, { name: "h" });
    expect(complaints("GuildIncomingWebhookResponse", hook.body)).toEqual([]);
  });

  it("the audit log and command permissions", async () => {
    const { control, guildId, applicationId } = bench.discord;
    await control.setRole("toban", { permissions: ["ADMINISTRATOR"] });
    await bench.call("PATCH", ops, { topic: "alerts" }, { headers: { "x-audit-log-reason": "tidy" } });
    const log = await get(`/guilds/${guildId}/audit-logs`);
    expect(at(log.body, "audit_log_entries", 0, "reason")).toBe("tidy");
    expect(complaints("GuildAuditLogResponse", log.body)).toEqual([]);
    await control.setCommandPermissions(null, [{ who: "viewer", allow: true }]);
    const { list } = await get(`/applications/${applicationId}/guilds/${guildId}/commands/permissions`);
    expect(list).toHaveLength(1);
    expect(complaints("CommandPermissionsResponse", list[0])).toEqual([]);
  });

  it("interaction callbacks", async () => {
    bench.pause = 0;
    const gateway = await identify(bench, 0);
    await gateway.event("READY");
    await bench.discord.control.as("viewer").command("any", {}, { force: true });
    const { d } = await gateway.event("INTERACTION_CREATE");
    const { id, token } = d as { readonly id: string; readonly token: string };
    const path = `/interactions/${id}/${token}/callback?with_response=true`;
    const body = { type: 4, data: { content: "x" } };
    const answer = await bench.call("POST", path, body, { token: null });
    expect(complaints("InteractionCallbackResponse", answer.body)).toEqual([]);
    const original = await bench.call("GET", `/webhooks/${bench.discord.applicationId}/${token}/messages/@original`);
    expect(complaints("MessageResponse", original.body)).toEqual([]);
    gateway.socket.terminate();
  });

  it("errors, whose inner codes are names", async () => {
    const [empty, form, unknown] = [await bench.post({}), await bench.post({ embeds: [{}] }), await get("/channels/1")];
    for (const refused of [empty, form, unknown]) expect(complaints("Error", refused.body)).toEqual([]);
    expect(form.body["errors"]).toEqual({
      embeds: { 0: { description: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] } } },
    });
  });
});
