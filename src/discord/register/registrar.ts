import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/log.js";
import type { Rest, RestAnswer } from "../rest/rest.js";

import { definitionProblems } from "./definition.js";
import type { CommandDefinition } from "./definition.js";
import { differences } from "./differences.js";
import type { Difference } from "./differences.js";

export interface RegistrarDeps {
  readonly rest: Rest;
  readonly guild: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
}

/** How it stands with the commands in Discord's menu. */
export type RegistrationState =
  | { readonly kind: "pending" }
  | { readonly kind: "registered"; readonly changed: number }
  /** It is tried again, unless `final`. */
  | { readonly kind: "failed"; readonly detail: string; readonly final: boolean };

export interface Registrar {
  /** Brings the guild's commands to what is wanted, in the background, and retries until that is done, it is stopped or called again. */
  register(application: string, wanted: readonly CommandDefinition[]): void;
  state(): RegistrationState;
  /** There is word that what Discord refused may be permitted now: it is tried within seconds, once for a burst of words. */
  retrySoon(): void;
  stop(): Promise<void>;
}

/** What one attempt came to. */
export type RegistrationOutcome =
  | { readonly kind: "done"; readonly changes: readonly Difference[] }
  /** `byHand`: when somebody has mended it, of which there may be word. */
  | { readonly kind: "again"; readonly detail: string; readonly afterMs?: number; readonly byHand?: true }
  | { readonly kind: "final"; readonly detail: string };

const BACKOFF = { baseMs: 2_000, capMs: 10 * 60_000 } as const;
/** A bot that is not in the guild, or a refused token, mends by hand. */
const BY_HAND_MS = 10 * 60_000;
/** After word of a change; Discord tells in several events what belongs together. */
const WORD_SETTLES_MS = 1_000;
/** Tries for such word in {@link BY_HAND_MS}: each that is refused counts towards Discord's ban of an address. */
const WORD_TRIES = 10;
/** Discord's code for a body that it does not take. */
const INVALID_FORM_BODY = 50_035;

export function createRegistrar(deps: RegistrarDeps): Registrar {
  let state: RegistrationState = { kind: "pending" };
  let current: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  /** Counts the words, so that one which comes during a try is not lost. */
  let words = 0;
  let wake: AbortController | undefined;
  let hurries: readonly number[] = [];

  /** Waits, for word if that comes first and there has not been too much of it in vain. */
  async function untilWord(ms: number, heard: number, signal: AbortSignal): Promise<void> {
    const now = deps.clock.monotonic();
    hurries = hurries.filter((at) => at > now - BY_HAND_MS);
    if (hurries.length >= WORD_TRIES) return deps.clock.sleep(ms, signal);
    if (words === heard) {
      wake = new AbortController();
      try {
        return await deps.clock.sleep(ms, AbortSignal.any([signal, wake.signal]));
      } catch {
        // Woken, or stopped: the next sleep sees which.
      } finally {
        wake = undefined;
      }
    }
    hurries = [...hurries, deps.clock.monotonic()];
    return deps.clock.sleep(WORD_SETTLES_MS, signal);
  }

  async function run(application: string, wanted: readonly CommandDefinition[], signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const heard = words;
      const outcome = await registerOnce(deps, application, wanted);
      if (signal.aborted) return;
      if (outcome.kind === "done") {
        state = { kind: "registered", changed: outcome.changes.length };
        return;
      }
      state = { kind: "failed", detail: outcome.detail, final: outcome.kind === "final" };
      if (outcome.kind === "final") {
        deps.log.error({ detail: outcome.detail }, "Discord does not take the commands");
        return;
      }
      const afterMs = Math.max(outcome.afterMs ?? 0, backoffMs(BACKOFF, attempt, deps.random()));
      deps.log.warn({ detail: outcome.detail, attempt, retry_ms: afterMs }, "the commands could not be registered yet");
      try {
        await (outcome.byHand ? untilWord(afterMs, heard, signal) : deps.clock.sleep(afterMs, signal));
      } catch {
        return;
      }
    }
  }

  return {
    state: () => state,
    register(application, wanted) {
      current?.abort.abort();
      const abort = new AbortController();
      const before = current?.done;
      state = { kind: "pending" };
      const begin = async (): Promise<void> => {
        await before;
        if (!abort.signal.aborted) await run(application, wanted, abort.signal);
      };
      current = { abort, done: begin() };
    },
    retrySoon() {
      words += 1;
      wake?.abort();
    },
    async stop() {
      current?.abort.abort();
      await current?.done;
    },
  };
}

/** Brings the guild's commands to what is wanted, once: nothing is sent where nothing differs. */
export async function registerOnce(
  deps: Pick<RegistrarDeps, "rest" | "guild" | "log">,
  application: string,
  wanted: readonly CommandDefinition[],
): Promise<RegistrationOutcome> {
  const problems = definitionProblems(wanted);
  if (problems.length > 0) return { kind: "final", detail: problems.join("; ") };
  const { rest, guild, log } = deps;
  const path = `/applications/${application}/guilds/${guild}/commands` as const;
  const query = { with_localizations: "true" };
  const listed = await rest.request({ method: "GET", path, query, authenticated: true });
  if (listed.kind !== "ok") return outcomeOf(listed);
  if (!Array.isArray(listed.body)) return { kind: "again", detail: "Discord listed the commands in an unknown form" };
  const changes = differences(listed.body, wanted);
  if (changes.length > 0) {
    const put = await rest.request({ method: "PUT", path, body: wanted, authenticated: true });
    if (put.kind !== "ok") return outcomeOf(put);
    log.info({ differences: changes }, "registered the commands");
  } else log.debug({ commands: wanted.length }, "the commands are registered already");
  await reportGlobal(deps, application);
  return { kind: "done", changes };
}

/** Commands outside the guild are not ours to delete, but they show twice or do nothing: somebody should know. */
async function reportGlobal({ rest, log }: Pick<RegistrarDeps, "rest" | "log">, application: string): Promise<void> {
  const listed = await rest.request({
    method: "GET",
    path: `/applications/${application}/commands`,
    authenticated: true,
  });
  if (listed.kind !== "ok" || !Array.isArray(listed.body) || listed.body.length === 0) return;
  const names = listed.body.map((command: unknown) =>
    typeof command === "object" && command !== null && "name" in command ? String(command.name) : "?",
  );
  log.warn({ commands: names }, "this application has global commands, which Toban does not answer");
}

function outcomeOf(answer: Exclude<RestAnswer, { kind: "ok" }>): RegistrationOutcome {
  switch (answer.kind) {
    case "wait":
      return { kind: "again", detail: answer.detail, afterMs: answer.retryAfterMs };
    case "unsent":
    case "unclear":
      return { kind: "again", detail: answer.detail };
    case "status":
      if (answer.code === INVALID_FORM_BODY) return { kind: "final", detail: answer.detail };
      if (answer.status >= 500) return { kind: "again", detail: answer.detail };
      return { kind: "again", detail: answer.detail, afterMs: BY_HAND_MS, ...(answer.edge ? {} : { byHand: true }) };
    default:
      return answer satisfies never;
  }
}
