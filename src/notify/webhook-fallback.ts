import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Secret } from "../base/secret.js";
import { toPlain } from "../message/to-plain.js";
import type { Message } from "../model/message.js";
import { DISCORD_LIMITS } from "../model/limits.js";
import type { Fallback } from "./fallback.js";

const TIMEOUT_MS = 10_000;
const WIDTH = 100;

/**
 * Speaks through an outgoing webhook: JSON with `content` (Discord) and `text` (Slack, Mattermost), pinging nobody. Rejects when it was not
 * taken; the address is a secret and stands in no error.
 */
export function createWebhookFallback(clock: Clock, url: Secret): Fallback {
  return {
    async speak(message: Message) {
      const text = toPlain(message, { width: WIDTH, now: clock.now() }).slice(0, DISCORD_LIMITS.content);
      using deadline = clock.deadline(TIMEOUT_MS);
      const request: RequestInit = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content: text, text, allowed_mentions: { parse: [] } }),
        redirect: "error",
        signal: deadline.signal,
      };
      // What fetch throws may name the address, so its words go on without it, and it goes on not at all.
      const outcome = await fetch(url.reveal(), request).catch((thrown: unknown) =>
        messageOf(thrown).replaceAll(url.reveal(), "<secret>"),
      );
      if (typeof outcome === "string") throw new Error(`the fallback webhook was not reached: ${outcome}`);
      await outcome.body?.cancel();
      if (!outcome.ok) throw new Error(`the fallback webhook answered ${outcome.status}`);
    },
  };
}
