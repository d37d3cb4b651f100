import type { Finding } from "../../../model/finding.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";
import { channelPermissions } from "../channel-permissions.js";
import { objectOf, objectsOf, textOf } from "../discord-look.js";

const { well, wrong, skipped } = findingsOf("mentions");

const MENTION_EVERYONE = 1n << 17n;

/** Whether the roles that routes mention are there and can be pinged: a mention that pings nobody looks like one that does. */
export const mentions: Check = {
  name: "mentions",
  async run({ discord, words, settings: { config } }) {
    const wanted = config.routes.flatMap(({ channel, mentions: all }) =>
      all
        .filter((mention) => mention.startsWith("role:"))
        .map((mention) => ({ channel, role: mention.slice("role:".length) })),
    );
    if (wanted.length === 0) return [skipped(words.mentions.none)];
    const [guild, member] = [await discord.guild(), await discord.member()];
    if (guild.kind !== "ok" || member.kind !== "ok") return [skipped(words.needsGuild)];
    const server = objectOf(guild.body);
    const findings: Finding[] = [];
    for (const { channel, role: id } of wanted) {
      const role = objectsOf(server["roles"]).find((each) => each["id"] === id);
      const place = await discord.channel(channel);
      if (!role) findings.push(wrong("failed", words.mentions.gone(id)));
      else if (place.kind === "ok" && role["mentionable"] !== true) {
        const permissions = channelPermissions(server, objectOf(member.body), objectOf(place.body));
        const name = textOf(role, "name", id);
        const may = (permissions & MENTION_EVERYONE) !== 0n;
        findings.push(may ? well(words.mentions.good(name)) : wrong("failed", words.mentions.mute(name)));
      } else findings.push(well(words.mentions.good(textOf(role, "name", id))));
    }
    return findings;
  },
};
