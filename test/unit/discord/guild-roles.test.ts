import { describe, expect, it } from "vitest";

import { GuildRoles } from "../../../src/discord/gateway/guild-roles.js";

function told(): GuildRoles {
  const roles = new GuildRoles();
  const first = { id: "10", name: "operators" };
  const second = { id: "11", name: "on call" };
  roles.take("GUILD_CREATE", { id: "1", roles: [first, second] });
  return roles;
}

describe("the names of roles", () => {
  it("are known per guild once the guild was told", () => {
    const roles = told();
    expect(roles.role("1", "11")).toBe("on call");
    expect(roles.role("2", "11")).toBeUndefined();
    expect(roles.role("1", "12")).toBeUndefined();
  });

  it("follow what is created, renamed and deleted", () => {
    const roles = told();
    roles.take("GUILD_ROLE_CREATE", { guild_id: "1", role: { id: "12", name: "deployers" } });
    roles.take("GUILD_ROLE_UPDATE", { guild_id: "1", role: { id: "11", name: "on duty" } });
    roles.take("GUILD_ROLE_DELETE", { guild_id: "1", role_id: "10" });
    expect(["10", "11", "12"].map((id) => roles.role("1", id))).toEqual([undefined, "on duty", "deployers"]);
  });

  it("are replaced when the guild is told anew", () => {
    const roles = told();
    roles.take("GUILD_UPDATE", { id: "1", roles: [{ id: "11", name: "renamed" }] });
    expect([roles.role("1", "10"), roles.role("1", "11")]).toEqual([undefined, "renamed"]);
  });

  it("outlive an outage of the guild, and are forgotten when it was left", () => {
    const roles = told();
    roles.take("GUILD_DELETE", { id: "1", unavailable: true });
    expect(roles.role("1", "10")).toBe("operators");
    roles.take("GUILD_DELETE", { id: "1" });
    expect(roles.role("1", "10")).toBeUndefined();
  });

  it.each([
    ["GUILD_CREATE", null],
    ["GUILD_CREATE", { id: "1" }],
    ["GUILD_CREATE", { id: 1, roles: [{ id: "10", name: "other" }] }],
    ["GUILD_ROLE_UPDATE", { guild_id: "1", role: { id: "10", name: 7 } }],
    ["GUILD_ROLE_UPDATE", { guild_id: "1", role: null }],
    ["GUILD_ROLE_DELETE", {}],
    ["MESSAGE_CREATE", { id: "1", roles: [] }],
    [undefined, undefined],
  ])("are left as they are by a malformed or foreign event: %s %o", (type, data) => {
    const roles = told();
    roles.take(type, data);
    expect([roles.role("1", "10"), roles.role("1", "11")]).toEqual(["operators", "on call"]);
  });
});
