/** Gateway intents by their documented bit. */
export const intent = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_MODERATION: 1 << 2,
  GUILD_WEBHOOKS: 1 << 5,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_REACTIONS: 1 << 10,
  DIRECT_MESSAGES: 1 << 12,
  DIRECT_MESSAGE_REACTIONS: 1 << 13,
  MESSAGE_CONTENT: 1 << 15,
} as const;

/** Intents that an application must be granted. */
export const PRIVILEGED_INTENTS: number = intent.GUILD_MEMBERS | intent.GUILD_PRESENCES | intent.MESSAGE_CONTENT;

/** Every bit that exists: 0–16, 20, 21, 24, 25. */
export const KNOWN_INTENTS: number = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);
