import { inviteLink } from "../../../model/bot-permissions.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";
import { objectOf, refusalIn, textOf } from "../discord-look.js";

const { well, wrong, skipped } = findingsOf("guild");

/** Whether the bot is in the server it is to serve. */
export const guild: Check = {
  name: "guild",
  async run({ discord, words, settings }) {
    const me = await discord.me();
    if (me.kind !== "ok") return [skipped(words.needsToken)];
    const { config } = settings;
    const found = await discord.guild();
    if (found.kind === "ok") return [well(words.guild.good(textOf(objectOf(found.body), "name", "?")))];
    if (!refusalIn(found)) return [wrong("failed", words.discordAway(config.apiUrl, found.detail))];
    const link = inviteLink(textOf(objectOf(me.body), "id", "?"));
    return [{ ...wrong("failed", words.guild.absent(config.guild, link)), final: true }];
  },
};
