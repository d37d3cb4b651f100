import { backoffMs } from "../base/backoff.js";
import { durationText } from "../base/quantity.js";
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
/** However long the edge asks to wait: a limit of Cloudflare's lasts for a day at most, and a year is a mistake. */
export const LONGEST_EDGE_PAUSE_MS = 24 * 3_600_000;
/** The edge counts in whole seconds, and a request too early begins its span anew. */
const EDGE_MARGIN_MS = 1_000;
/** While one request tries whether an end has come, the others look again after this. */
const BEHIND_PROBE_MS = 1_000;
const CONNECTION_BACKOFF = { baseMs: 1_000, capMs: 60_000 } as const;
/** Discord tells in several events what belongs together, and a whole guild's roles in a burst. */
const WORD_SETTLES_MS = 1_000;
/**
 * Of changed rights there may be word without end that changes nothing here, and each refused try counts towards the 10,000 in ten minutes at
 * which Discord bans an address: so long after the last refusal a channel is tried for word of changes, then as often as without.
 */
const WORD_BACKOFF_S = [1, 5, 15, 15, 15, 30, 30, 60, 60, 60] as const;
/** Tries for word of changes in all channels together, in {@link RETRY_TROUBLE_MS}: a hundredth of those 10,000. */
const WORD_TRIES = 100;
/** Longer than any request takes: what was told before it left is in its answer. */
const WORD_KEPT_MS = 60_000;

interface Pause {
  readonly trouble: Trouble;
  /** When it was last said, monotonic: what left before that proves nothing about it. */
  saidAt: number;
  until: number;
}

interface ChannelPause extends Pause {
  readonly operation: Operation;
  /** The next try is made for word of changed rights. */
  hurried: boolean;
  /** Refusals of such tries since it was calm, and when the last one was. */
  inVain: number;
  lastInVainAt: number;
}

/** A channel whose next try was brought forward. */
export interface Hurried {
  readonly channel: string;
  /** Monotonic milliseconds. */
  readonly from: number;
  readonly until: number;
}

interface Connection {
  failures: number;
  until: number;
}

/** An edge block as it is kept over a restart: a new process that asks too early would prolong it. */
export interface KeptEdgeBlock {
  readonly trouble: Trouble;
  /** When it was last said, and until when to be silent; UTC milliseconds. */
  readonly saidAt: number;
  readonly until: number;
  readonly streak: number;
}

/**
 * How long to be silent after the edge refused for the `streak`-th time in a row. As long as it asks; for ever longer if that was not enough; and by
 * our own doubling, from 10 minutes on, if it asks for nothing that makes sense.
 */
export function edgePauseMs(askedMs: number | undefined, streak: number): number {
  const again = 2 ** (streak - 1);
  if (askedMs === undefined || !(askedMs > 0)) return Math.min(EDGE_PAUSE_CAP_MS, EDGE_PAUSE_MS * again);
  const asked = Math.min(LONGEST_EDGE_PAUSE_MS, Math.ceil(askedMs)) + EDGE_MARGIN_MS;
  return Math.max(asked, Math.min(EDGE_PAUSE_CAP_MS, asked * again));
}

/** What the edge asked for, where something else is done. */
function askedText(detail: string, askedMs: number | undefined, ms: number): string {
  if (askedMs === undefined) return detail;
  const asked = `Retry-After ${askedMs < 0 ? "in the past" : `of ${durationText(Math.round(askedMs))}`}`;
  const taken = ms - EDGE_MARGIN_MS === Math.ceil(askedMs) ? "" : `, taken as ${durationText(Math.round(ms))}`;
  return `${detail}, ${asked}${taken}`;
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
  readonly #channels = new Map<string, ChannelPause>();
  readonly #connections = new Map<string, Connection>();
  /** When there was last word of changed rights, monotonic: by channel, and of all channels. */
  readonly #words = new Map<string, number>();
  #wordOfAll = -Infinity;
  /** When tries were brought forward, within the last ten minutes. */
  #hurries: number[] = [];
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

  /**
   * `startedAt`: when the request left, monotonic; `askedMs`: how long the edge asks to wait. Requests that were already on the way are no further
   * refusal, but what they are asked holds. Returns for how long to be silent.
   */
  edgeBlocked(detail: string, at: Moment, startedAt: number, askedMs?: number): number {
    const known = this.#everywhere.get("edge_block");
    if (known && startedAt <= known.saidAt) {
      if (askedMs !== undefined && askedMs > 0) known.until = Math.max(known.until, at.mono + edgePauseMs(askedMs, 1));
      return Math.max(0, known.until - at.mono);
    }
    this.#edgeStreak += 1;
    const ms = edgePauseMs(askedMs, this.#edgeStreak);
    this.#pauseEverywhere("edge_block", askedText(detail, askedMs, ms), at, ms);
    return ms;
  }

  /** How long the edge block still asks for silence; 0: there is none, or it may be tried whether it is over. */
  edgeRemainingMs(now: number): number {
    return Math.max(0, (this.#everywhere.get("edge_block")?.until ?? now) - now);
  }

  /** The edge block there is, to be kept over a restart. */
  keptEdgeBlock(at: Moment): KeptEdgeBlock | undefined {
    const pause = this.#everywhere.get("edge_block");
    if (!pause) return undefined;
    const wallOf = (mono: number): number => at.wall + mono - at.mono;
    const { trouble, saidAt, until } = pause;
    return { trouble, saidAt: wallOf(saidAt), until: wallOf(until), streak: this.#edgeStreak };
  }

  /** An edge block from before a restart, if it is not over; a clock that was set back meanwhile makes it no longer than it was. */
  restoreEdgeBlock({ trouble, saidAt, until, streak }: KeptEdgeBlock, at: Moment): void {
    const ms = Math.min(until - at.wall, until - saidAt, LONGEST_EDGE_PAUSE_MS + EDGE_MARGIN_MS);
    if (!(ms > 0)) return;
    this.#edgeStreak = streak;
    this.#everywhere.set("edge_block", { trouble, until: at.mono + ms, saidAt: at.mono });
    this.#listener(trouble, "began");
  }

  refused(detail: string, at: Moment): number {
    this.#pauseEverywhere("refused", detail, at, RETRY_TROUBLE_MS);
    return RETRY_TROUBLE_MS;
  }

  /** `startedAt`: when the request left, monotonic. Word of changed rights that came since may not be in its answer. */
  broken(channel: string, operation: Operation, detail: string, at: Moment, startedAt: number): number {
    return this.#begin("receiver_broken", { channel, operation, detail }, at, startedAt);
  }

  historyUnreadable(channel: string, detail: string, at: Moment, startedAt: number): number {
    return this.#begin("history_unreadable", { channel, operation: "look_up", detail }, at, startedAt);
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

  /**
   * There is word that rights may have changed in these channels (absent: in all). Returns those whose next try comes sooner for it: one
   * for however many words of the same moment, and later and later while the channel goes on refusing.
   */
  rightsChanged(channels: readonly string[] | undefined, now: number): readonly Hurried[] {
    this.#keepWord(channels, now);
    const hurried: Hurried[] = [];
    for (const pause of this.#channels.values()) {
      const { channel } = pause.trouble;
      if (channel === undefined || (channels && !channels.includes(channel))) continue;
      const from = pause.until;
      if (this.#hurry(pause, now)) hurried.push({ channel, from, until: pause.until });
    }
    return hurried;
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
    what: { readonly channel: string; readonly operation: Operation; readonly detail: string },
    at: Moment,
    startedAt: number,
  ): number {
    const { channel, operation, detail } = what;
    const key = keyOf(kind, channel);
    const known = this.#channels.get(key);
    const pause: ChannelPause = known ?? {
      trouble: { kind, channel, since: at.wall, detail },
      operation,
      saidAt: at.mono,
      until: at.mono,
      hurried: false,
      inVain: 0,
      lastInVainAt: -Infinity,
    };
    pause.saidAt = at.mono;
    pause.until = at.mono + RETRY_TROUBLE_MS;
    if (pause.hurried) {
      pause.inVain += 1;
      pause.lastInVainAt = at.mono;
    }
    pause.hurried = false;
    this.#channels.set(key, pause);
    if (!known) this.#listener(pause.trouble, "began");
    if (Math.max(this.#wordOfAll, this.#words.get(channel) ?? -Infinity) >= startedAt) this.#hurry(pause, at.mono);
    return Math.round(pause.until - at.mono);
  }

  /** Brings the next try of a channel forward, as far as that is permitted. */
  #hurry(pause: ChannelPause, now: number): boolean {
    if (now - pause.lastInVainAt >= RETRY_TROUBLE_MS) pause.inVain = 0;
    const gapS = WORD_BACKOFF_S[pause.inVain];
    if (gapS === undefined) return false;
    const until = Math.max(now + WORD_SETTLES_MS, pause.saidAt + gapS * 1_000);
    if (until >= pause.until) return false;
    this.#hurries = this.#hurries.filter((at) => at > now - RETRY_TROUBLE_MS);
    if (this.#hurries.length >= WORD_TRIES) return false;
    this.#hurries.push(now);
    pause.until = until;
    pause.hurried = true;
    return true;
  }

  #keepWord(channels: readonly string[] | undefined, now: number): void {
    if (!channels) this.#wordOfAll = now;
    for (const channel of channels ?? []) this.#words.set(channel, now);
    for (const [channel, at] of this.#words) if (at <= now - WORD_KEPT_MS) this.#words.delete(channel);
  }

  #end(kind: "receiver_broken" | "history_unreadable", channel: string): void {
    const pause = this.#channels.get(keyOf(kind, channel));
    if (!pause) return;
    this.#channels.delete(keyOf(kind, channel));
    this.#listener(pause.trouble, "over");
  }
}
