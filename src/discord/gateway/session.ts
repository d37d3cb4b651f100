import { REST } from "@discordjs/rest";
import { WebSocketManager } from "@discordjs/ws";
import type { SessionInfo } from "@discordjs/ws";
import { GatewayIntentBits } from "discord-api-types/v10";

import type { Clock } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/log.js";
import type { Secret } from "../../base/secret.js";
import type { EdgeBlock } from "../../model/contract/edge-block.js";
import { answerOf, countAnswers, restOptions } from "../rest/rest.js";
import type { Traffic } from "../rest/traffic.js";

import type { AddressLimit } from "./address-limit.js";
import { GuildRoles } from "./guild-roles.js";
import type { GuildNames } from "./guild-roles.js";
import type { IdentifyWait, SessionStartLimit } from "./identify.js";
import { RightsWatch } from "./rights-watch.js";
import type { RightsChange } from "./rights-watch.js";
import { isFatal } from "./state.js";
import type { GatewayStatus, Refusal } from "./state.js";
import { GuardedStrategy } from "./strategy.js";
import type { ShardListener } from "./strategy.js";

/** A wait as short as this is spent in the open socket; for a longer one the socket is given up. */
const SHORT_WAIT_MS = 6_000;
/** Sockets that closed in a row before HELLO, after which the gateway's address is asked for anew. */
const CLOSES_WITHOUT_HELLO = 3;
/** From how many members on a guild's offline ones are left out of its first frame: the least that Discord takes. */
const LARGE_GUILD = 50;
/** What a socket closed in good order says. Source: RFC 6455, section 7.4.1. */
const CLOSE_NORMAL = 1_000;

/** Why one connection's life ended. */
export type SessionEnd =
  | { readonly kind: "stopped" }
  /** The next identify has to wait. */
  | { readonly kind: "deferred" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** An edge page instead of Discord. */
  | { readonly kind: "blocked"; readonly detail: string }
  | { readonly kind: "unreachable"; readonly detail: string; readonly retryAfterMs?: number };

export interface SessionDeps {
  readonly token: Secret;
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly traffic: Traffic;
  readonly addressLimit: AddressLimit;
  readonly edge?: EdgeBlock | undefined;
  readonly signal: AbortSignal;
  readonly onInteraction: (data: unknown) => void;
  readonly onRights: (change: RightsChange) => void;
  /** How long the identify that is due now must wait, given what Discord says is left. */
  readonly nextIdentify: (limit: SessionStartLimit) => IdentifyWait;
  readonly onIdentify: () => void;
  readonly onStatus: (status: GatewayStatus, closeCode?: number) => void;
  readonly onBegun: (applicationId: string | undefined, names: GuildNames) => void;
  readonly onPing: (seconds: number) => void;
}

/**
 * One life of the library's gateway manager, from its creation until it is of no more use: reconnects and resumes are the library's,
 * everything that the library gives up on, or would repeat too eagerly, ends the session with a reason. Never rejects.
 */
export async function runSession(deps: SessionDeps): Promise<SessionEnd> {
  if (deps.signal.aborted) return { kind: "stopped" };
  const ended = newEnding();
  const onAbort = (): void => ended.end({ kind: "stopped" });
  deps.signal.addEventListener("abort", onAbort, { once: true });

  const rest = new REST(restOptions(deps)).setToken(deps.token.reveal());
  countAnswers(rest, deps.traffic);
  deps.addressLimit.follow(rest);
  const manager = createManager(rest, deps, ended);
  void manager.connect().catch((thrown: unknown) => ended.end(endOfConnect(thrown)));
  try {
    return await ended.promise;
  } finally {
    deps.signal.removeEventListener("abort", onAbort);
    try {
      await manager.destroy({ code: CLOSE_NORMAL, reason: "going off duty" });
    } catch (thrown) {
      deps.log.warn({ detail: messageOf(thrown) }, "the gateway connection did not close well");
    }
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
}

interface Ending {
  readonly promise: Promise<SessionEnd>;
  /** The first reason counts. */
  readonly end: (why: SessionEnd) => void;
  readonly isOver: () => boolean;
}

function newEnding(): Ending {
  let over = false;
  let settle: (why: SessionEnd) => void = () => undefined;
  const promise = new Promise<SessionEnd>((resolve) => {
    settle = resolve;
  });
  return {
    promise,
    isOver: () => over,
    end: (why) => {
      over = true;
      settle(why);
    },
  };
}

function createManager(rest: REST, deps: SessionDeps, ending: Ending): WebSocketManager {
  // The library's own memory of sessions is one for the whole process: a new token must not resume the old one's.
  let resumable: SessionInfo | null = null;
  return new WebSocketManager({
    token: deps.token.reveal(),
    intents: GatewayIntentBits.Guilds,
    rest,
    shardCount: 1,
    largeThreshold: LARGE_GUILD,
    retrieveSessionInfo: () => resumable,
    updateSessionInfo: (_shardId, info) => {
      resumable = info;
    },
    buildStrategy: (manager) => new GuardedStrategy(manager, deps.clock, shardListener(deps, ending)),
    buildIdentifyThrottler: (manager) => Promise.resolve(identifyThrottler(manager, deps, ending.end)),
  });
}

function shardListener(deps: SessionDeps, { end, isOver }: Ending): ShardListener {
  const roles = new GuildRoles();
  const rights = new RightsWatch();
  let closesWithoutHello = 0;
  let begun = false;
  return {
    isOver,
    onInteraction: deps.onInteraction,
    onDispatch: (type, data) => {
      roles.take(type, data);
      const change = rights.take(type, data);
      if (change) deps.onRights(change);
    },
    onHello: () => {
      closesWithoutHello = 0;
    },
    onReady: (data) => {
      begun = true;
      deps.onBegun(applicationIdOf(data), roles);
      deps.onStatus("ready");
      deps.onRights(rights.begin(data));
    },
    onResumed: () => {
      deps.onStatus("ready");
      deps.onRights({ where: "everywhere", session: "resumed" });
    },
    onClosed: (code) => {
      if (isFatal(code)) {
        deps.onStatus("closed", code);
        end({ kind: "refused", refusal: code });
        return;
      }
      deps.onStatus(begun ? "resuming" : "connecting", code);
      closesWithoutHello += 1;
      if (closesWithoutHello >= CLOSES_WITHOUT_HELLO)
        end({ kind: "unreachable", detail: `the gateway closed with ${code}` });
    },
    onHeartbeat: (latencyMs) => deps.onPing(latencyMs / 1_000),
    onError: (thrown) => deps.log.warn({ detail: messageOf(thrown) }, "the gateway had an error"),
    onNoSocket: (thrown) => end({ kind: "unreachable", detail: `no connection could be made: ${messageOf(thrown)}` }),
    onBadFrame: (thrown) => deps.log.warn({ detail: messageOf(thrown) }, "dropped a frame of the gateway"),
  };
}

function identifyThrottler(
  manager: WebSocketManager,
  deps: SessionDeps,
  end: (why: SessionEnd) => void,
): { waitForIdentify(shardId: number, signal: AbortSignal): Promise<void> } {
  let first = true;
  return {
    async waitForIdentify(_shardId, signal) {
      const fresh = !first && deps.addressLimit.waitMs === 0;
      first = false;
      const limit = await sessionStartLimit(manager, fresh);
      let wait = deps.nextIdentify(limit);
      while (wait.ms > 0) {
        if (wait.ms > SHORT_WAIT_MS) {
          end({ kind: "deferred" });
          await untilAborted(signal);
        }
        await deps.clock.sleep(wait.ms, signal);
        wait = deps.nextIdentify(limit);
      }
      deps.onIdentify();
    },
  };
}

/** What was fetched to connect is fresh the first time; later it is asked again, and the old answer serves if that fails or may not be. */
async function sessionStartLimit(manager: WebSocketManager, fresh: boolean): Promise<SessionStartLimit> {
  const known = await manager.fetchGatewayInformation();
  const info = fresh ? await manager.fetchGatewayInformation(true).catch(() => known) : known;
  const { remaining, reset_after: resetAfterMs } = info.session_start_limit;
  return { remaining, resetAfterMs };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

function applicationIdOf(ready: unknown): string | undefined {
  if (typeof ready !== "object" || ready === null || !("application" in ready)) return undefined;
  const { application } = ready;
  if (typeof application !== "object" || application === null || !("id" in application)) return undefined;
  return typeof application.id === "string" ? application.id : undefined;
}

/** What made the first connection fail. A failure with a close code has ended the session already. */
function endOfConnect(thrown: unknown): SessionEnd {
  const answer = answerOf(thrown);
  switch (answer.kind) {
    case "status":
      if (answer.status === 401) return { kind: "refused", refusal: 401 };
      if (answer.edge && answer.status === 403) return { kind: "blocked", detail: answer.detail };
      return { kind: "unreachable", detail: answer.detail };
    case "wait":
      return { kind: "unreachable", detail: answer.detail, retryAfterMs: answer.retryAfterMs };
    case "unsent":
    case "unclear":
      return { kind: "unreachable", detail: answer.detail };
    case "ok":
      return { kind: "unreachable", detail: "no answer" };
    default:
      return answer satisfies never;
  }
}
