import type { Check } from "../check.js";
import { findingsOf } from "../check.js";
import { objectOf, refusalIn, textOf } from "../discord-look.js";

const { well, wrong } = findingsOf("token");

/** Whether Discord takes the token: without it nothing else of Discord can be asked. */
export const token: Check = {
  name: "token",
  async run({ discord, words, settings }) {
    const me = await discord.me();
    if (me.kind === "ok") return [well(words.token.good(textOf(objectOf(me.body), "username", "?")))];
    const refusal = refusalIn(me);
    if (!refusal) return [wrong("failed", words.discordAway(settings.config.apiUrl, me.detail))];
    if (refusal.status === 401 || refusal.status === 403)
      return [{ ...wrong("failed", words.token.refused), refused: true, final: true }];
    return [wrong("failed", words.discordOdd(refusal.status, me.detail))];
  },
};
