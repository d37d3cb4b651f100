import { BOT_PERMISSIONS } from "../../../model/bot-permissions.js";
import type { Finding } from "../../../model/finding.js";
import type { Check, Look, Said } from "../check.js";
import { findingsOf } from "../check.js";
import { channelPermissions } from "../channel-permissions.js";
import { objectOf, refusalIn, textOf } from "../discord-look.js";

const { well, wrong, skipped } = findingsOf("channels");

/** Discord's channel types that messages can be posted to: text and announcements. Source: channel resource, channel types. */
const POSTABLE = [0, 5];

/** Where no thread may be opened, its lines are replies in the channel. */
const FOR_THREADS: readonly string[] = ["CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS"];

/** Said by Discord itself. */
function asDiscordSays(said: Said): Finding {
  return { ...wrong("failed", said), final: true };
}

/** The channels that something is sent to, each with what it is for. */
function wantedChannels({ settings: { config } }: Look): ReadonlySet<string> {
  return new Set([config.opsChannel, ...config.routes.map((route) => route.channel)]);
}

/** Whether each channel is there, is one to post to, belongs to the server, and lets the bot do what it must. */
export const channels: Check = {
  name: "channels",
  async run(look) {
    const [guild, member] = [await look.discord.guild(), await look.discord.member()];
    if (guild.kind !== "ok" || member.kind !== "ok") return [skipped(look.words.needsGuild)];
    const findings = await Promise.all(
      [...wantedChannels(look)].map((id) => oneChannel(look, id, objectOf(guild.body), objectOf(member.body))),
    );
    return findings.flat();
  },
};

async function oneChannel(
  { discord, words, settings: { config } }: Look,
  id: string,
  guild: ReturnType<typeof objectOf>,
  member: ReturnType<typeof objectOf>,
): Promise<readonly Finding[]> {
  const key = id === config.opsChannel ? "OPS_CHANNEL_ID" : "routes";
  const answer = await discord.channel(id);
  if (answer.kind !== "ok") {
    const refusal = refusalIn(answer);
    if (!refusal) return [wrong("failed", words.discordAway(config.apiUrl, answer.detail))];
    const said = refusal.status === 404 ? words.channels.gone(id, key) : words.channels.hidden(id);
    return [asDiscordSays(said)];
  }
  const channel = objectOf(answer.body);
  const name = textOf(channel, "name", id);
  if (channel["guild_id"] !== config.guild) return [asDiscordSays(words.channels.elsewhere(name, key))];
  if (!POSTABLE.includes(Number(channel["type"]))) return [asDiscordSays(words.channels.notText(name, key))];
  const permissions = channelPermissions(guild, member, channel);
  const missing = Object.entries(BOT_PERMISSIONS).filter(([, { bit }]) => (permissions & bit) === 0n);
  if (missing.length === 0) return [well(words.channels.good(name))];
  return missing.map(([permission, { why }]) => ({
    ...asDiscordSays(words.channels.missing(name, permission, why)),
    ...(FOR_THREADS.includes(permission) ? { optional: true as const } : {}),
  }));
}
