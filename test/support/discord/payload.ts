/** A raw INTERACTION_CREATE as Discord sends it, of a member with Manage Server in the configured guild. */
export const GUILD = "1100000000000000001";
export const CHANNEL = "1100000000000000002";
export const PERSON = "1300000000000000001";
export const OPERATOR = "1200000000000000001";

export type Raw = Record<string, unknown>;

export function interaction(changes: Raw = {}): Raw {
  return {
    id: "1400000000000000001",
    application_id: "1400000000000000002",
    token: "aW50ZXJhY3Rpb24-token",
    version: 1,
    type: 2,
    guild_id: GUILD,
    channel_id: CHANNEL,
    locale: "en-US",
    guild_locale: "en-US",
    app_permissions: "2252109051448320",
    entitlements: [],
    authorizing_integration_owners: { "0": GUILD },
    context: 0,
    attachment_size_limit: 10_485_760,
    channel: { id: CHANNEL, type: 0, name: "ops" },
    member: {
      user: { id: PERSON, username: "operator", global_name: "The Operator", discriminator: "0", avatar: null },
      nick: null,
      roles: [OPERATOR],
      permissions: "32",
      joined_at: "2026-01-01T00:00:00.000Z",
      deaf: false,
      mute: false,
      flags: 0,
    },
    data: { id: "1500000000000000001", name: "look", type: 1, options: [{ name: "target", type: 3, value: "web" }] },
    ...changes,
  };
}
