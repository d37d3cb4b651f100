import { backoffMs } from "../base/backoff.js";
import type { Operation } from "./verdict.js";

/** What keeps messages from leaving, said once when it begins and once when it is over. */
export const TROUBLE_KINDS = ["edge_block", "refused", "receiver_broken", "history_unreadable"] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  /** Absent: everywhere. */
  readonly channel?: string;
  /** UTC milliseconds. */
  readonly since: number;
  readonly detail: string;
}

/** Whether a request may go to a channel now. */
export type Gate =
  | { readonly open: true; readonly probe: boolean }
  | { readonly open: false; readonly until: number; readonly kind?: TroubleKind };

export interface Moment {
  /** UTC milliseconds, for what is shown. */
  readonly wall: number;
  /** Monotonic milliseconds, for what is waited. */
  readonly mono: number;
}

/** A refused token, a broken channel: asked again this often. */
export const RETRY_TROUBLE_MS = 10 * 60_000;
const EDGE_PAUSE_MS = 10 * 60_000;
/** 10, 20, 40, 80 minutes, then every 80. */
const EDGE_PAUSE_CAP_MS = 80 * 60_000;
/** While one request tries whether an end has come, the others look again after this. */
const BEHIND_PROBE_MS = 1_000;
const CONNECTION_BACKOFF = { baseMs: 1_000, capMs: 60_000 } as const;

interface Pause {
  readonly trouble: Trouble;
  readonly operation?: Operation;
  /** When it was last said, monotonic: what left before that proves nothing about it. */
  saidAt: number;
  until: number;
}

interface Connection {
  failures: number;
  until: number;
}

type Listener = (trouble: Trouble, change: "began" | "over") => void;

function keyOf(kind: TroubleKind, channel: string): string {
  return `${kind} ${channel}`;
}

/**
 * The troubles there are and when the next try may be made. A pause of everything ends with one request alone; only when the
 * platform has answered it do the others follow.
 */
export class Troubles {
  readonly #random: () => number;
  readonly #listener: Listener;
  readonly #everywhere = new Map<"edge_block" | "refused", Pause>();
  readonly #channels = new Map<string, Pause>();
  readonly #connections = new Map<string, Connection>();
  #edgeStreak = 0;
  #probing = false;

  constructor(random: () => number, listener: Listener) {
    this.#random = random;
    this.#listener = listener;
  }

  list(): readonly Trouble[] {
    return [...this.#everywhere.values(), ...this.#channels.values()].map((pause) => pause.trouble);
  }

  /** Looks without entering. */
  peek(channel: string, now: number): Gate {
    let probe = false;
    for (const [kind, pause] of this.#everywhere) {
      if (now < pause.until) return { open: false, until: pause.until, kind };
      probe = true;
    }
    if (probe && this.#probing) return { open: false, until: now + BEHIND_PROBE_MS };
    const broken = this.#channels.get(keyOf("receiver_broken", channel));
    if (broken && now < broken.until) return { open: false, until: broken.until, kind: "receiver_broken" };
    const connection = this.#connections.get(channel);
    if (connection && now < connection.until) return { open: false, until: connection.until };
    return { open: true, probe };
  }

  /** Every entry through an open gate is left by {@link leave}. */
  enter(channel: string, now: number): Gate {
    const gate = this.peek(channel, now);
    if (gate.open && gate.probe) this.#probing = true;
    return gate;
  }

  leave(gate: Gate): void {
    if (gate.open && gate.probe) this.#probing = false;
  }

  /** `startedAt`: when the request left, monotonic. Requests that were already on the way do not make the pause longer. */
  edgeBlocked(detail: string, at: Moment, startedAt: number): number {
    const known = this.#everywhere.get("edge_block");
    if (known && startedAt <= known.saidAt) return Math.max(0, known.until - at.mono);
    this.#edgeStreak += 1;
    const ms = Math.min(EDGE_PAUSE_CAP_MS, EDGE_PAUSE_MS * 2 ** (this.#edgeStreak - 1));
    this.#pauseEverywhere("edge_block", detail, at, ms);
    return ms;
  }

  refused(detail: string, at: Moment): number {
    this.#pauseEverywhere("refused", detail, at, RETRY_TROUBLE_MS);
    return RETRY_TROUBLE_MS;
  }

  broken(channel: string, operation: Operation, detail: string, at: Moment): number {
    this.#begin("receiver_broken", channel, operation, detail, at);
    return RETRY_TROUBLE_MS;
  }

  historyUnreadable(channel: string, detail: string, at: Moment): number {
    this.#begin("history_unreadable", channel, "look_up", detail, at);
    return RETRY_TROUBLE_MS;
  }

  historyReadable(channel: string): void {
    this.#end("history_unreadable", channel);
  }

  /** No answer, or a server's failure: the channel rests for longer and longer. Returns for how long. */
  connectionFailed(channel: string, now: number): number {
    const failures = (this.#connections.get(channel)?.failures ?? 0) + 1;
    const ms = backoffMs(CONNECTION_BACKOFF, failures, this.#random());
    this.#connections.set(channel, { failures, until: now + ms });
    for (const pause of this.#everywhere.values()) pause.until = Math.max(pause.until, now + ms);
    return ms;
  }

  /** The platform itself answered a request that left at `startedAt`: it takes this bot and this address. */
  answered(channel: string, startedAt: number): void {
    this.#connections.delete(channel);
    for (const [kind, pause] of this.#everywhere) {
      if (startedAt <= pause.saidAt) continue;
      this.#everywhere.delete(kind);
      this.#listener(pause.trouble, "over");
    }
    if (!this.#everywhere.has("edge_block")) this.#edgeStreak = 0;
  }

  /** The channel took something. An edit needs less permission than a post, so it does not disprove a post's refusal. */
  accepted(channel: string, operation: Operation): void {
    const pause = this.#channels.get(keyOf("receiver_broken", channel));
    if (pause && (operation === "post" || pause.operation === operation)) this.#end("receiver_broken", channel);
  }

  /** Somebody changed something: everything but an edge block is tried at once. */
  retryNow(now: number): void {
    const refused = this.#everywhere.get("refused");
    if (refused) refused.until = now;
    for (const pause of this.#channels.values()) pause.until = now;
    this.#connections.clear();
  }

  #pauseEverywhere(kind: "edge_block" | "refused", detail: string, at: Moment, ms: number): void {
    const known = this.#everywhere.get(kind);
    if (known) {
      known.until = at.mono + ms;
      known.saidAt = at.mono;
    } else {
      const trouble: Trouble = { kind, since: at.wall, detail };
      this.#everywhere.set(kind, { trouble, until: at.mono + ms, saidAt: at.mono });
      this.#listener(trouble, "began");
    }
  }

  #begin(
    kind: "receiver_broken" | "history_unreadable",
    channel: string,
    operation: Operation,
    detail: string,
    at: Moment,
  ): void {
    const known = this.#channels.get(keyOf(kind, channel));
    if (known) known.until = at.mono + RETRY_TROUBLE_MS;
    else {
      const trouble: Trouble = { kind, channel, since: at.wall, detail };
      this.#channels.set(keyOf(kind, channel), {
        trouble,
        operation,
        saidAt: at.mono,
        until: at.mono + RETRY_TROUBLE_MS,
      });
      this.#listener(trouble, "began");
    }
  }

  #end(kind: "receiver_broken" | "history_unreadable", channel: string): void {
    const pause = this.#channels.get(keyOf(kind, channel));
    if (!pause) return;
    this.#channels.delete(keyOf(kind, channel));
    this.#listener(pause.trouble, "over");
  }
}
