import { backoffMs } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { newId } from "../base/id.js";
import { warnIfSlow } from "../base/slow.js";
import type { Logger } from "../base/log.js";
import type { Answer, LookupAnswer, Receiver } from "../model/contract/receiver.js";
import type { OutboxRow } from "../model/incident.js";
import type { Store, Tables } from "../store/contract.js";
import { Entries } from "./entries.js";
import { RateLedger } from "./rate-ledger.js";
import type { Renderer } from "./render.js";
import { RequestCounts } from "./sender-numbers.js";
import { applyChange } from "./settle.js";
import type { Change } from "./settle.js";
import type { Gate, KeptEdgeBlock, Moment, Troubles } from "./troubles.js";
import type { Operation, Verdict } from "./verdict.js";

/** Discord answers more than one edit in this time per channel with 429 sooner or later, and nobody reads faster. */
export const EDIT_SPACING_MS = 1_250;
/** A message of thousands of alerts takes long to build, on the loop that everything runs on: at most a twentieth of the time. */
const BUILD_SHARE = 20;
const LONGEST_EDIT_SPACING_MS = 2_500;
/** Where buckets that are used up are kept over a restart. */
const HOLDS_KEY = "sender.holds";
/** Where a block of the edge is kept over a restart. */
const EDGE_KEY = "sender.edge_block";
/** No bucket of messages takes longer; a longer hold means that the clock was set back meanwhile. */
const LONGEST_HOLD_MS = 60_000;
const RETRY_BACKOFF = { baseMs: 1_000, capMs: 60_000 } as const;

/** A request that was made. */
export interface Tried {
  /** Of the row or message, this one included. */
  readonly attempts: number;
  readonly detail: string;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** False: our own library kept it back. */
  readonly sent: boolean;
}

interface KeptHold {
  readonly key: string;
  /** UTC milliseconds. */
  readonly until: number;
}

export interface DeskOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly receiver: Receiver;
  readonly render: Renderer;
  readonly troubles: Troubles;
  /** In [0, 1); for jitter. */
  readonly random: () => number;
}

/** How a job ended. `later`: nothing was sent; it may be tried again from that monotonic moment on. */
export type JobEnd = { readonly kind: "done" } | { readonly kind: "later"; readonly until: number };
export const DONE: JobEnd = { kind: "done" };

/** What all jobs of the sender share: who may send when, what is in doubt, what was counted. */
export class Desk {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly receiver: Receiver;
  readonly render: Renderer;
  readonly troubles: Troubles;
  readonly ledger = new RateLedger();
  readonly counts = new RequestCounts();
  /** What each incident's message has shown to have happened; for what is not known, an edit is due. */
  readonly shownHappenings = new Map<string, string>();
  /** How many entries each incident's message has shown; unknown after a start. */
  readonly shownEntries = new Map<string, number>();
  /** How far the content of a message had to be cut down in edits; by message id. */
  readonly reducedEdits = new Map<string, number>();
  /** Threads that are known to stand. */
  readonly openThreads = new Set<string>();
  /** Channels in which replies are not permitted. */
  readonly noReplies = new Set<string>();
  /** The entries of incidents, as far as they are kept. */
  readonly entries: Entries;
  readonly #random: () => number;
  /** Since when, on the monotonic clock, rows of this process are in doubt. */
  readonly #doubts = new Map<string, number>();
  readonly #nextEditAt = new Map<string, number>();
  #closed = false;

  constructor(options: DeskOptions) {
    this.store = options.store;
    this.clock = options.clock;
    this.log = options.log;
    this.receiver = options.receiver;
    this.render = options.render;
    this.troubles = options.troubles;
    this.#random = options.random;
    const { store, clock, render } = options;
    this.entries = new Entries({ store, clock, fileLine: (entry) => render.fileLine(entry) });
  }

  /** After this, outcomes are no longer written: what is on the way stays `sending` and is recovered at the next start. */
  close(): void {
    this.#closed = true;
  }

  get closed(): boolean {
    return this.#closed;
  }

  newId = (): string => newId(this.clock);

  moment(): Moment {
    return { wall: this.clock.now(), mono: this.clock.monotonic() };
  }

  async write(name: string, work: (tables: Tables) => void): Promise<void> {
    if (!this.#closed) await this.store.write(name, work);
  }

  /** How long it has been unknown whether a row was posted. A process trusts its own monotonic clock before the row's time. */
  doubtMs(row: OutboxRow): number | undefined {
    if (row.state !== "sending" || row.sendingSince === undefined) return undefined;
    const since = this.#doubts.get(row.id);
    return since === undefined ? this.clock.now() - row.sendingSince : this.clock.monotonic() - since;
  }

  beginDoubt(row: OutboxRow): void {
    if (this.#doubts.has(row.id)) return;
    // A row from before this process keeps its age.
    const age = row.state === "sending" && row.sendingSince !== undefined ? this.clock.now() - row.sendingSince : 0;
    this.#doubts.set(row.id, this.clock.monotonic() - age);
  }

  endDoubt(id: string): void {
    this.#doubts.delete(id);
  }

  /** The earliest monotonic moment at which this may be sent, and whether that is now. */
  peek(channel: string, operation: Operation): Gate {
    const now = this.clock.monotonic();
    const gate = this.troubles.peek(channel, now);
    return gate.open ? this.#freed(gate, channel, operation, now) : gate;
  }

  /** As {@link peek}, but counted: whoever gets an open gate sends, and leaves it. */
  enter(channel: string, operation: Operation): Gate {
    const before = this.peek(channel, operation);
    if (!before.open) return before;
    const now = this.clock.monotonic();
    const gate = this.troubles.enter(channel, now);
    if (!gate.open) return gate;
    this.ledger.spend(channel, operation, now);
    if (operation === "edit") this.#nextEditAt.set(channel, now + EDIT_SPACING_MS);
    return gate;
  }

  /** An edit took so long to build: the channel's next one comes later for it. */
  built(channel: string, ms: number): void {
    const spacing = Math.min(LONGEST_EDIT_SPACING_MS, ms * BUILD_SHARE);
    const at = this.clock.monotonic() + spacing;
    if (spacing > EDIT_SPACING_MS) this.#nextEditAt.set(channel, at);
  }

  /** Takes an answer's numbers to heart. */
  account(channel: string, operation: Operation, answer: Answer | LookupAnswer, startedAt: number): void {
    const now = this.clock.monotonic();
    const counted: Answer =
      answer.kind === "found" || answer.kind === "absent" ? { kind: "ok", messageId: "" } : answer;
    this.counts.add(counted, startedAt, now);
    warnIfSlow(this.log, "Discord request", now - startedAt, { channel, operation });
    if ("rate" in answer && answer.rate) this.ledger.learn(channel, operation, answer.rate, now);
  }

  /** Draws what follows for the channel and for everything; returns after how long the same may be tried again. */
  react(channel: string, operation: Operation, verdict: Verdict, tried: Tried): number {
    const at = this.moment();
    switch (verdict.kind) {
      case "wait":
        if (tried.sent) this.troubles.answered(channel, tried.startedAt);
        this.#hold(channel, operation, verdict, at.mono);
        return verdict.ms;
      case "edge_block":
        return this.edgeRefused(tried.detail, tried.startedAt, verdict.askedMs);
      case "refused_bot":
        return this.troubles.refused(tried.detail, at);
      case "receiver_broken":
      case "unarchive":
        this.troubles.answered(channel, tried.startedAt);
        return this.troubles.broken(channel, operation, tried.detail, at, tried.startedAt);
      case "retry": {
        const channelMs = this.troubles.connectionFailed(channel, at.mono);
        return Math.max(channelMs, backoffMs(RETRY_BACKOFF, tried.attempts, this.#random()));
      }
      case "delivered":
      case "already_made":
        this.troubles.answered(channel, tried.startedAt);
        this.troubles.accepted(channel, operation);
        return 0;
      default:
        this.troubles.answered(channel, tried.startedAt);
        return 0;
    }
  }

  /** The edge shuts this address out, whoever asked. Returns for how long everything is silent. */
  edgeRefused(detail: string, startedAt: number, askedMs?: number): number {
    const ms = this.troubles.edgeBlocked(detail, this.moment(), startedAt, askedMs);
    this.counts.edgeBlocked();
    this.log.warn({ detail, asked_ms: askedMs, silent_ms: ms }, "Discord's edge shuts this address out");
    this.keepEdgeBlock();
    return ms;
  }

  /** Writes down the edge block there is, or that there is none. */
  keepEdgeBlock(): void {
    const kept = this.troubles.keptEdgeBlock(this.moment()) ?? null;
    this.write("sender.edge", (tables) => tables.meta.set(EDGE_KEY, kept)).catch((thrown: unknown) =>
      this.log.error({ err: thrown }, "an edge block could not be written down"),
    );
  }

  restoreEdgeBlock(): void {
    const kept = keptEdgeBlockIn(this.store.read((tables) => tables.meta.get(EDGE_KEY)));
    if (kept) this.troubles.restoreEdgeBlock(kept, this.moment());
  }

  /** Commits what an outcome changed, and with it which buckets are used up: a restart must not run into them. */
  async commit(name: string, change: Change): Promise<void> {
    await this.write(name, (tables) => {
      applyChange(tables, change);
      this.#keepHolds(tables);
    });
  }

  restoreHolds(): void {
    const kept = this.store.read((tables) => tables.meta.get(HOLDS_KEY));
    if (!Array.isArray(kept)) return;
    for (const { key, until } of kept as readonly Partial<KeptHold>[]) {
      if (typeof key !== "string" || typeof until !== "number") continue;
      const forMs = Math.min(until - this.clock.now(), LONGEST_HOLD_MS);
      if (forMs > 0) this.ledger.restore(key, forMs, this.clock.monotonic());
    }
  }

  #keepHolds(tables: Tables): void {
    const now = this.clock.now();
    const holds = this.ledger
      .exhausted(this.clock.monotonic())
      .map(({ key, forMs }): KeptHold => ({ key, until: now + forMs }));
    if (holds.length > 0) tables.meta.set(HOLDS_KEY, holds);
  }

  /** The platform answered a look-up in the channel. */
  answered(channel: string, startedAt: number): void {
    this.troubles.answered(channel, startedAt);
    this.troubles.historyReadable(channel);
  }

  /** Forgets what is over: lanes, buckets and marks of incidents that have ended. */
  sweep(): void {
    const now = this.clock.monotonic();
    this.ledger.sweep(now);
    for (const [channel, at] of this.#nextEditAt) if (at <= now) this.#nextEditAt.delete(channel);
  }

  #freed(gate: Gate, channel: string, operation: Operation, now: number): Gate {
    const paced = operation === "edit" ? (this.#nextEditAt.get(channel) ?? 0) : 0;
    const until = Math.max(this.ledger.freeAt(channel, operation, now), paced);
    return until > now ? { open: false, until } : gate;
  }

  #hold(channel: string, operation: Operation, verdict: Extract<Verdict, { kind: "wait" }>, now: number): void {
    if (verdict.everywhere) this.ledger.holdEverywhere(verdict.ms, now);
    else this.ledger.hold(channel, operation, verdict.ms, now);
  }
}

function keptEdgeBlockIn(json: unknown): KeptEdgeBlock | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { trouble, saidAt, until, streak } = json as Partial<KeptEdgeBlock>;
  const whole =
    trouble?.kind === "edge_block" &&
    typeof trouble.since === "number" &&
    typeof trouble.detail === "string" &&
    [saidAt, until, streak].every((value) => typeof value === "number");
  return whole ? (json as KeptEdgeBlock) : undefined;
}
