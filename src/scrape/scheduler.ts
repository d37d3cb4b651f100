import type { Clock, Timer } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import type { Probe, ProbeDeps } from "../model/contract/probe.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { ProbeRegistry } from "../probe/registry.js";
import { createRunner } from "../probe/runner.js";
import type { Runner } from "../probe/runner.js";
import type { Guards } from "./guard.js";
import { Slots } from "./slots.js";
import { grainOf } from "./spread.js";
import { TargetLoop } from "./target-loop.js";
import type { TargetLoopDeps } from "./target-loop.js";

/** Runs at a time: enough that some slow targets do not hold up the rest, few enough that timings stay true. */
const CONCURRENCY = 16;
/** How often the clocks and the progress are looked at. */
const BEAT_MS = 5_000;
/** A round takes at most its deadline (10 s) and its grace, besides waiting for a slot and for the store: longer is being stuck. */
const STUCK_MS = 60_000;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly host: string;
  readonly kinds: Pick<ProbeRegistry, "get">;
  /** What each probe is given. */
  readonly probeDeps: ProbeDeps;
  readonly guards: Guards;
  /**
   * Told of every run, marks included, one after the other for each target; the next round of the target waits for it. `prompt`: somebody
   * waits for it, or something has changed.
   */
  readonly onRun: TargetLoopDeps["onRun"];
  readonly concurrency?: number;
}

export interface SchedulerNumbers {
  /** Runs that were due while the one before was still under way, and were left out. */
  readonly overruns: number;
  /** Runs left behind because the probe ignored its signal. */
  readonly abandoned: number;
  /** Runs that wait for a free place. */
  readonly waiting: number;
}

/** Runs every target's probe in its interval. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #runner: Runner;
  readonly #slots: Slots;
  #loops = new Map<string, TargetLoop>();
  #changes: Promise<void> = Promise.resolve();
  #state: "idle" | "running" | "stopped" = "idle";
  #beat: Timer | undefined;
  #overruns = 0;
  #lastProgressAt: number;

  constructor(options: SchedulerOptions) {
    const { clock, log, host, guards } = options;
    this.#options = options;
    this.#runner = createRunner({ clock, log, host, lagSince: (monotonic) => guards.lagSince(monotonic) });
    this.#slots = new Slots(options.concurrency ?? CONCURRENCY);
    this.#lastProgressAt = clock.monotonic();
  }

  /** Monotonic moment at which no round was stuck: what a watchdog looks at. */
  get lastProgressAt(): number {
    return this.#lastProgressAt;
  }

  get targets(): readonly Target[] {
    return [...this.#loops.values()].map((loop) => loop.target);
  }

  numbers(): SchedulerNumbers {
    return { overruns: this.#overruns, abandoned: this.#runner.abandoned, waiting: this.#slots.waiting };
  }

  start(): void {
    if (this.#state !== "idle") return;
    this.#state = "running";
    const grainMs = this.#grainMs();
    for (const loop of this.#loops.values()) loop.start(grainMs);
    this.#armBeat();
  }

  /** Ends what is under way, closes every probe, and leaves no timer. */
  stop(): Promise<void> {
    this.#state = "stopped";
    this.#beat?.cancel();
    return this.#change(async () => {
      const loops = [...this.#loops.values()];
      this.#loops = new Map();
      await Promise.all(loops.map((loop) => loop.close()));
    });
  }

  /**
   * Watches these targets from now on. One whose checksum is the same goes on undisturbed, with its probe and its place; a changed one is
   * closed before its successor is made. Resolves when nothing of the old ones is left.
   */
  reconfigure(targets: readonly Target[]): Promise<void> {
    return this.#change(async () => {
      if (this.#state === "stopped") return;
      const before = this.#loops;
      const kept = new Map<string, TargetLoop>();
      for (const target of targets) {
        const loop = before.get(target.name);
        if (loop?.target.checksum === target.checksum) kept.set(target.name, loop);
      }
      const leaving = [...before.values()].filter((loop) => kept.get(loop.target.name) !== loop);
      this.#loops = kept;
      await Promise.all(leaving.map((loop) => loop.close()));
      if (this.#isStopped()) return;
      this.#loops = new Map(targets.map((target) => [target.name, kept.get(target.name) ?? this.#make(target)]));
      if (this.#state === "running") {
        const grainMs = this.#grainMs();
        for (const [name, loop] of this.#loops) if (!kept.has(name)) loop.start(grainMs);
      }
    });
  }

  /** Measures one target now (or joins the run under way), hands the run on like any other, and gives the last one; `undefined`: no such target. */
  runOnce(name: string): Promise<Run | undefined> {
    return this.#loops.get(name)?.measure() ?? Promise.resolve(undefined);
  }

  /** Measures every target now. In the order of the configuration. */
  runAll(): Promise<readonly Run[]> {
    return Promise.all([...this.#loops.values()].map((loop) => loop.measure()));
  }

  // The state may change while an await is under way; reading it here keeps the compiler from assuming otherwise.
  #isStopped(): boolean {
    return this.#state === "stopped";
  }

  #grainMs(): number {
    return grainOf([...this.#loops.values()].map((loop) => loop.target.intervalMs));
  }

  /** Changes of the set of targets happen one after the other. */
  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #make(target: Target): TargetLoop {
    const { clock, log, guards, onRun } = this.#options;
    const { probe, remote } = this.#bind(target);
    return new TargetLoop(target, probe, remote, {
      clock,
      log,
      guards,
      onRun,
      runner: this.#runner,
      slots: this.#slots,
      onOverrun: () => {
        this.#overruns += 1;
        log.warn({ target: target.name, kind: target.kind }, "run left out: the one before is still under way");
      },
    });
  }

  /** A kind that cannot make its probe fails as that target's runs: the others are measured all the same. */
  #bind(target: Target): { readonly probe: Probe; readonly remote: boolean } {
    try {
      const kind = this.#options.kinds.get(target.kind);
      if (!kind) throw new Error(`there is no probe kind "${target.kind}"`);
      const probe = kind.create({ ...target, options: target.options }, this.#options.probeDeps);
      return { probe, remote: kind.remote(target.options) };
    } catch (thrown) {
      return { probe: { run: () => Promise.reject(thrown) }, remote: false };
    }
  }

  #armBeat(): void {
    const { clock, guards } = this.#options;
    this.#beat = clock.setTimeout(() => {
      guards.observe();
      const now = clock.monotonic();
      const stuck = [...this.#loops.values()].some((loop) => now - (loop.busySince ?? now) > STUCK_MS);
      if (!stuck) this.#lastProgressAt = now;
      this.#armBeat();
    }, BEAT_MS);
  }
}
