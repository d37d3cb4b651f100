import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import { assertNever, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/log.js";
import type { Secret } from "../../base/secret.js";
import type { EdgeBlock } from "../../model/contract/edge-block.js";
import type { Traffic } from "../rest/traffic.js";

import type { GuildNames } from "./guild-roles.js";
import { AddressLimit } from "./address-limit.js";
import { IDENTIFY_MEMORY_MS, identifyWait } from "./identify.js";
import type { IdentifyWait } from "./identify.js";
import type { RightsChange } from "./rights-watch.js";
import { runSession } from "./session.js";
import type { SessionEnd } from "./session.js";
import type { GatewayState } from "./state.js";

/** Starts and identifies, kept over restarts. */
export interface IdentifyLedger {
  add(kind: "start" | "identify", at: number): void;
  since(kind: "start" | "identify", at: number): readonly number[];
}

export interface GatewayDeps {
  readonly token: Secret;
  /** Base of the REST interface without the version; undefined: Discord's own. */
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly ledger: IdentifyLedger;
  readonly traffic: Traffic;
  /** Shared with whatever else asks something of Discord. */
  readonly edge?: EdgeBlock | undefined;
  /** Takes the raw data of each interaction; must not throw and must not wait. */
  readonly onInteraction: (data: unknown) => void;
  /** The bot may have been given a right that it did not have; must not throw. */
  readonly onRights: (change: RightsChange) => void;
}

export interface Gateway {
  /** Begins to connect, and goes on until `stop`, whatever happens. */
  start(): void;
  stop(): Promise<void>;
  state(): GatewayState;
  onState(listener: (state: GatewayState) => void): () => void;
  /** Tries at once instead of waiting; with another token if one is given. */
  reload(token?: Secret): void;
  /** A role's name, as far as the gateway has told it. */
  roleName(guild: string, role: string): string | undefined;
  /** The application's id, once a session has begun. */
  applicationId(): string | undefined;
}

/** A try costs no identify, and until one succeeds no command is answered: so the longest pause is short. */
const UNREACHABLE_BACKOFF = { baseMs: 1_000, capMs: 15_000 } as const;
/** How often a refused token is tried again. */
const REFUSED_RETRY_MS = 10 * 60_000;
/** An edge block is waited out, doubling: requests only prolong it. */
const EDGE_BACKOFF = { baseMs: 10 * 60_000, capMs: 2 * 3_600_000 } as const;

export function createGateway(deps: GatewayDeps): Gateway {
  return new GatewayLife(deps);
}

class GatewayLife implements Gateway {
  readonly #deps: GatewayDeps;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(state: GatewayState) => void>();
  readonly #addressLimit: AddressLimit;
  /** What was recorded in this process: a row that could not be written counts all the same. */
  readonly #own: Readonly<Record<"start" | "identify", number[]>> = { start: [], identify: [] };
  #token: Secret;
  #state: GatewayState = { status: "connecting" };
  #running: Promise<void> | undefined;
  #wake: AbortController | undefined;
  #limit: { readonly remaining: number; readonly resetAt: number } | undefined;
  #names: GuildNames | undefined;
  #applicationId: string | undefined;
  /** Failures in a row, by their kind; a session that began clears them. */
  #unreachable = 0;
  #blocked = 0;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    this.#token = deps.token;
    this.#addressLimit = new AddressLimit(deps.clock);
  }

  start(): void {
    if (this.#running) return;
    this.#record("start");
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#change({ status: "closed", waiting: undefined });
  }

  state(): GatewayState {
    return this.#state;
  }

  onState(listener: (state: GatewayState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reload(token?: Secret): void {
    if (token) this.#token = token;
    this.#wake?.abort();
  }

  roleName(guild: string, role: string): string | undefined {
    return this.#names?.role(guild, role);
  }

  applicationId(): string | undefined {
    return this.#applicationId;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const wait = this.#identifyWait();
      const blockedMs = this.#deps.edge?.remainingMs() ?? 0;
      if (blockedMs > 0) await this.#pause(blockedMs, "blocked", false);
      else if (wait.ms > 0) {
        const said = wait.why === "spacing" ? "debug" : "warn";
        this.#deps.log[said]({ wait_ms: wait.ms, why: wait.why }, "the next identify is delayed");
        await this.#pause(wait.ms, wait.why, false);
      } else if (this.#addressLimit.waitMs > 0) {
        await this.#pause(this.#addressLimit.waitMs, "limit", false);
      } else {
        this.#change({ status: "connecting", waiting: undefined });
        await this.#afterSession(await this.#session(signal));
      }
    }
  }

  #session(signal: AbortSignal): Promise<SessionEnd> {
    return runSession({
      ...this.#deps,
      addressLimit: this.#addressLimit,
      token: this.#token,
      signal,
      nextIdentify: (limit) => {
        this.#limit = { remaining: limit.remaining, resetAt: this.#deps.clock.now() + limit.resetAfterMs };
        return this.#identifyWait();
      },
      onIdentify: () => this.#record("identify"),
      onStatus: (status, closeCode) => {
        this.#change({
          status,
          ...(closeCode === undefined ? {} : { closeCode }),
          ...(status === "ready" ? { refused: undefined } : {}),
        });
      },
      onBegun: (applicationId, names) => {
        this.#applicationId = applicationId ?? this.#applicationId;
        this.#names = names;
        this.#unreachable = 0;
        this.#blocked = 0;
      },
      onPing: (pingSeconds) => this.#change({ pingSeconds }),
    });
  }

  async #afterSession(end: SessionEnd): Promise<void> {
    const { log, random } = this.#deps;
    switch (end.kind) {
      case "stopped":
      // The loop asks again how long, before the next session.
      case "deferred":
        return;
      case "refused":
        log.error({ refusal: end.refusal, retry_ms: REFUSED_RETRY_MS }, "Discord refuses this bot");
        this.#change({ refused: end.refusal });
        await this.#pause(REFUSED_RETRY_MS, "refused", true);
        return;
      case "blocked": {
        const own = Math.min(EDGE_BACKOFF.capMs, EDGE_BACKOFF.baseMs * 2 ** this.#blocked);
        const ms = this.#deps.edge?.remainingMs() || own;
        this.#blocked += 1;
        log.error({ detail: end.detail, retry_ms: ms }, "Discord's edge blocks this address");
        await this.#pause(ms, "blocked", false);
        return;
      }
      case "unreachable": {
        this.#unreachable += 1;
        const ms = Math.max(end.retryAfterMs ?? 0, backoffMs(UNREACHABLE_BACKOFF, this.#unreachable, random()));
        log.warn({ detail: end.detail, attempt: this.#unreachable, retry_ms: ms }, "Discord's gateway is out of reach");
        await this.#pause(ms, "unreachable", true);
        return;
      }
      default:
        assertNever(end);
    }
  }

  /** Waits, until a reload or the stop if that comes first. A wait that protects token or address is not cut short by a reload. */
  async #pause(ms: number, why: string, wakeable: boolean): Promise<void> {
    this.#change({ status: "closed", waiting: { until: this.#deps.clock.now() + ms, why } });
    const wake = new AbortController();
    if (wakeable) this.#wake = wake;
    try {
      await this.#deps.clock.sleep(ms, AbortSignal.any([wake.signal, this.#stopping.signal]));
    } catch {
      // Woken, by a reload or the stop: the loop sees which.
    } finally {
      this.#wake = undefined;
    }
  }

  #identifyWait(): IdentifyWait {
    const now = this.#deps.clock.now();
    if (this.#limit && this.#limit.resetAt <= now) this.#limit = undefined;
    return identifyWait({
      starts: this.#past("start", now),
      identifies: this.#past("identify", now),
      now,
      ...(this.#limit ? { limit: { remaining: this.#limit.remaining, resetAfterMs: this.#limit.resetAt - now } } : {}),
    });
  }

  #past(kind: "start" | "identify", now: number): readonly number[] {
    const own = this.#own[kind];
    try {
      return [...new Set([...this.#deps.ledger.since(kind, now - IDENTIFY_MEMORY_MS), ...own])];
    } catch {
      return own;
    }
  }

  #record(kind: "start" | "identify"): void {
    const { clock, ledger, log } = this.#deps;
    const now = clock.now();
    const own = this.#own[kind];
    own.push(now);
    while ((own[0] ?? now) < now - IDENTIFY_MEMORY_MS) own.shift();
    if (kind === "identify" && this.#limit) this.#limit = { ...this.#limit, remaining: this.#limit.remaining - 1 };
    try {
      ledger.add(kind, now);
    } catch (thrown) {
      log.warn({ kind, detail: messageOf(thrown) }, "cannot keep count of identifies in the store");
    }
  }

  /** Changes what is named; `undefined` takes a field away. */
  #change(changes: { [Field in keyof GatewayState]?: GatewayState[Field] | undefined }): void {
    const merged = { ...this.#state, ...changes };
    this.#state = {
      status: merged.status ?? this.#state.status,
      ...(merged.closeCode === undefined ? {} : { closeCode: merged.closeCode }),
      ...(merged.pingSeconds === undefined ? {} : { pingSeconds: merged.pingSeconds }),
      ...(merged.refused === undefined ? {} : { refused: merged.refused }),
      ...(merged.waiting === undefined ? {} : { waiting: merged.waiting }),
    };
    for (const listener of this.#listeners) listener(this.#state);
  }
}
