import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("clock");

/** Discord's header has whole seconds, and the answer was on its way: less than this says nothing. */
const SLACK_MS = 3_000;
/** From here on times in messages mislead. */
const WRONG_MS = 60_000;

/** Whether this machine's clock goes as Discord's do. */
export const clock: Check = {
  name: "clock",
  async run({ discord, words }) {
    await discord.me();
    const ahead = discord.clockAheadMs();
    if (ahead === undefined) return [skipped(words.clock.unknown)];
    if (Math.abs(ahead) <= SLACK_MS) return [well(words.clock.good)];
    return [wrong(Math.abs(ahead) < WRONG_MS ? "warning" : "failed", words.clock.off(ahead / 1_000))];
  },
};
