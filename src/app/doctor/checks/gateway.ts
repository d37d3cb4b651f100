import type { Check } from "../check.js";
import { findingsOf } from "../check.js";
import { objectOf } from "../discord-look.js";

const { well, wrong, skipped } = findingsOf("gateway");

/** Below this the bot itself waits before it connects again: at none left Discord resets the token. */
const FEW = 100;

/** Whether there is a gateway, and how often the bot may still connect today. */
export const gateway: Check = {
  name: "gateway",
  async run({ discord, words, settings }) {
    if ((await discord.me()).kind !== "ok") return [skipped(words.needsToken)];
    const answer = await discord.gateway();
    if (answer.kind !== "ok") return [wrong("failed", words.discordAway(settings.config.apiUrl, answer.detail))];
    const limit = objectOf(objectOf(answer.body)["session_start_limit"]);
    const remaining = Number(limit["remaining"]);
    const total = Number(limit["total"]);
    if (remaining >= FEW || remaining >= total) return [well(words.gateway.good(remaining, total))];
    const resetMinutes = Math.ceil(Number(limit["reset_after"]) / 60_000);
    return [wrong("warning", words.gateway.few(remaining, total, resetMinutes))];
  },
};
