import { describe, expect, it } from "vitest";

import type { Channel, Guild, Member, Overwrite, Role } from "../../../simulator/model.js";
import { ALL_PERMISSIONS, channelPermissions, permission } from "../../../simulator/permissions.js";
import { fc } from "../../support/fast-check.js";

const GUILD = "1";
const USER = "100";
const names = Object.keys(permission).filter((name) => name !== "ADMINISTRATOR") as (keyof typeof permission)[];
const bits = fc.subarray(names).map((some) => some.reduce((sum, name) => sum | permission[name], 0n));

const role = (id: string, permissions: bigint): Role => ({
  id,
  name: id,
  permissions,
  mentionable: false,
  managed: false,
  position: 0,
});
const member = (roles: string[]): Member => ({
  user: { id: USER, username: "u", globalName: null, bot: false },
  nick: null,
  roles,
  joinedAt: 0,
});
const guild = (roles: readonly Role[], ownerId = "2"): Guild => ({
  id: GUILD,
  name: "g",
  ownerId,
  locale: "en-US",
  roles: new Map(roles.map((each) => [each.id, each])),
  members: new Map(),
});
const channel = (overwrites: Overwrite[]): Channel => ({
  id: "9",
  guildId: GUILD,
  type: 0,
  name: "c",
  topic: null,
  parentId: null,
  position: 0,
  nsfw: false,
  rateLimitPerUser: 0,
  flags: 0,
  overwrites,
  lastMessageId: null,
  lastPinAt: null,
  tags: [],
});

describe("permissions in a channel", () => {
  it("owner and Administrator have all of them, whatever the overwrites say", () => {
    const denied = channel([{ id: USER, type: 1, allow: 0n, deny: ALL_PERMISSIONS }]);
    const plain = [role(GUILD, 0n), role("3", permission.ADMINISTRATOR)];
    expect(channelPermissions(guild(plain, USER), member([]), denied)).toBe(ALL_PERMISSIONS);
    expect(channelPermissions(guild(plain), member(["3"]), denied)).toBe(ALL_PERMISSIONS);
  });

  it("without VIEW_CHANNEL there is nothing, without SEND_MESSAGES nothing that is sent with it", () => {
    fc.assert(
      fc.property(bits, bits, bits, (base, allow, deny) => {
        const overwrite: Overwrite = { id: USER, type: 1, allow, deny };
        const found = channelPermissions(guild([role(GUILD, base)]), member([]), channel([overwrite]));
        const sent = permission.EMBED_LINKS | permission.ATTACH_FILES | permission.MENTION_EVERYONE;
        const mayView = (found & permission.VIEW_CHANNEL) !== 0n;
        const maySend = (found & permission.SEND_MESSAGES) !== 0n;
        expect(mayView || found === 0n).toBe(true);
        expect(maySend || (found & sent) === 0n).toBe(true);
      }),
    );
  });

  it("everyone's overwrite yields to roles', allow over deny among roles, and all to the member's own", () => {
    const view = permission.VIEW_CHANNEL | permission.SEND_MESSAGES;
    const { EMBED_LINKS: embed } = permission;
    const of = (overwrites: Overwrite[]): boolean =>
      (channelPermissions(
        guild([role(GUILD, view), role("3", 0n), role("4", 0n)]),
        member(["3", "4"]),
        channel(overwrites),
      ) &
        embed) !==
      0n;
    expect(of([{ id: GUILD, type: 0, allow: embed, deny: 0n }])).toBe(true);
    expect(
      of([
        { id: GUILD, type: 0, allow: embed, deny: 0n },
        { id: "3", type: 0, allow: 0n, deny: embed },
      ]),
    ).toBe(false);
    expect(
      of([
        { id: "3", type: 0, allow: 0n, deny: embed },
        { id: "4", type: 0, allow: embed, deny: 0n },
      ]),
    ).toBe(true);
    expect(
      of([
        { id: "4", type: 0, allow: embed, deny: 0n },
        { id: USER, type: 1, allow: 0n, deny: embed },
      ]),
    ).toBe(false);
    expect(of([{ id: "5", type: 0, allow: embed, deny: 0n }])).toBe(false);
  });
});
