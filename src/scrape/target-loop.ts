import type { Clock, Timer } from "../base/clock.js";
import { newReference } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import type { Probe } from "../model/contract/probe.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { Runner } from "../probe/runner.js";
import { FIRST_RUN, followUp } from "./follow-up.js";
import type { FollowUpState } from "./follow-up.js";
import type { Guards } from "./guard.js";
import type { Slots } from "./slots.js";
import { aligned, nextSlot, placeIn } from "./spread.js";

/** After the start, every target is looked at within this span, wherever its place in the interval is. */
const FIRST_LOOK_MS = 2_000;
/** Signals of a change come in bursts: one run answers for all within this span. */
const DEBOUNCE_MS = 50;
/** A target that changes all the time is not measured more often than this because of it. */
const LEAST_GAP_MS = 500;
/**
 * How long after a change that was told a target with a longer interval is looked at again; then after twice as long, and so on. Rules ask
 * how long a state has lasted (30 s for a unit that is not active), and must not wait for the interval to learn it.
 */
const LOOK_AGAIN_MS = 31_000;
/** How long a probe may take to let go of what it holds. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface TargetLoopDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly runner: Runner;
  readonly guards: Guards;
  readonly slots: Slots;
  /** `prompt`: somebody waits for this run, or something has changed. */
  readonly onRun: (run: Run, prompt: boolean) => Promise<void>;
  readonly onOverrun: () => void;
}

/** One target: when it is due, that it is never measured twice at once, and what a run calls for. */
export class TargetLoop {
  readonly target: Target;
  readonly #probe: Probe;
  readonly #remote: boolean;
  readonly #deps: TargetLoopDeps;
  readonly #controller = new AbortController();
  #state: FollowUpState = FIRST_RUN;
  #origin = 0;
  #timer: Timer | undefined;
  #debounce: Timer | undefined;
  #again: Timer | undefined;
  #unwatch: (() => void) | undefined;
  #flight: Promise<Run> | undefined;
  #flightSince = 0;
  #roundSince: number | undefined;
  #signalled = false;
  #lastSignalRunAt = Number.NEGATIVE_INFINITY;

  constructor(target: Target, probe: Probe, remote: boolean, deps: TargetLoopDeps) {
    this.target = target;
    this.#probe = probe;
    this.#remote = remote;
    this.#deps = deps;
  }

  /** Since when the round under way has been under way (monotonic); `undefined` between rounds. */
  get busySince(): number | undefined {
    return this.#roundSince;
  }

  /** `grainMs`: how far apart the moments are that targets share. */
  start(grainMs: number): void {
    const { clock } = this.#deps;
    const { name, intervalMs } = this.target;
    const now = clock.monotonic();
    const firstLook = now + placeIn(name, Math.min(intervalMs, FIRST_LOOK_MS));
    this.#origin = aligned(now + placeIn(name, intervalMs), grainMs, intervalMs);
    this.#arm(firstLook);
    this.#unwatch = this.#probe.watch?.(() => this.#onSignal());
    if (this.#unwatch) this.#lookAgain(LOOK_AGAIN_MS + FIRST_LOOK_MS);
  }

  /** Measures now, or joins the round under way. */
  measure(): Promise<Run> {
    return this.#fly(true);
  }

  #fly(prompt: boolean): Promise<Run> {
    if (!this.#flight) this.#flightSince = this.#deps.clock.monotonic();
    this.#flight ??= this.#rounds(prompt).finally(() => {
      this.#flight = undefined;
      if (this.#signalled) this.#onSignal();
    });
    return this.#flight;
  }

  /** Stops everything and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#debounce?.cancel();
    this.#again?.cancel();
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#controller.abort(new Error("no longer watched"));
    await this.#flight;
    this.#debounce?.cancel();
    await this.#closeProbe();
  }

  async #closeProbe(): Promise<void> {
    if (!this.#probe.close) return;
    using deadline = this.#deps.clock.deadline(CLOSE_TIMEOUT_MS);
    const late = new Promise<never>((_, reject) => {
      deadline.signal.addEventListener("abort", () => reject(deadline.signal.reason as Error), { once: true });
    });
    try {
      await Promise.race([this.#probe.close(), late]);
    } catch (thrown) {
      this.#deps.log.warn({ err: thrown, target: this.target.name }, "probe could not be closed");
    }
  }

  #arm(at: number): void {
    const { clock } = this.#deps;
    this.#timer = clock.setTimeout(() => this.#onDue(at), at - clock.monotonic());
  }

  #onDue(dueAt: number): void {
    const { clock, onOverrun } = this.#deps;
    // A run that has only just begun, because of a signal, answers for this one too.
    const late = this.#flight && clock.monotonic() - this.#flightSince >= this.target.intervalMs / 2;
    if (late) onOverrun();
    else void this.#fly(false);
    // Slots that passed while the machine slept or the loop stood still are left out, not made up for. The one after the first
    // look is left out if it is closer than half an interval.
    const earliest = Math.max(clock.monotonic(), dueAt + this.target.intervalMs / 2);
    this.#arm(nextSlot(this.#origin, this.target.intervalMs, earliest));
  }

  #onSignal(): void {
    if (this.#controller.signal.aborted) return;
    this.#signalled = true;
    // The run under way may have looked before the change: another one follows it.
    if (this.#debounce || this.#flight) return;
    const { clock } = this.#deps;
    const wait = Math.max(DEBOUNCE_MS, this.#lastSignalRunAt + LEAST_GAP_MS - clock.monotonic());
    this.#debounce = clock.setTimeout(() => {
      this.#debounce = undefined;
      if (this.#flight) return;
      this.#signalled = false;
      this.#lastSignalRunAt = clock.monotonic();
      void this.measure();
      this.#lookAgain(LOOK_AGAIN_MS);
    }, wait);
  }

  #lookAgain(ms: number): void {
    this.#again?.cancel();
    this.#again = undefined;
    if (ms >= this.target.intervalMs) return;
    this.#again = this.#deps.clock.setTimeout(() => {
      void this.measure();
      this.#lookAgain(ms * 2);
    }, ms);
  }

  /** The measuring and whatever it calls for: a confirming run, or another one because this could not be trusted. */
  async #rounds(prompt: boolean): Promise<Run> {
    for (let first = true; ; first = false) {
      this.#roundSince = this.#deps.clock.monotonic();
      const run = await this.#round(prompt || !first);
      this.#roundSince = undefined;
      if (this.#controller.signal.aborted) return run;
      const { state, next } = followUp(this.#state, run);
      this.#state = state;
      if (next === "none") return run;
    }
  }

  async #round(prompt: boolean): Promise<Run> {
    const { clock, runner, guards, slots } = this.#deps;
    const { signal } = this.#controller;
    const release = await slots.acquire(signal);
    const began = clock.monotonic();
    const measured = await runner.run(this.#probe, this.target, signal);
    const untrusted = signal.aborted ? [] : await guards.judge(measured, began, this.#remote, signal);
    release?.();
    const run: Run = { ...measured, untrusted };
    if (!signal.aborted) await this.#handOn(run, prompt);
    return run;
  }

  async #handOn(run: Run, prompt: boolean): Promise<void> {
    try {
      await this.#deps.onRun(run, prompt);
    } catch (thrown) {
      const fields = { err: thrown, target: run.target, kind: run.kind, reference: newReference() };
      this.#deps.log.error(fields, "a run could not be handed on");
    }
  }
}
