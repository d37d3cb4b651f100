import type { Clock } from "../../base/clock.js";
import { createEdgeBlock } from "../../discord/rest/edge-guard.js";
import { createRest } from "../../discord/rest/rest.js";
import type { Rest, RestAnswer } from "../../discord/rest/rest.js";
import { Traffic } from "../../discord/rest/traffic.js";
import type { Settings } from "../settings.js";

/** A limit of Discord's says nothing about the set-up: it is waited for, if that is not for long. */
const LONGEST_WAIT_MS = 15_000;
/** Between two tries, whatever Discord says: where a header is missing its answer tells of no time at all. */
const SHORTEST_WAIT_MS = 250;

export type Json = Readonly<Record<string, unknown>>;

/** Discord as this bot sees it. Each thing is asked once, whoever wants to know it. */
export interface DiscordLook {
  me(): Promise<RestAnswer>;
  guild(): Promise<RestAnswer>;
  /** The bot as a member of the guild. */
  member(): Promise<RestAnswer>;
  channel(id: string): Promise<RestAnswer>;
  gateway(): Promise<RestAnswer>;
  /** How far this machine's clock is ahead of Discord's, in milliseconds, as well as a header of whole seconds tells. */
  clockAheadMs(): number | undefined;
}

export function createDiscordLook({ config, secrets }: Settings, clock: Clock, signal: AbortSignal): DiscordLook {
  let aheadMs: number | undefined;
  const rest: Rest = createRest({
    apiUrl: config.apiUrl,
    token: secrets.token,
    clock,
    traffic: new Traffic(clock),
    edge: createEdgeBlock(clock),
    onDate: (date) => {
      const theirs = Date.parse(date);
      if (!Number.isNaN(theirs)) aheadMs = clock.now() - theirs;
    },
  });
  const patiently = async (ask: () => Promise<RestAnswer>): Promise<RestAnswer> => {
    const until = clock.monotonic() + LONGEST_WAIT_MS;
    for (;;) {
      const answer = await ask();
      if (answer.kind !== "wait" || clock.monotonic() + answer.retryAfterMs > until) return answer;
      await clock.sleep(Math.max(SHORTEST_WAIT_MS, answer.retryAfterMs), signal);
    }
  };
  const asked = new Map<string, Promise<RestAnswer>>();
  const get = (path: `/${string}`): Promise<RestAnswer> => {
    const found = asked.get(path);
    if (found) return found;
    const answer = patiently(() => rest.request({ method: "GET", path, authenticated: true, signal }));
    asked.set(path, answer);
    return answer;
  };
  return {
    me: () => get("/users/@me"),
    guild: () => get(`/guilds/${config.guild}`),
    async member() {
      const me = await get("/users/@me");
      const id = me.kind === "ok" ? objectOf(me.body)["id"] : undefined;
      return typeof id === "string" ? get(`/guilds/${config.guild}/members/${id}`) : me;
    },
    channel: (id) => get(`/channels/${id}`),
    gateway: () => get("/gateway/bot"),
    clockAheadMs: () => aheadMs,
  };
}

export function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** A text of an object's; else what is said instead. */
export function textOf(json: Json, key: string, otherwise: string): string {
  const value = json[key];
  return typeof value === "string" ? value : otherwise;
}

export function objectsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** Discord's own refusal; undefined: it did not answer, or not as itself, and nothing is known. */
export function refusalIn(answer: Exclude<RestAnswer, { kind: "ok" }>): { readonly status: number } | undefined {
  return answer.kind === "status" && answer.status < 500 && !answer.edge ? answer : undefined;
}
