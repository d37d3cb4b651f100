/**
 * What the bot itself must be allowed to do in its server, with the reason for each. Bits as in Discord's documentation
 * (topics/permissions). Nothing is asked for that is not used.
 */
export const BOT_PERMISSIONS = {
  VIEW_CHANNEL: { bit: 1n << 10n, why: "see the channel it reports to" },
  SEND_MESSAGES: { bit: 1n << 11n, why: "post alerts and answers" },
  EMBED_LINKS: { bit: 1n << 14n, why: "show an alert's details below its first line" },
  ATTACH_FILES: { bit: 1n << 15n, why: "attach the full list when many things fail at once" },
  READ_MESSAGE_HISTORY: {
    bit: 1n << 16n,
    why: "find out after a crash whether a message was posted, and reply to its own messages",
  },
  CREATE_PUBLIC_THREADS: { bit: 1n << 35n, why: "open a thread below an alert that comes and goes" },
  SEND_MESSAGES_IN_THREADS: { bit: 1n << 38n, why: "tell its story there" },
} as const satisfies Readonly<Record<string, { readonly bit: bigint; readonly why: string }>>;

/** The sum of the bits, for the invite link. */
export const BOT_PERMISSION_BITS: bigint = Object.values(BOT_PERMISSIONS).reduce((sum, { bit }) => sum | bit, 0n);

/** The link that puts the bot into a server with exactly these permissions. */
export function inviteLink(applicationId: string): string {
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${BOT_PERMISSION_BITS}`;
}
