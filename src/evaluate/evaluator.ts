import type { Clock } from "../base/clock.js";
import { newId } from "../base/id.js";
import type { Logger } from "../base/log.js";
import type { Alert, Transition } from "../model/alert.js";
import type { Route } from "../model/route.js";
import type { Rule } from "../model/rule.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { RuleIndex } from "../rule/observe.js";
import { indexRules, ruleOf, subjectOf } from "../rule/observe.js";
import { step } from "../rule/step.js";
import type { Store, Tables } from "../store/contract.js";
import { Absence } from "./absence.js";
import { Alarm } from "./alarm.js";
import { applyRun } from "./applying.js";
import type { Memory } from "./memory.js";
import { Draft, loadMemory } from "./memory.js";
import { reconcile } from "./reconcile.js";
import { attend, attentionAt } from "./rounds.js";
import { SerialQueue } from "./serial-queue.js";
import type { RunToStep, SteppedRun } from "./stepping.js";
import { stepRuns } from "./stepping.js";
import type { TurnAround } from "./turn.js";
import { Turn, newRow } from "./turn.js";

/** Runs taken together into one transaction, and alerts or incidents looked at in one slice. */
const SLICE = 32;
/** After a start, an alert that another rule may explain waits this long for that rule to be measured. */
export const WARM_UP_MS = 10_000;
/** An absence longer than this is said. */
export const LONG_AWAY_MS = 3_600_000;
/** Key in the store: the end of the last absence that was said, so that a crash right after does not say it twice. */
const AWAY_TOLD = "evaluate.away_told";

export interface EvaluatorConfig {
  readonly rules: readonly Rule[];
  readonly routes: readonly Route[];
  readonly targets: readonly Pick<Target, "name" | "kind" | "intervalMs">[];
  /** Where Toban speaks of itself. */
  readonly noticeChannel: string;
}

/** What has been committed: for whoever sends, and for whoever gathers evidence. */
export interface Committed {
  readonly transitions: readonly Transition[];
  /** Incidents that look different now. */
  readonly incidents: readonly string[];
  /** Announcements made or changed. */
  readonly rows: readonly string[];
}

export interface EvaluatorOptions extends EvaluatorConfig {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly host: string;
  readonly onCommitted: (committed: Committed) => void;
  /** Whether a person has stopped this target, and it has not run since; absent: nobody can. */
  readonly stopped?: (target: string) => boolean;
}

export interface Evaluator {
  /** Takes a run through rules and stages. Resolves when what follows from it is committed. Runs that come together share a transaction. */
  evaluate(run: Run): Promise<void>;
  /** Does what time alone makes due. Resolves to the milliseconds until it wants to be called again; undefined: not by time alone. */
  tick(): Promise<number | undefined>;
  /** Takes another configuration over: what is no longer watched ends grey, changed rules are held against the newest runs at once. */
  reconfigure(config: EvaluatorConfig): Promise<void>;
  /** After a start, before the first run: `lastAliveAt` is when the last process was last known to work (UTC milliseconds). */
  recover(since: { readonly lastAliveAt: number | undefined; readonly now: number }): Promise<void>;
  /** Calls `tick` by itself whenever it is due. */
  start(): void;
  /** Resolves when everything handed in has been committed. */
  stop(): Promise<void>;
  /** When something was last brought to its end, monotonic; for the watchdog. Waiting for nothing counts as progress. */
  readonly lastProgressAt: number;
}

export function createEvaluator(options: EvaluatorOptions): Evaluator {
  return new LoopingEvaluator(options);
}

class LoopingEvaluator implements Evaluator {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #host: string;
  readonly #isStopped: (target: string) => boolean;
  readonly #onCommitted: (committed: Committed) => void;
  readonly #queue: SerialQueue<RunToStep>;
  readonly #lastRunAt = new Map<string, number>();
  readonly #stopListening: () => void;
  #memory: Memory;
  #config: EvaluatorConfig;
  #rules: RuleIndex;
  #targets: ReadonlyMap<string, Pick<Target, "name" | "kind" | "intervalMs">>;
  #warmUntil: number;
  #absence: Absence;
  readonly #alarm: Alarm;

  constructor(options: EvaluatorOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#host = options.host;
    this.#onCommitted = options.onCommitted;
    this.#isStopped = options.stopped ?? ((): boolean => false);
    this.#config = options;
    this.#rules = indexRules(options.rules);
    this.#targets = new Map(options.targets.map((target) => [target.name, target]));
    this.#memory = this.#store.read((tables) => loadMemory(tables, this.#clock.now()));
    this.#absence = new Absence(undefined, this.#memory);
    this.#warmUntil = this.#clock.monotonic() + WARM_UP_MS;
    this.#alarm = new Alarm(this.#clock, () => void this.tick().catch(this.#onError));
    this.#queue = new SerialQueue(this.#clock, SLICE, (runs) => this.#evaluateTogether(runs));
    this.#stopListening = this.#store.onStatus(
      () => void this.#queue.task(() => this.#reconcile()).catch(this.#onError),
    );
  }

  get lastProgressAt(): number {
    return this.#queue.lastProgressAt;
  }

  evaluate(run: Run): Promise<void> {
    return this.#queue.add({ run, rules: this.#rules, again: false });
  }

  async tick(): Promise<number | undefined> {
    await this.#queue.task(() => this.#attendAll());
    this.#arm();
    return this.#alarm.wait;
  }

  reconfigure(config: EvaluatorConfig): Promise<void> {
    return this.#queue.task(async () => {
      const before = new Set(this.#config.rules.map((rule) => rule.checksum));
      this.#config = config;
      this.#rules = indexRules(config.rules);
      this.#targets = new Map(config.targets.map((target) => [target.name, target]));
      await this.#endUnwatched();
      const changed = indexRules(config.rules.filter((rule) => !before.has(rule.checksum)));
      if (changed.size > 0) await this.#lookAgain(changed);
      await this.#attendAll();
      this.#arm();
    });
  }

  recover({ lastAliveAt, now }: { readonly lastAliveAt: number | undefined; readonly now: number }): Promise<void> {
    return this.#queue.task(async () => {
      this.#memory = this.#store.read((tables) => loadMemory(tables, now));
      this.#warmUntil = this.#clock.monotonic() + WARM_UP_MS;
      const away = lastAliveAt !== undefined && lastAliveAt < now ? { from: lastAliveAt, to: now } : undefined;
      this.#absence = new Absence(away, this.#memory);
      await this.#endUnwatched();
      await this.#sayLongAway();
      this.#arm();
    });
  }

  start(): void {
    this.#alarm.start();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#alarm.stop();
    this.#stopListening();
    await this.#queue.idle();
    this.#alarm.stop();
  }

  async #evaluateTogether(runs: readonly RunToStep[]): Promise<void> {
    const now = this.#clock.now();
    const fresh = runs.filter((each) => each.again || this.#isFresh(each.run, now));
    const stepped = this.#store.read((tables) =>
      stepRuns(fresh, tables, {
        now,
        alert: (fingerprint) => this.#memory.alerts.get(fingerprint),
        known: (target) => this.#alertsOf(target),
        intervalMs: (target) => this.#targets.get(target)?.intervalMs ?? 0,
      }),
    );
    // Most runs are well, and were before.
    const telling = stepped.filter(({ target, steps }) => steps.length > 0 || this.#memory.byTarget.has(target));
    if (telling.length > 0) await this.#apply(telling, now);
    for (const { run } of fresh) this.#lastRunAt.set(run.target, run.at);
  }

  async #apply(stepped: readonly SteppedRun[], now: number): Promise<void> {
    this.#absence.note(stepped);
    const around = this.#around(now);
    const certain = stepped.some(({ steps }) => steps.some(({ transition }) => transition !== undefined));
    await this.#commit(
      "evaluate",
      (draft, tables) => stepped.flatMap((one) => applyRun(one, draft, tables, around)),
      certain,
    );
  }

  /** Not of a target that has been removed meanwhile, and newer than its last one, unless the clock was set back. */
  #isFresh(run: Run, now: number): boolean {
    if (!this.#targets.has(run.target)) return false;
    const last = this.#lastRunAt.get(run.target);
    return last === undefined || run.at > last || last > now;
  }

  #alertsOf(target: string): readonly Alert[] {
    return [...(this.#memory.byTarget.get(target) ?? [])].flatMap((key) => this.#memory.alerts.get(key) ?? []);
  }

  #around(now: number): TurnAround {
    return {
      now,
      host: this.#host,
      routes: this.#config.routes,
      warmingUp: this.#clock.monotonic() < this.#warmUntil,
      stopped: this.#isStopped,
      inhibitedBy: (alert) => inhibitorsOf(this.#ruleOf(alert), alert),
      away: (fingerprint) => this.#absence.of(fingerprint, now),
      newId: () => newId({ now: () => now }),
    };
  }

  #ruleOf(alert: Alert): Rule | undefined {
    const target = this.#targets.get(alert.target);
    return target && ruleOf(alert, target, this.#rules);
  }

  /** One turn's changes: written in one transaction if anything is to be written, and only then taken into memory. */
  async #commit(
    name: string,
    work: (draft: Draft, tables: Tables) => readonly Transition[],
    certainlyWrites: boolean = false,
  ): Promise<void> {
    // Most runs change nothing that is kept; they are tried without a transaction.
    const tried = certainlyWrites ? undefined : this.#store.read((tables) => this.#drafted(work, tables));
    if (tried && !tried.draft.dirty) {
      this.#accept(tried.draft);
      return;
    }
    const { draft, transitions } = await this.#store.write(name, (tables) => {
      const done = this.#drafted(work, tables);
      done.draft.persist(tables);
      return done;
    });
    this.#accept(draft);
    const committed = { transitions, incidents: [...draft.incidents.keys()], rows: [...draft.rows.keys()] };
    if (transitions.length + committed.incidents.length + committed.rows.length > 0) this.#onCommitted(committed);
  }

  #drafted(
    work: (draft: Draft, tables: Tables) => readonly Transition[],
    tables: Tables,
  ): { readonly draft: Draft; readonly transitions: readonly Transition[] } {
    const draft = new Draft(this.#memory);
    const transitions = work(draft, tables);
    return { draft, transitions };
  }

  #accept(draft: Draft): void {
    const changed = [...draft.desks.changes()];
    draft.commit();
    for (const [, desk] of changed) {
      const at = desk && attentionAt(desk, this.#config.routes);
      if (at !== undefined) this.#alarm.add(at);
    }
  }

  async #attendAll(): Promise<void> {
    const now = this.#clock.now();
    const due = [...this.#memory.desks.values()].filter(
      (desk) =>
        (attentionAt(desk, this.#config.routes) ?? Number.POSITIVE_INFINITY) <= now || desk.incident.announcedAt > now,
    );
    await this.#inSlices(due, (desks) =>
      this.#commit("tick", (draft, tables) => {
        for (const desk of desks) attend(desk, draft, tables, this.#around(now));
        return [];
      }),
    );
    const waiting = [...this.#memory.waiting.keys()].flatMap((key) => this.#memory.alerts.get(key) ?? []);
    await this.#inSlices(waiting, (alerts) =>
      this.#commit("tick", (draft, tables) => {
        new Turn(draft, tables, this.#around(now)).run([], alerts);
        return [];
      }),
    );
  }

  /** Alerts whose rule or target is no longer configured end grey. */
  async #endUnwatched(): Promise<void> {
    const now = this.#clock.now();
    const unwatched = [...this.#memory.alerts.values()].filter((alert) => !this.#ruleOf(alert));
    await this.#inSlices(unwatched, (alerts) =>
      this.#commit("unwatched", (draft, tables) =>
        alerts.flatMap((alert) => {
          const { next, transition } = step(UNWATCHED, subjectOf(alert), alert, { kind: "unwatched", at: now }, now);
          const steps = [{ rule: undefined, previous: alert, next, ...(transition ? { transition } : {}) }];
          return applyRun({ target: alert.target, steps }, draft, tables, this.#around(now));
        }),
      ),
    );
  }

  /** Holds the newest run of every target against rules that are new or have changed. */
  async #lookAgain(rules: RuleIndex): Promise<void> {
    const runs = this.#store
      .read((tables) => tables.runs.all())
      .filter((run) => this.#targets.has(run.target) && run.untrusted.length === 0);
    await this.#inSlices(runs, (slice) => this.#evaluateTogether(slice.map((run) => ({ run, rules, again: true }))));
  }

  async #sayLongAway(): Promise<void> {
    const away = this.#absence.span;
    if (!away || away.to - away.from <= LONG_AWAY_MS) return;
    await this.#commit("away", (draft, tables) => {
      if (tables.meta.get(AWAY_TOLD) === away.from) return [];
      const id = newId(this.#clock);
      const notice = { key: "away", values: { from: away.from, to: away.to } };
      const channel = this.#config.noticeChannel;
      draft.rows.set(id, newRow({ id, channel, kind: "notice", severity: "info", episodes: [], notice }, away.to));
      draft.meta.set(AWAY_TOLD, away.from);
      return [];
    });
  }

  /** The store has changed between file and memory: what stands here must stand there too. */
  async #reconcile(): Promise<void> {
    await this.#store.write("reconcile", (tables) => reconcile(this.#memory, tables));
    this.#memory = this.#store.read((tables) => loadMemory(tables, this.#clock.now()));
  }

  async #inSlices<T>(items: readonly T[], work: (slice: readonly T[]) => Promise<void>): Promise<void> {
    for (let from = 0; from < items.length; from += SLICE) {
      if (from > 0) await this.#clock.nextTurn();
      await work(items.slice(from, from + SLICE));
    }
  }

  /** Sets the timer for the next thing that time alone makes due. */
  #arm(): void {
    const dues = [...this.#memory.desks.values()].flatMap((desk) => attentionAt(desk, this.#config.routes) ?? []);
    const warmLeft = this.#warmUntil - this.#clock.monotonic();
    if (this.#memory.waiting.size > 0 && warmLeft > 0) dues.push(this.#clock.now() + warmLeft);
    this.#alarm.reset(dues);
  }

  readonly #onError = (thrown: unknown): void => {
    this.#log.error({ err: thrown }, "evaluation failed");
  };
}

/** Stands in for a rule that no longer exists. */
/** Names of the rules that mute this alert of this rule as it fires now. */
function inhibitorsOf(rule: Rule | undefined, { reason }: Alert): readonly string[] {
  const { inhibitedBy = [], inhibitedWhen = {} } = rule ?? {};
  const now = Object.keys(inhibitedWhen).filter((name) => reason && inhibitedWhen[name]?.includes(reason));
  return now.length === 0 ? inhibitedBy : [...inhibitedBy, ...now];
}

const UNWATCHED: Rule = {
  name: "",
  series: "",
  reduction: { by: "last" },
  unit: "bool",
  levels: [],
  keepFiringForMs: 0,
  goodRuns: 1,
  except: [],
  needsGoodFirst: false,
  inhibitedBy: [],
  checksum: "",
};
