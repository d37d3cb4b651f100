import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";
import { at, startUnhurried } from "./support.js";
import type { Bench } from "./support.js";

const FORBIDDEN = { status: 403, code: 50013 };

let bench: Bench;
let path = "";
beforeAll(async () => {
  bench = await startUnhurried();
  const { applicationId, guildId } = bench.discord;
  path = `/applications/${applicationId}/guilds/${guildId}/commands`;
  const commands = [
    { name: "open", description: "For everybody" },
    { name: "managed", description: "For managers", default_member_permissions: "32" },
  ];
  await bench.call("PUT", path, commands);
});
afterAll(() => bench.discord.stop());

describe("permissions of commands, as a server's managers set them", () => {
  const may = async (who: string, command: string, channelId?: string): Promise<boolean> => {
    const { control } = bench.discord;
    const place = channelId === undefined ? {} : { channelId };
    const offered = (await control.operations.commands({ as: who, ...place })).some(({ name }) => name === command);
    const sent = await control
      .as(who)
      .command(command, {}, place)
      .then(() => true)
      .catch(() => false);
    expect(sent).toBe(offered);
    return offered;
  };

  it.each([
    ["nothing set", [], { open: true, managed: false }],
    ["a role denied", [{ who: "operator", allow: false }], { open: false, managed: false }],
    ["a role allowed", [{ who: "operator", allow: true }], { open: true, managed: true }],
    [
      "a person before their role",
      [
        { who: "operator", allow: false },
        { who: "operator-person", allow: true },
      ],
      { open: true, managed: true },
    ],
    [
      "a role before everyone",
      [
        { who: "@everyone", allow: false },
        { who: "operator", allow: true },
      ],
      { open: true, managed: true },
    ],
    ["no channel", [{ who: "all channels", allow: false }], { open: false, managed: false }],
  ] as const)("for one command and for all: %s", async (_what, overwrites, expected) => {
    const { control } = bench.discord;
    const userId = (await control.operations.guild()).members.find(({ name }) => name === "operator")?.id ?? "";
    const roleId = (await control.operations.guild()).roles.find(({ name }) => name === "operator")?.id ?? "";
    const named = overwrites.map(({ who, allow }) => ({
      who: who === "operator" ? roleId : who === "operator-person" ? userId : who,
      allow,
    }));
    for (const command of ["open", "managed"] as const) {
      await control.setCommandPermissions(command, named);
      expect(await may("operator", command)).toBe(expected[command]);
      expect(await may("admin", command)).toBe(true);
      await control.setCommandPermissions(command, []);
      await control.setCommandPermissions(null, named);
      expect(await may("operator", command)).toBe(expected[command]);
      await control.setCommandPermissions(null, []);
    }
  });

  it("a channel's own line counts before that of all channels, the command's before the application's", async () => {
    const { control, opsChannelId } = bench.discord;
    const other = await control.createChannel("other");
    await control.setCommandPermissions(null, [{ who: "all channels", allow: false }]);
    await control.setCommandPermissions("open", [{ who: opsChannelId, allow: true }]);
    expect([await may("viewer", "open", opsChannelId), await may("viewer", "open", other)]).toEqual([true, false]);
    await control.setCommandPermissions("open", []);
    await control.setCommandPermissions(null, []);
  });

  it("limit: commandPermissionOverwrites; the bot reads what is set and cannot set it", async () => {
    const { control, guildId, applicationId } = bench.discord;
    const id = String((await control.commands()).find(({ name }) => name === "open")?.["id"]);
    const before = await bench.call("GET", `${path}/${id}/permissions`);
    expect([before.status, before.code]).toEqual([404, 10066]);
    const many = (count: number) => Array.from({ length: count }, () => ({ who: "viewer", allow: true }));
    await control.setCommandPermissions("open", many(limits.commandPermissionOverwrites));
    const most = many(limits.commandPermissionOverwrites + 1);
    await expect(control.setCommandPermissions("open", most)).rejects.toThrow(/30040|permissions/);
    const { body } = await bench.call("GET", `${path}/${id}/permissions`);
    expect(body).toMatchObject({ id, guild_id: guildId, application_id: applicationId });
    expect(at(body, "permissions", 0)).toMatchObject({ type: 2, permission: true });
    expect((await bench.call("GET", `${path}/permissions`)).list).toHaveLength(1);
    const set = await bench.call("PUT", `${path}/${id}/permissions`, { permissions: [] });
    expect([set.status, set.code]).toEqual([403, 20001]);
    await control.setCommandPermissions("open", []);
  });
});

describe("the audit log", () => {
  const entries = async (query = ""): Promise<readonly unknown[]> => {
    const { body } = await bench.call("GET", `/guilds/${bench.discord.guildId}/audit-logs${query}`);
    const list = body["audit_log_entries"];
    return Array.isArray(list) ? list : [];
  };

  it("keeps who did what, to what, and the decoded reason", async () => {
    const { control, opsChannelId, botUserId } = bench.discord;
    await control.setRole("toban", {
      permissions: ["VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY", "PIN_MESSAGES", "VIEW_AUDIT_LOG"],
    });
    const id = await bench.say("pin me");
    const pinned = await bench.call("PUT", `/channels/${opsChannelId}/messages/pins/${id}`, undefined, {
      headers: { "x-audit-log-reason": encodeURIComponent("runbook für heute") },
    });
    expect(pinned.status).toBe(204);
    expect((await entries())[0]).toMatchObject({
      action_type: 74,
      target_id: botUserId,
      user_id: botUserId,
      reason: "runbook für heute",
    });
    await bench.call("DELETE", `/channels/${opsChannelId}/messages/pins/${id}`);
    expect((await entries())[0]).toMatchObject({ action_type: 75 });
    expect((await entries("?action_type=74")).length).toBe(1);
    const count = (await entries()).length;
    const own = await bench.call("DELETE", `${bench.messages}/${id}`);
    expect([own.status, (await entries()).length]).toEqual([204, count]);
  });

  it("limit: auditEntriesPerPage; it needs VIEW_AUDIT_LOG", async () => {
    const id = await bench.say("pin me");
    const pin = `/channels/${bench.discord.opsChannelId}/messages/pins/${id}`;
    for (let turn = 0; turn <= limits.auditEntriesPerPage; turn += 1)
      await bench.call(turn % 2 === 0 ? "PUT" : "DELETE", pin);
    expect(await entries(`?limit=${limits.auditEntriesPerPage}`)).toHaveLength(limits.auditEntriesPerPage);
    const [newest] = await entries("?limit=1");
    const older = await entries(`?limit=1&before=${String(at(newest, "id"))}`);
    expect(at(older, 0, "action_type")).toBe(75);
    const logs = `/guilds/${bench.discord.guildId}/audit-logs`;
    const more = await bench.call("GET", `${logs}?limit=${limits.auditEntriesPerPage + 1}`);
    expect([more.status, more.code]).toEqual([400, 50035]);
    await bench.discord.control.setRole("toban", { permissions: ["VIEW_CHANNEL", "SEND_MESSAGES"] });
    expect(await bench.call("GET", logs)).toMatchObject(FORBIDDEN);
  });
});

describe("reactions of others", () => {
  it("are taken away by emoji or all at once, with MANAGE_MESSAGES", async () => {
    const { control } = bench.discord;
    const base = ["VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS"];
    await control.setRole("toban", { permissions: base });
    const reactions = `${bench.messages}/${await bench.say("look")}/reactions`;
    for (const emoji of ["✅", "👀"]) await bench.call("PUT", `${reactions}/${encodeURIComponent(emoji)}/@me`);
    expect(await bench.call("DELETE", `${reactions}/${encodeURIComponent("✅")}`)).toMatchObject(FORBIDDEN);
    await control.setRole("toban", { permissions: [...base, "MANAGE_MESSAGES"] });
    const left = async (): Promise<readonly string[]> =>
      Object.keys((await control.messages(bench.discord.opsChannelId)).at(-1)?.reactions ?? {});
    expect((await bench.call("DELETE", `${reactions}/${encodeURIComponent("✅")}`)).status).toBe(204);
    expect(await left()).toEqual(["👀"]);
    expect((await bench.call("DELETE", reactions)).status).toBe(204);
    expect(await left()).toEqual([]);
  });
});
