import { describe, expect, it } from "vitest";

import { RightsWatch } from "../../../src/discord/gateway/rights-watch.js";
import { fc } from "../../support/fast-check.js";

const ME = "900";
const GUILD = "1";

/** A bot with the role 10 in the guild; the thread 51 stands in the channel 50. */
function watch(): RightsWatch {
  const rights = new RightsWatch();
  rights.begin({ user: { id: ME } });
  rights.take("GUILD_CREATE", {
    id: GUILD,
    members: [
      { user: { id: "901" }, roles: ["12"] },
      { user: { id: ME }, roles: ["10"] },
    ],
    threads: [{ id: "51", parent_id: "50" }],
  });
  return rights;
}

const inGuild = { where: "guild", guild: GUILD };
const inChannels = (...channels: string[]) => ({ where: "channels", channels });

describe("the gateway tells that the bot's rights may have changed", () => {
  it("everywhere, when a session begins", () => {
    for (const ready of [{ user: { id: ME } }, null]) {
      expect(new RightsWatch().begin(ready)).toEqual({ where: "everywhere", session: "new" });
    }
  });

  it.each([
    ["GUILD_CREATE", { id: GUILD }],
    ["GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: "10", permissions: "2048" } }],
    ["GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: GUILD, permissions: "2048" } }],
    ["GUILD_ROLE_DELETE", { guild_id: GUILD, role_id: "10" }],
    ["GUILD_MEMBER_UPDATE", { guild_id: GUILD, user: { id: ME }, roles: [] }],
    ["THREAD_LIST_SYNC", { guild_id: GUILD, threads: [] }],
  ])("in the guild: %s %o", (type, data) => {
    expect(watch().take(type, data)).toEqual(inGuild);
  });

  it.each([
    ["CHANNEL_UPDATE", { id: "50", guild_id: GUILD, permission_overwrites: [] }, ["50", "51"]],
    ["CHANNEL_UPDATE", { id: "60", guild_id: GUILD }, ["60"]],
    ["CHANNEL_CREATE", { id: "60", guild_id: GUILD, flags: 0 }, ["60"]],
    ["THREAD_UPDATE", { id: "61", guild_id: GUILD, parent_id: "60", thread_metadata: { archived: false } }, ["61"]],
    ["THREAD_LIST_SYNC", { guild_id: GUILD, channel_ids: ["50", "60"], threads: [] }, ["50", "60", "51"]],
  ])("in channels and their threads: %s %o", (type, data, channels) => {
    expect(watch().take(type, data)).toEqual(inChannels(...channels));
  });

  it.each([
    ["another's roles", "GUILD_MEMBER_UPDATE", { guild_id: GUILD, user: { id: "901" }, roles: ["10"] }],
    ["a role that it does not hold", "GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: "12" } }],
    ["a role that is new", "GUILD_ROLE_CREATE", { guild_id: GUILD, role: { id: "13" } }],
    ["a role of others that goes", "GUILD_ROLE_DELETE", { guild_id: GUILD, role_id: "12" }],
    ["a channel that it cannot see", "CHANNEL_UPDATE", { id: "50", guild_id: GUILD, flags: 1 << 17 }],
    [
      "a thread that goes to the archive",
      "THREAD_UPDATE",
      { id: "51", guild_id: GUILD, thread_metadata: { archived: true } },
    ],
    ["a thread that is locked", "THREAD_UPDATE", { id: "51", guild_id: GUILD, thread_metadata: { locked: true } }],
    ["a guild that is out of reach", "GUILD_CREATE", { id: GUILD, unavailable: true }],
    ["a guild that goes", "GUILD_DELETE", { id: GUILD }],
    ["a channel that goes", "CHANNEL_DELETE", { id: "50", guild_id: GUILD }],
    ["a message", "MESSAGE_CREATE", { id: "50", guild_id: GUILD }],
  ])("not by %s: %s %o", (_what, type, data) => {
    expect(watch().take(type, data)).toBeUndefined();
  });

  it("by a role that comes to it, in whichever order Discord tells", () => {
    const rights = watch();
    const given = { guild_id: GUILD, user: { id: ME }, roles: ["10", "13"] };
    const created = { guild_id: GUILD, role: { id: "13" } };
    expect(rights.take("GUILD_MEMBER_UPDATE", given)).toEqual(inGuild);
    expect(rights.take("GUILD_ROLE_CREATE", created)).toEqual(inGuild);
    // What is told late, of a moment before, takes no role out of sight.
    rights.take("GUILD_MEMBER_UPDATE", { guild_id: GUILD, user: { id: ME }, roles: ["10"] });
    expect(rights.take("GUILD_ROLE_UPDATE", created)).toEqual(inGuild);
  });

  it("by its coming back to a guild, which is told apart from the guild's coming back to it", () => {
    const rights = watch();
    rights.take("GUILD_DELETE", { id: GUILD, unavailable: true });
    expect(rights.take("GUILD_CREATE", { id: GUILD })).toEqual(inGuild);
    rights.take("GUILD_DELETE", { id: GUILD });
    expect(rights.take("GUILD_CREATE", { id: GUILD })).toEqual({ ...inGuild, joined: true });
    expect(rights.take("GUILD_CREATE", { id: GUILD })).toEqual(inGuild);
  });

  it("by any role, as long as it does not know its own", () => {
    const rights = new RightsWatch();
    rights.begin({ user: { id: ME } });
    expect(rights.take("GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: "12" } })).toEqual(inGuild);
    const left = watch();
    left.take("GUILD_DELETE", { id: GUILD });
    expect(left.take("GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: "12" } })).toEqual(inGuild);
  });

  it("keeps its roles and threads while the guild is out of reach, and begins anew with a session", () => {
    const rights = watch();
    rights.take("GUILD_DELETE", { id: GUILD, unavailable: true });
    expect(rights.take("GUILD_ROLE_UPDATE", { guild_id: GUILD, role: { id: "12" } })).toBeUndefined();
    expect(rights.take("CHANNEL_UPDATE", { id: "50", guild_id: GUILD })).toEqual(inChannels("50", "51"));
    rights.begin({ user: { id: ME } });
    expect(rights.take("CHANNEL_UPDATE", { id: "50", guild_id: GUILD })).toEqual(inChannels("50"));
  });

  it("knows threads by whatever names them, until they are archived or deleted", () => {
    const rights = watch();
    const thread = { id: "52", guild_id: GUILD, parent_id: "50" };
    rights.take("THREAD_CREATE", thread);
    rights.take("THREAD_LIST_SYNC", { guild_id: GUILD, threads: [{ id: "53", parent_id: "50" }] });
    expect(rights.take("CHANNEL_UPDATE", { id: "50", guild_id: GUILD })).toEqual(inChannels("50", "51", "52", "53"));
    rights.take("THREAD_UPDATE", { ...thread, thread_metadata: { archived: true } });
    rights.take("THREAD_DELETE", { id: "53", guild_id: GUILD, parent_id: "50" });
    expect(rights.take("CHANNEL_UPDATE", { id: "50", guild_id: GUILD })).toEqual(inChannels("50", "51"));
  });

  it("throws at nothing that comes over the wire", () => {
    const types = fc.constantFrom(
      "GUILD_CREATE",
      "GUILD_DELETE",
      "GUILD_ROLE_CREATE",
      "GUILD_ROLE_UPDATE",
      "GUILD_ROLE_DELETE",
      "GUILD_MEMBER_UPDATE",
      "CHANNEL_CREATE",
      "CHANNEL_UPDATE",
      "THREAD_CREATE",
      "THREAD_UPDATE",
      "THREAD_DELETE",
      "THREAD_LIST_SYNC",
    );
    fc.assert(
      fc.property(types, fc.jsonValue(), (type, data) => {
        const change = watch().take(type, data);
        expect(change === undefined || change.where !== "everywhere").toBe(true);
      }),
    );
  });
});
