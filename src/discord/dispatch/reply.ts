import { InteractionResponseType, MessageFlags } from "discord-api-types/v10";

import type { Clock } from "../../base/clock.js";
import type { DiscordBody } from "../../message/to-discord.js";
import type { CommandChoice } from "../../model/contract/command.js";
import { DISCORD_LIMITS } from "../../model/limits.js";
import type { Message } from "../../model/message.js";
import type { Rest, RestAnswer, RestRequest } from "../rest/rest.js";

import type { ReplyTo } from "./interaction.js";

/** Where an answer appears. `update`: in place of the message the button stands on. */
export type Place = "public" | "ephemeral" | "update";

/** `late`: Discord no longer takes it here. `lost`: it would not be taken at all, or nobody knows. */
export type Delivery = "sent" | "late" | "lost";

export interface ReplyDeps {
  readonly rest: Rest;
  readonly clock: Clock;
  /** A message as Discord's JSON: 0 full, 1 shrunk and without files, 2 plain. */
  readonly lower: (message: Message, reduced: number) => DiscordBody;
}

/** Discord's error codes that say the interaction or its token is over. */
const TOO_LATE_CODES: readonly number[] = [10_062, 40_060, 50_027, 10_015, 10_008];
const ALREADY_ACKNOWLEDGED = 40_060;
/** What Discord says of a body that it will not take as it is. */
const REFUSED_BODY_CODES: readonly number[] = [50_035, 40_005];
const MOST_REDUCED = 2;
/** Pause before a request is repeated that met no answer or a failing server; doubled each time, and no longer than the second. */
const RETRY_MS = 150;
const LONGEST_RETRY_MS = 30_000;
/** How long before the token's end the last attempt may begin. */
const TOKEN_MARGIN_MS = 10_000;

/**
 * Answers one interaction: once, in its time, where it was promised. The first response has to be there within three seconds of the
 * interaction and fixes who sees the answer; later ones go by the token, for fifteen minutes.
 */
export class Responder {
  readonly #deps: ReplyDeps;
  readonly #to: ReplyTo;
  readonly #receivedAt: number;
  readonly #stopping: AbortSignal;
  #deferral: { readonly place: Place; readonly outcome: Promise<Delivery> } | undefined;

  /** `receivedAt` is monotonic. Once `stopping` is aborted, what failed is tried once more and no longer. */
  constructor(deps: ReplyDeps, to: ReplyTo, receivedAt: number, stopping: AbortSignal) {
    this.#deps = deps;
    this.#to = to;
    this.#receivedAt = receivedAt;
    this.#stopping = stopping;
  }

  /** Says that an answer will come. A second call returns the first one's outcome. */
  defer(place: Place): Promise<Delivery> {
    this.#deferral ??= { place, outcome: this.#callback(deferralBody(place), undefined) };
    return this.#deferral.outcome;
  }

  async choices(choices: readonly CommandChoice[]): Promise<Delivery> {
    const body = { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } };
    return this.#callback(body, undefined);
  }

  async reply(message: Message, place: Place): Promise<Delivery> {
    if (!this.#deferral) return this.#reduceWhileRefused((reduced) => this.#first(message, place, reduced));
    const deferred = await this.#deferral.outcome;
    if (deferred !== "sent") return deferred;
    const promised = this.#deferral.place;
    if (promised === place) return this.#reduceWhileRefused((reduced) => this.#editOriginal(message, reduced));
    // Who sees the answer was fixed when it was promised: what is to be seen by others, or by fewer, is a new answer.
    if (promised !== "update") await this.#webhook({ method: "DELETE", path: this.#original() });
    return this.#reduceWhileRefused((reduced) => this.#followUp(message, place, reduced));
  }

  #first(message: Message, place: Place, reduced: number): Promise<RestOutcome> {
    const { files, ...data } = this.#body(message, place, reduced);
    const type =
      place === "update" ? InteractionResponseType.UpdateMessage : InteractionResponseType.ChannelMessageWithSource;
    return this.#callbackOutcome({ type, data }, files);
  }

  #editOriginal(message: Message, reduced: number): Promise<RestOutcome> {
    const { files, ...body } = this.#deps.lower(message, reduced);
    return this.#webhook({ method: "PATCH", path: this.#original(), body, files });
  }

  #followUp(message: Message, place: Place, reduced: number): Promise<RestOutcome> {
    const { files, ...body } = this.#body(message, place, reduced);
    return this.#webhook({ method: "POST", path: this.#hook(), query: { wait: "true" }, body, files });
  }

  #body(message: Message, place: Place, reduced: number): DiscordBody {
    const body = this.#deps.lower(message, reduced);
    return place === "ephemeral" ? { ...body, flags: body.flags | MessageFlags.Ephemeral } : body;
  }

  #hook(): `/${string}` {
    return `/webhooks/${this.#to.applicationId ?? "0"}/${this.#to.token}`;
  }

  #original(): `/${string}` {
    return `${this.#hook()}/messages/${encodeURIComponent("@original")}`;
  }

  async #callback(body: unknown, files: DiscordBody["files"] | undefined): Promise<Delivery> {
    return (await this.#callbackOutcome(body, files)).delivery;
  }

  #callbackOutcome(body: unknown, files: DiscordBody["files"] | undefined): Promise<RestOutcome> {
    return this.#attempt(
      {
        method: "POST",
        path: `/interactions/${this.#to.id}/${this.#to.token}/callback`,
        body,
        ...(files ? { files } : {}),
      },
      DISCORD_LIMITS.interactionResponseMs,
    );
  }

  #webhook(request: Pick<RestRequest, "method" | "path" | "query" | "body" | "files">): Promise<RestOutcome> {
    return this.#attempt(request, DISCORD_LIMITS.interactionTokenMs - TOKEN_MARGIN_MS);
  }

  /**
   * Sends until Discord has answered, beginning nothing later than `spanMs` after the interaction. Repeating is safe for a callback (a second one is
   * refused) and for an edit; a follow-up whose outcome is unclear is not repeated.
   */
  async #attempt(request: Omit<RestRequest, "authenticated">, spanMs: number): Promise<RestOutcome> {
    const { clock, rest } = this.#deps;
    const isFollowUp = request.method === "POST" && !request.path.endsWith("/callback");
    let unclear = false;
    let isLast = false;
    for (let failures = 0; ; failures += 1) {
      const answer = await rest.request({ ...request, authenticated: false });
      const verdict = verdictOf(answer, unclear, Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** failures));
      if (verdict.kind === "done") return verdict.outcome;
      unclear ||= verdict.unclear;
      if (isFollowUp && unclear) return { delivery: "lost" };
      if (verdict.afterMs > this.#receivedAt + spanMs - clock.monotonic())
        return { delivery: unclear ? "lost" : "late" };
      try {
        await clock.sleep(verdict.afterMs, this.#stopping);
      } catch {
        // Stopping: once more without the pause, so that an answer that did arrive is not taken for lost.
        if (isLast) return { delivery: "lost" };
        isLast = true;
      }
    }
  }

  async #reduceWhileRefused(send: (reduced: number) => Promise<RestOutcome>): Promise<Delivery> {
    for (let reduced = 0; ; reduced += 1) {
      const outcome = await send(reduced);
      if (outcome.refusedBody !== true || reduced === MOST_REDUCED) return outcome.delivery;
    }
  }
}

interface RestOutcome {
  readonly delivery: Delivery;
  readonly refusedBody?: boolean;
}

type Verdict =
  | { readonly kind: "done"; readonly outcome: RestOutcome }
  | { readonly kind: "again"; readonly afterMs: number; readonly unclear: boolean };

function verdictOf(answer: RestAnswer, unclearBefore: boolean, retryMs: number): Verdict {
  const done = (delivery: Delivery, refusedBody?: boolean): Verdict => ({
    kind: "done",
    outcome: { delivery, ...(refusedBody === undefined ? {} : { refusedBody }) },
  });
  switch (answer.kind) {
    case "ok":
      return done("sent");
    case "wait":
      return { kind: "again", afterMs: answer.retryAfterMs, unclear: false };
    case "unsent":
      return { kind: "again", afterMs: retryMs, unclear: false };
    case "unclear":
      return { kind: "again", afterMs: retryMs, unclear: true };
    case "status": {
      const code = answer.code ?? 0;
      if (answer.status >= 500) return { kind: "again", afterMs: retryMs, unclear: true };
      // Acknowledged by the attempt of which nothing was heard.
      if (code === ALREADY_ACKNOWLEDGED && unclearBefore) return done("sent");
      if (TOO_LATE_CODES.includes(code)) return done("late");
      if (REFUSED_BODY_CODES.includes(code) || answer.status === 413) return done("lost", true);
      return done("lost");
    }
    default:
      return answer satisfies never;
  }
}

function deferralBody(place: Place): unknown {
  switch (place) {
    case "update":
      return { type: InteractionResponseType.DeferredMessageUpdate };
    case "ephemeral":
      return {
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: { flags: MessageFlags.Ephemeral },
      };
    case "public":
      return { type: InteractionResponseType.DeferredChannelMessageWithSource };
    default:
      return place satisfies never;
  }
}
