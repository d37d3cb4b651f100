import { UserError, messageOf } from "../base/errors.js";
import type { Timer } from "../base/clock.js";
import { renderReminder } from "../message/action.js";
import { ACTION_VERBS } from "../model/action.js";
import type { ActionName } from "../model/action.js";
import type { ActionRecord, StoppedByHand } from "../model/action-record.js";
import type { PlanView } from "../model/action-view.js";
import { principalKey } from "../model/principal.js";
import type { Principal } from "../model/principal.js";
import type { Run } from "../model/run.js";
import { authorize } from "../permit/authorize.js";
import type { Tables } from "../store/contract.js";
import { BREAKER_FAILURES, standingOf } from "./budget.js";
import { carryOut, endsItself } from "./carrying-out.js";
import type { Underway } from "./carrying-out.js";
import type { OperateDeps } from "./deps.js";
import { Ledger, enter } from "./ledger.js";
import type { PlanRequest } from "./plan.js";
import { assertPermitted, configuredAction, lastSeen, lastTime, namedDependents, newRecord } from "./plan.js";
import { orphansOf, settleOrphan } from "./recovery.js";
import { step } from "./step.js";
import { StoppedTargets, dueReminders, forgetStopped, noteReminded, showsRunning, stoppedIn } from "./stopped.js";
import { lookAt, watchMs } from "./watch.js";

/** How often what time alone makes due is looked at: plans that nobody confirmed, reminders, what another process left or wrote. */
const SWEEP_MS = 2_500;
/** How long who asked waits for the order to be carried out, before they are sent to the channel for the result. */
const PATIENCE_MS = 5_000;

/** One way for every face: slash command, button, command line. Refusals are thrown as {@link UserError}. */
export interface Operate {
  /** Records a plan and tells what there is to know before one says yes. Changes nothing. */
  plan(request: PlanRequest): Promise<PlanView>;
  /** Claims a plan and begins it. Whoever comes second is told who was first. */
  approve(id: string, principal: Principal): Promise<Underway>;
  /** How it stands as soon as the order was carried out or has failed, but at the latest after a few seconds: nobody waits without a word. */
  progress(underway: Underway): Promise<{ readonly record: ActionRecord; readonly watchMs: number }>;
  cancel(id: string, principal: Principal): Promise<ActionRecord>;
  get(id: string): ActionRecord | undefined;
  /** Targets to which this may be done by that principal. */
  targetsFor(action: ActionName, principal: Principal): readonly string[];
  /** What is stopped by hand, by target. */
  stopped(): ReadonlyMap<string, StoppedByHand>;
  /** Told of every run: what was stopped and runs again is no longer muted. */
  observe(run: Run): void;
  /** Reports what a process that is gone left under way, and looks after actions from then on. */
  start(): void;
  /** Leaves what is under way to the next process. */
  stop(): Promise<void>;
}

export function createOperate(deps: OperateDeps): Operate {
  return new Operating(deps);
}

class Operating implements Operate {
  readonly #deps: OperateDeps;
  readonly #ledger: Ledger;
  readonly #stopped: StoppedTargets;
  readonly #underway = new Map<string, Promise<unknown>>();
  readonly #ending = new AbortController();
  #timer: Timer | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(deps: OperateDeps) {
    this.#deps = deps;
    this.#ledger = new Ledger(deps);
    this.#stopped = new StoppedTargets(deps.store);
  }

  async plan(request: PlanRequest): Promise<PlanView> {
    const { clock, store, host, targets, policy, limits } = this.#deps;
    const { target, action, principal } = request;
    assertPermitted(principal, action, target, policy());
    const configured = configuredAction(targets(), target, action);
    await this.#settleOrphans();
    const planned = newRecord(request, configured.means, clock);
    const state = await lookAt(this.#deps, planned);
    const record: ActionRecord = { ...planned, before: state };
    const view = store.read((tables): PlanView => {
      refuseByStanding(tables, record, clock.now(), limits());
      return {
        record,
        host,
        state,
        dependents: namedDependents(state, tables.runs.all()),
        ...lastSeen(tables, target),
        ...lastTime(tables, record),
        standing: standingOf(tables.actions, target, clock.now(), limits()),
        self: endsItself(record, state, this.#deps),
      };
    });
    await this.#ledger.plan(record);
    return view;
  }

  async approve(id: string, principal: Principal): Promise<Underway> {
    this.#ending.signal.throwIfAborted();
    const planned = this.#own(id, principal);
    this.#assertStillAllowed(planned, principal);
    const claim = await this.#ledger.decide("action.approve", (tables, now) => this.#claim(tables, id, now));
    if (claim instanceof UserError) throw claim;
    const underway = carryOut(claim, this.#deps, this.#ledger, this.#ending.signal);
    this.#follow(underway);
    return underway;
  }

  async progress(underway: Underway): Promise<{ readonly record: ActionRecord; readonly watchMs: number }> {
    using patience = this.#deps.clock.deadline(PATIENCE_MS, this.#ending.signal);
    const { signal } = patience;
    const waited = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    // Whatever breaks off is reported elsewhere.
    const acted = underway.acted.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([acted, waited]);
    const record = this.#ledger.get(underway.id) ?? underway.approved;
    return { record, watchMs: watchMs(record.action, this.#deps.limits()) };
  }

  async cancel(id: string, principal: Principal): Promise<ActionRecord> {
    const planned = this.#own(id, principal);
    const stepped = await this.#ledger.happen(id, { kind: "cancel", at: this.#deps.clock.now() });
    if (stepped.ok) return stepped.record;
    throw overError(this.#ledger.get(id) ?? planned);
  }

  get(id: string): ActionRecord | undefined {
    return this.#ledger.get(id);
  }

  targetsFor(action: ActionName, principal: Principal): readonly string[] {
    const policy = this.#deps.policy();
    return this.#deps
      .targets()
      .filter(({ actions }) => actions.some(({ name }) => name === action))
      .filter(({ name }) => authorize(principal, ACTION_VERBS[action], name, policy).allowed)
      .map(({ name }) => name);
  }

  stopped(): ReadonlyMap<string, StoppedByHand> {
    return this.#stopped.all;
  }

  observe(run: Run): void {
    const stopped = this.#stopped.all.get(run.target);
    if (!stopped || !showsRunning(run, stopped)) return;
    this.#deps.store
      .write("action.running", (tables) => forgetStopped(tables, stopped.target, stopped.id))
      .then(() => this.#stopped.refresh())
      .catch((thrown: unknown) => this.#deps.log.error({ err: thrown }, "what runs again could not be noted"));
  }

  start(): void {
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#ending.abort(new Error("Toban is ending"));
    await this.#sweeping;
    await Promise.allSettled(this.#underway.values());
    await this.#deps.actor.close();
  }

  /** The plan, for who asked for it and nobody else. */
  #own(id: string, principal: Principal): ActionRecord {
    const record = this.#ledger.get(id);
    if (!record) throw new UserError("expired");
    if (record.asker.key !== principalKey(principal)) throw new UserError("not_yours", { owner: record.asker.name });
    return record;
  }

  /** Between plan and word, the configuration and the rights may have changed. */
  #assertStillAllowed(planned: ActionRecord, principal: Principal): void {
    const { targets, policy } = this.#deps;
    assertPermitted(principal, planned.action, planned.target, policy());
    const configured = configuredAction(targets(), planned.target, planned.action);
    if (JSON.stringify(configured.means) !== JSON.stringify(planned.means)) {
      throw new UserError("expired", { command: planned.action });
    }
  }

  /** In one transaction: of all who come for this plan, or for another of the same target, one gets it. */
  #claim(tables: Tables, id: string, now: number): ActionRecord | UserError {
    const record = tables.actions.get(id);
    if (!record) return new UserError("expired");
    const { holder, limits } = this.#deps;
    const approved = step(record, { kind: "approve", at: now, holder });
    if (!approved.ok) return overError(record);
    const since = tables.actions.startedSince(record.target, record.plannedAt)[0];
    try {
      refuseByStanding(tables, record, now, limits());
    } catch (thrown) {
      if (thrown instanceof UserError) return thrown;
      throw thrown;
    }
    // The plan told of a state that is no more: doing it all the same would do it twice.
    if (since) return doneError(since);
    enter(tables, approved.record, now, record);
    return approved.record;
  }

  #follow(underway: Underway): void {
    const { id, ended } = underway;
    const over = ended
      .catch((thrown: unknown) => this.#failed(id, thrown))
      .finally(() => {
        this.#underway.delete(id);
        this.#stopped.refresh();
      });
    this.#underway.set(id, over);
    const refresh = (): void => this.#stopped.refresh();
    underway.acted.then(refresh, refresh);
  }

  /** Nothing of an action may be lost in silence: what broke off is reported like what a dead process left. */
  #failed(id: string, thrown: unknown): void {
    this.#deps.log.error({ err: thrown, action: id }, "an action broke off");
  }

  async #settleOrphans(): Promise<void> {
    const live = this.#deps.store.read((tables) => tables.actions.live());
    for (const orphan of orphansOf(live, this.#deps, new Set(this.#underway.keys()))) {
      await settleOrphan(orphan, this.#deps, this.#ledger);
    }
  }

  async #sweep(): Promise<void> {
    const { clock, log, store, onCommitted } = this.#deps;
    try {
      if (store.status().trouble !== undefined) return;
      this.#stopped.refresh();
      await this.#ledger.catchUp();
      await this.#settleOrphans();
      const now = clock.now();
      const live = store.read((tables) => tables.actions.live());
      for (const { id, expiresAt, state } of live) {
        if (state === "planned" && expiresAt <= now) await this.#ledger.happen(id, { kind: "expire", at: now });
      }
      await this.#remind(now);
      // Another process (the command line) may have left something to say.
      if ((store.read((tables) => tables.outbox.nextDueAt()) ?? Number.POSITIVE_INFINITY) <= now) onCommitted();
    } catch (thrown) {
      log.warn({ detail: messageOf(thrown) }, "actions could not be looked after");
    }
  }

  async #remind(now: number): Promise<void> {
    if (dueReminders([...this.#stopped.all.values()], now).length === 0) return;
    const { catalogue, targets, onCommitted } = this.#deps;
    const startable = (name: string): boolean =>
      targets().some((target) => target.name === name && target.actions.some((action) => action.name === "start"));
    await this.#deps.store.write("action.remind", (tables) => {
      for (const stopped of dueReminders(stoppedIn(tables), now)) {
        noteReminded(tables, stopped.target, now);
        const reminder = renderReminder({ stopped, startable: startable(stopped.target) }, catalogue());
        this.#ledger.say(tables, stopped.channel, reminder, now);
      }
    });
    this.#stopped.refresh();
    onCommitted();
  }

  #arm(ms: number): void {
    if (this.#ending.signal.aborted) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#sweeping = this.#sweep().finally(() => this.#arm(SWEEP_MS));
    }, ms);
  }
}

/** Refuses what would run beside another action on the target, or beyond its budget. */
function refuseByStanding(
  tables: Tables,
  record: ActionRecord,
  now: number,
  limits: { readonly perHour: number },
): void {
  const { target, id } = record;
  const running = tables.actions
    .live()
    .find((one) => one.target === target && one.id !== id && one.state !== "planned");
  if (running) throw new UserError("action_running", { target, action: running.action, by: running.asker.name });
  const { refused, used, perHour } = standingOf(tables.actions, target, now, limits);
  if (!refused) return;
  const freeAt = String(refused.freeAt);
  throw refused.why === "spent"
    ? new UserError("budget_spent", { target, used: String(used), of: String(perHour), freeAt })
    : new UserError("breaker_open", { target, count: String(BREAKER_FAILURES), freeAt });
}

/** Why a plan that is no longer waiting cannot be confirmed or cancelled. */
function overError(record: ActionRecord): UserError {
  if (record.state === "planned" || record.state === "expired") {
    return new UserError("expired", { command: record.action });
  }
  return doneError(record);
}

function doneError({ target, action, asker, state, startedAt, approvedAt, endedAt }: ActionRecord): UserError {
  const at = startedAt ?? approvedAt ?? endedAt;
  const when = at === undefined ? {} : { at: String(at) };
  return new UserError("already_done", { target, action, by: asker.name, state, ...when });
}
