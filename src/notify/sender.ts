import type { Clock } from "../base/clock.js";
import { Underway } from "../base/underway.js";
import type { Logger } from "../base/log.js";
import type { EdgeBlock } from "../model/contract/edge-block.js";
import type { Receiver } from "../model/contract/receiver.js";
import type { OutboxRow } from "../model/incident.js";
import type { Store, Tables } from "../store/contract.js";
import { createBudget, priorityOf } from "./budget.js";
import type { Budget, Turn } from "./budget.js";
import { Desk } from "./desk.js";
import type { JobEnd } from "./desk.js";
import { editJob } from "./edit-job.js";
import { byNeed } from "./edit-order.js";
import type { StaleMessage } from "./edit-order.js";
import { Mouthpiece } from "./fallback.js";
import type { Fallback } from "./fallback.js";
import { keyOf, postJob, waitsForMessage } from "./post-job.js";
import type { Renderer } from "./render.js";
import type { SenderNumbers } from "./sender-numbers.js";
import { placeOf } from "./thread.js";
import { noticeOf } from "./trouble-notice.js";
import { Troubles } from "./troubles.js";
import type { Gate, Trouble, TroubleKind } from "./troubles.js";
import { BATCH, PUT_OFF_AT_MOST_MS, bringFromFuture, hasten, moveBack, nextDueAfter, postpone } from "./upkeep.js";
import type { Hastened, HastenedUpTo, Postponed } from "./upkeep.js";

/** The loop turns at least this often, whatever the timers say: a clock may jump, and the watchdog wants to see life. */
const LONGEST_NAP_MS = 10_000;
const SHORTEST_NAP_MS = 20;
/** After a bug in a job, so that it is neither lost nor repeated in a loop. */
const AFTER_BUG_MS = 60_000;
/** Jobs begun per channel: one runs, one is next. */
const LANE_DEPTH = 2;
const DRAIN_MS = 3_000;
/** A step of the wall clock that is more than a correction. */
const CLOCK_STEP_MS = 2_000;
/** A row held longer than this makes room in the batch for others. */
const POSTPONE_FROM_MS = 2_000;
/** So long after its creation a first post may leave the last request of a bucket to a storm. */
const YIELD_LAST_POST_MS = 800;
/** A row behind another one is looked at again after this, if nothing was sent before. */
const BEHIND_ANOTHER_MS = 5_000;

export interface SenderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly receiver: Receiver;
  readonly render: Renderer;
  /** Where Toban says of itself that another channel cannot be written to. */
  readonly opsChannel?: string;
  /** Read anew at each need: it may be configured while the process runs. */
  readonly fallback?: Fallback | undefined;
  /** Discord refuses this bot, and nothing else could speak: whoever runs the process ends it. */
  readonly onRefused?: (detail: string) => void;
  readonly onTrouble?: (trouble: Trouble, change: "began" | "over") => void;
  readonly budget?: Budget;
  readonly random?: () => number;
}

export interface StopOutcome {
  /** False: requests were cut off; their rows are recovered at the next start. */
  readonly drained: boolean;
}

export interface Sender {
  start(): void;
  /** Does everything that may be done now; resolves when nothing more may. */
  runOnce(): Promise<void>;
  /** Something was committed: look now. */
  poke(): void;
  /** Sends what is due for a short while, then lets go. */
  stop(options?: { readonly drainMs?: number }): Promise<StopOutcome>;
  /** The gateway was closed with a code that refuses this bot. */
  refuse(detail: string): void;
  /** Shared by everything in this process that asks something of the platform. */
  readonly edge: EdgeBlock;
  /** Token, permissions or configuration were changed: what waits for that is tried at once. */
  retryNow(): Promise<void>;
  /**
   * Discord tells that this bot's rights may have changed in these channels and threads; absent: in all. What is held for want of them is
   * tried within seconds, once however often it is told, and more seldom while that is in vain.
   */
  rightsChanged(channels?: readonly string[]): void;
  numbers(): SenderNumbers;
  /** Monotonic milliseconds up to which nothing hangs: the last pass, or the beginning of the oldest job that is not over. */
  readonly lastProgressAt: number;
}

export function createSender(options: SenderOptions): Sender {
  return new Reconciler(options);
}

interface Item {
  readonly key: string;
  readonly turn: Turn;
  readonly job: () => Promise<JobEnd>;
  readonly row?: OutboxRow;
  /** Another row must be sent first. */
  readonly waits: boolean;
  /** It leaves the channel's last free request to others for a moment. */
  readonly yields: boolean;
}

interface Held {
  readonly item: Item;
  readonly until: number;
  readonly kind?: TroubleKind;
}

function editKey(incident: string, channel: string): string {
  return `edit ${incident} ${channel}`;
}

function byPriority(a: Item, b: Item): number {
  return priorityOf(a.turn) - priorityOf(b.turn);
}

/** Two lists in one, each in its own order. */
function merged(rows: readonly Item[], edits: readonly Item[]): readonly Item[] {
  const all: Item[] = [];
  let next = 0;
  for (const edit of edits) {
    for (let row = rows[next]; row && byPriority(row, edit) <= 0; row = rows[next]) {
      all.push(row);
      next += 1;
    }
    all.push(edit);
  }
  return [...all, ...rows.slice(next)];
}

/** Brings every channel to the state that the store wants: posts what is announced, edits what is out of date. */
class Reconciler implements Sender {
  readonly #options: SenderOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #store: Store;
  readonly #desk: Desk;
  readonly #budget: Budget;
  readonly #troubles: Troubles;
  readonly #running = new Map<string, Promise<void>>();
  /** How many of a channel's jobs are running or next. */
  readonly #inLane = new Map<string, number>();
  /** Not before this monotonic moment, although it is due. */
  readonly #notBefore = new Map<string, number>();
  /** Since when each message has been out of date, monotonic; by the key of its edit. */
  readonly #staleSince = new Map<string, number>();
  /** How many entries each message showed when it was found to lack some: until it shows more, it still does. By the key of its edit. */
  readonly #lacking = new Map<string, number>();
  readonly #mouthpiece: Mouthpiece;
  readonly #background = new Set<Promise<void>>();
  #started = false;
  #stopping: Promise<StopOutcome> | undefined;
  #wake: (() => void) | undefined;
  #poked = false;
  #loop: Promise<void> = Promise.resolve();
  readonly #underway: Underway;
  readonly #stopListening: () => void;
  #passedAt: number;
  #clockOffset: number;
  #mended: Promise<void> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#store = options.store;
    this.#budget = options.budget ?? createBudget();
    const random = options.random ?? Math.random;
    this.#troubles = new Troubles(random, (trouble, change) => this.#onTrouble(trouble, change));
    this.#desk = new Desk({ ...options, troubles: this.#troubles, random });
    this.#mouthpiece = new Mouthpiece({ ...options, fallback: () => options.fallback });
    this.#underway = new Underway(this.#clock);
    this.#passedAt = this.#clock.monotonic();
    this.#clockOffset = this.#clock.now() - this.#passedAt;
    this.#desk.restoreHolds();
    this.#desk.restoreEdgeBlock();
    this.#stopListening = this.#store.onStatus(() => this.#desk.entries.clear());
  }

  get edge(): EdgeBlock {
    return {
      remainingMs: () => this.#troubles.edgeRemainingMs(this.#clock.monotonic()),
      refused: (detail, startedAt, askedMs) => void this.#desk.edgeRefused(detail, startedAt, askedMs),
    };
  }

  get lastProgressAt(): number {
    return this.#underway.progressAt(this.#passedAt);
  }

  start(): void {
    if (this.#started || this.#stopping) return;
    this.#started = true;
    this.#loop = this.#turn();
  }

  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  async runOnce(): Promise<void> {
    await this.#mend();
    for (let { begun } = this.#pass(); begun.length > 0; { begun } = this.#pass()) await Promise.all(begun);
    await Promise.all(this.#background);
  }

  stop(options: { readonly drainMs?: number } = {}): Promise<StopOutcome> {
    this.#stopping ??= this.#stop(options.drainMs ?? DRAIN_MS);
    return this.#stopping;
  }

  refuse(detail: string): void {
    this.#troubles.refused(detail, this.#desk.moment());
  }

  async retryNow(): Promise<void> {
    this.#troubles.retryNow(this.#clock.monotonic());
    this.#desk.noReplies.clear();
    // Their words may be others now.
    this.#desk.entries.clear();
    this.#notBefore.clear();
    await this.#hasten({ dueAt: this.#clock.now() });
  }

  rightsChanged(channels?: readonly string[]): void {
    const now = this.#clock.monotonic();
    for (const channel of channels ?? this.#desk.noReplies) this.#desk.noReplies.delete(channel);
    for (const { channel, from, until } of this.#troubles.rightsChanged(channels, now)) {
      const inMs = Math.round(until - now);
      this.#log.info({ channel, in_ms: inMs }, "rights may have changed; the channel is tried again");
      // What found the gate closed waits for the moment at which it was to open.
      for (const [key, at] of this.#notBefore) if (at === from) this.#notBefore.delete(key);
      void this.#hasten({ channel, dueAt: this.#clock.now() + inMs });
    }
  }

  numbers(): SenderNumbers {
    const depth = this.#store.read((tables) => tables.outbox.depth());
    return { ...depth, ...this.#desk.counts.snapshot(this.#clock.monotonic()), troubles: this.#troubles.list() };
  }

  async #turn(): Promise<void> {
    await this.#mend();
    while (!this.#stopping) {
      this.#poked = false;
      let napMs = LONGEST_NAP_MS;
      try {
        napMs = this.#pass().napMs;
      } catch (thrown) {
        this.#log.error({ err: thrown }, "the sender's pass failed");
      }
      await this.#nap(napMs);
    }
  }

  #nap(ms: number): Promise<void> {
    if (this.#poked || this.#stopping) return this.#clock.nextTurn();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#wake?.(), Math.max(SHORTEST_NAP_MS, ms));
      this.#wake = () => {
        timer.cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Starts whatever may be sent now. Returns what was begun and how long there is nothing to do. */
  #pass(): { readonly begun: readonly Promise<void>[]; readonly napMs: number } {
    const now = this.#clock.monotonic();
    this.#passedAt = now;
    this.#desk.sweep();
    this.#mendClock();
    // One moment for both looks: what became due between them would be seen by neither.
    const wall = this.#clock.now();
    const items = this.#due(wall);
    const begun: Promise<void>[] = [];
    const held: Held[] = [];
    let wakeAt = now + LONGEST_NAP_MS;
    for (const item of items) {
      if (this.#running.has(item.key)) continue;
      // A lane's next job is begun when one of its jobs is over; until then something more urgent may come.
      if ((this.#inLane.get(item.turn.channel) ?? 0) >= LANE_DEPTH) continue;
      const gate = this.#gate(item, now);
      if (gate.open) begun.push(this.#begin(item));
      else {
        held.push({ ...gate, item });
        wakeAt = Math.min(wakeAt, gate.until);
      }
    }
    this.#speakElsewhere();
    if (items.length >= BATCH) this.#postpone(held, now);
    const next = this.#nextDueMs(wall);
    return { begun, napMs: Math.min(wakeAt - now, next ?? LONGEST_NAP_MS) };
  }

  /** After the wall clock was set back, moments that were set before lie too far ahead: they move with the clock. */
  #mendClock(): void {
    const offset = this.#clock.now() - this.#clock.monotonic();
    const step = offset - this.#clockOffset;
    this.#clockOffset = offset;
    if (step > -CLOCK_STEP_MS) return;
    this.#log.warn({ step_ms: step }, "the clock was set back");
    const mended = this.#inBackground("sender.mend", (tables) => moveBack(tables, this.#clock.now(), step));
    void mended.then(() => this.poke());
  }

  /** Once per life, before the first pass. What a channel refused to the life before is tried: somebody may have mended it meanwhile. */
  #mend(): Promise<void> {
    this.#mended ??= this.#inBackground("sender.mend", (tables) => bringFromFuture(tables, this.#clock.now())).then(
      () => this.#hasten({ dueAt: this.#clock.now(), refused: true }),
    );
    return this.#mended;
  }

  #due(now: number): readonly Item[] {
    return this.#store.read((tables) => {
      const rows = tables.outbox.due(now, BATCH).map((row) => this.#itemOfRow(row, tables));
      return merged(rows.toSorted(byPriority), this.#stale(tables, now).toSorted(byNeed).map(this.#itemOfEdit));
    });
  }

  #stale(tables: Tables, now: number): readonly StaleMessage[] {
    const known = new Map(this.#staleSince);
    const lacking = new Map(this.#lacking);
    this.#staleSince.clear();
    this.#lacking.clear();
    return tables.messages.stale(now, BATCH).map((shown): StaleMessage => {
      const { incident, channel } = shown;
      const key = editKey(incident, channel);
      const since = known.get(key) ?? this.#clock.monotonic();
      this.#staleSince.set(key, since);
      const severity = tables.incidents.get(incident)?.announcedSeverity ?? "info";
      const entries = this.#desk.shownEntries.get(keyOf(shown)) ?? 0;
      const unread = lacking.get(key) === entries || tables.incidents.holdsMore(incident, entries);
      if (unread) this.#lacking.set(key, entries);
      return { incident, channel, severity, unread, since };
    });
  }

  #itemOfRow(row: OutboxRow, tables: Tables): Item {
    const { severity } = row;
    const channel = placeOf(row);
    return {
      key: `row ${row.id}`,
      turn: { channel, severity, operation: "post" },
      job: () => postJob(this.#desk, row.id),
      row,
      waits: waitsForMessage(tables, row),
      yields: row.kind === "opened" && tables.incidents.get(row.incident ?? "")?.kind === "group",
    };
  }

  readonly #itemOfEdit = ({ incident, channel, severity }: StaleMessage): Item => ({
    key: editKey(incident, channel),
    turn: { channel, severity, operation: "edit" },
    job: () => editJob(this.#desk, incident, channel),
    waits: false,
    yields: false,
  });

  #gate(item: Item, now: number): Gate {
    if (item.waits) return { open: false, until: now + BEHIND_ANOTHER_MS };
    const notBefore = this.#notBefore.get(item.key) ?? 0;
    if (notBefore > now) return { open: false, until: notBefore };
    this.#notBefore.delete(item.key);
    const gate = this.#desk.peek(item.turn.channel, item.turn.operation);
    const yieldsUntil = gate.open ? this.#yieldsUntil(item, now) : now;
    return yieldsUntil > now ? { open: false, until: yieldsUntil } : gate;
  }

  /** In a crowd the last free post waits a moment: a storm that is about to begin needs it more than its fifth alert does. */
  #yieldsUntil({ row, yields, turn }: Item, now: number): number {
    if (!row || !yields || row.state !== "pending") return now;
    const fullAt = this.#desk.ledger.lastUntil(turn.channel, "post", now);
    if (fullAt === undefined) return now;
    const age = Math.max(0, this.#clock.now() - row.createdAt);
    return Math.min(fullAt, now + YIELD_LAST_POST_MS - age);
  }

  #begin(item: Item): Promise<void> {
    const { channel } = item.turn;
    const over = this.#underway.begin();
    const work = this.#run(item).finally(() => {
      over();
      this.#running.delete(item.key);
      this.#inLane.set(channel, (this.#inLane.get(channel) ?? 1) - 1);
      if (this.#inLane.get(channel) === 0) this.#inLane.delete(channel);
      this.poke();
    });
    this.#running.set(item.key, work);
    this.#inLane.set(channel, (this.#inLane.get(channel) ?? 0) + 1);
    return work;
  }

  async #run(item: Item): Promise<void> {
    const startedAt = this.#clock.monotonic();
    try {
      const end = await this.#budget.run(item.turn, item.job);
      // What has come since is not in the edit: the message is out of date from there on, if it is.
      if (end?.kind === "done" && this.#staleSince.has(item.key)) this.#staleSince.set(item.key, startedAt);
      if (end?.kind === "later") this.#notBefore.set(item.key, end.until);
      else if (end) this.#unblock();
    } catch (thrown) {
      this.#log.error({ err: thrown, key: item.key }, "a job of the sender failed");
      this.#notBefore.set(item.key, this.#clock.monotonic() + AFTER_BUG_MS);
    }
  }

  /** Something was settled: what waited for it may go on. A bug's pause stays. */
  #unblock(): void {
    const soon = this.#clock.monotonic() + POSTPONE_FROM_MS;
    for (const [key, until] of this.#notBefore) if (until <= soon) this.#notBefore.delete(key);
  }

  /** How long until something becomes due that this pass has not seen; `undefined`: not within the longest nap. */
  #nextDueMs(now: number): number | undefined {
    const at = this.#store.read((tables) => nextDueAfter(tables, now, LONGEST_NAP_MS));
    return at === undefined ? undefined : at - now;
  }

  /** Rows that are held for long would fill the batch and hide others: they become due when they may be sent. */
  #postpone(held: readonly Held[], now: number): void {
    const wall = this.#clock.now();
    const long = held.flatMap(({ item, until, kind }): Postponed[] =>
      item.row && until - now > POSTPONE_FROM_MS
        ? [{ id: item.row.id, dueAt: wall + Math.round(until - now), ...(kind ? { kind } : {}) }]
        : [],
    );
    if (long.length > 0) void this.#inBackground("sender.postpone", (tables) => postpone(tables, long));
  }

  /** What a trouble put off is due again, a batch in each transaction. */
  async #hasten(what: Hastened): Promise<void> {
    const from: { is?: HastenedUpTo | undefined } = {};
    do {
      const { is } = from;
      from.is = undefined;
      await this.#inBackground("sender.hasten", (tables) => {
        from.is = hasten(tables, what, is);
      });
    } while (from.is);
    this.poke();
  }

  #inBackground(name: string, work: Parameters<Desk["write"]>[1]): Promise<void> {
    const done = this.#desk
      .write(name, work)
      .catch((thrown: unknown) => this.#log.error({ err: thrown, name }, "the sender could not write"));
    this.#track(done);
    return done;
  }

  #onTrouble(trouble: Trouble, change: "began" | "over"): void {
    const fields = { trouble: trouble.kind, channel: trouble.channel, detail: trouble.detail };
    if (change === "began") this.#log.error(fields, "sending is in trouble");
    else this.#log.info(fields, "sending is out of trouble");
    this.#options.onTrouble?.(trouble, change);
    if (change === "over") {
      this.#mouthpiece.forget();
      if (trouble.kind === "edge_block") this.#desk.keepEdgeBlock();
      const { channel } = trouble;
      void this.#hasten({ dueAt: this.#clock.now(), ...(channel === undefined ? {} : { channel }) });
    }
    if (change === "began" && trouble.kind === "refused" && !this.#options.fallback) {
      this.#options.onRefused?.(trouble.detail);
    }
    this.#note(trouble, change);
  }

  /** While Discord takes nothing, the other way speaks: for what is due and for what was put off. */
  #speakElsewhere(): void {
    const troubles = this.#troubles.list().filter((trouble) => trouble.kind !== "history_unreadable");
    if (!this.#options.fallback || troubles.length === 0) return;
    for (const row of this.#store.read((tables) => tables.outbox.due(this.#clock.now() + PUT_OFF_AT_MOST_MS, BATCH))) {
      const trouble = troubles.find(({ channel }) => channel === undefined || channel === row.channel);
      const spoken = trouble && this.#mouthpiece.speak(row, trouble);
      if (spoken) this.#track(spoken);
    }
  }

  #track(work: Promise<void>): void {
    const over = this.#underway.begin();
    const tracked = work.finally(() => {
      over();
      this.#background.delete(tracked);
    });
    this.#background.add(tracked);
  }

  /** Says in the channel that people watch what happened to another channel, or to all. */
  #note(trouble: Trouble, change: "began" | "over"): void {
    const { opsChannel } = this.#options;
    if (opsChannel === undefined) return;
    const held = this.#store.read((tables) => tables.outbox.depth().pending);
    const row = noticeOf({ trouble, change, opsChannel, held, id: this.#desk.newId(), now: this.#clock.now() });
    if (row) void this.#inBackground("sender.note", (tables) => tables.outbox.add(row));
  }

  async #stop(drainMs: number): Promise<StopOutcome> {
    const loop = this.#loop;
    this.poke();
    await loop;
    using deadline = this.#clock.deadline(drainMs);
    const expired = new Promise<void>((resolve) => {
      deadline.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    for (let more = this.#started; more && !deadline.signal.aborted;) {
      more = this.#pass().begun.length > 0;
      await Promise.race([Promise.all(this.#running.values()), expired]);
    }
    this.#budget.stop();
    await Promise.race([Promise.all([...this.#running.values(), ...this.#background]), expired]);
    const drained = this.#running.size === 0;
    this.#stopListening();
    this.#desk.close();
    return { drained };
  }
}
