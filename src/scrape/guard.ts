import type { Clock } from "../base/clock.js";
import type { Guard, Run } from "../model/run.js";
import type { Reason } from "../model/reason.js";
import type { ClockWatch } from "./clock-watch.js";
import type { LoopLag } from "./loop-lag.js";
import type { Uplink } from "./uplink.js";

/** Our own event loop stood still for longer than this: what was timed meanwhile was timed wrongly. */
export const LOOP_LAG_MS = 200;
/** A store transaction that takes longer is a stall. */
export const STORE_STALL_MS = 1_000;

/** Answers that a dead uplink of our own would give as well. */
const UPLINK_REASONS: ReadonlySet<Reason> = new Set(["unreachable", "timeout", "name_not_found", "reset"]);

export interface GuardDeps {
  readonly clock: Clock;
  readonly lag: LoopLag;
  readonly clockWatch: ClockWatch;
  readonly uplink: Uplink;
}

/** Tells our own trouble from the target's. */
export class Guards {
  readonly #deps: GuardDeps;
  readonly #writing = new Set<{ readonly since: number }>();
  #stalledAt: number | undefined;

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  /** Looks at the clocks; called at every run and in between. */
  observe(): void {
    this.#deps.clockWatch.observe();
  }

  lagSince(monotonic: number): number {
    return this.#deps.lag.since(monotonic);
  }

  /** Watches a store transaction from its asking to its commit. */
  async watchStore<T>(work: Promise<T>): Promise<T> {
    const write = { since: this.#deps.clock.monotonic() };
    this.#writing.add(write);
    try {
      return await work;
    } finally {
      this.#writing.delete(write);
      const now = this.#deps.clock.monotonic();
      if (now - write.since > STORE_STALL_MS) this.#stalledAt = now;
    }
  }

  /**
   * Which guards tripped during a run that began at the monotonic moment `began`. The uplink is asked about only if the target is
   * off this host (`remote`) and gave an answer that our own uplink may have given: units, files and loopback are never
   * hushed by it. A run of the kind `self` is never marked: our own trouble is what it measures.
   */
  async judge(run: Run, began: number, remote: boolean, signal: AbortSignal): Promise<readonly Guard[]> {
    // A delay is noted by a timer: two turns lie around at least one look at the timers.
    await this.#deps.clock.nextTurn();
    await this.#deps.clock.nextTurn();
    this.observe();
    if (run.kind === "self") return [];
    const tripped: Guard[] = [];
    if (this.lagSince(began) > LOOP_LAG_MS) tripped.push("loop_lag");
    if (this.#deps.clockWatch.trippedSince(began)) tripped.push("clock_step");
    if (this.#stalledSince(began)) tripped.push("store_stall");
    if (remote && mayBeUplink(run) && !(await this.#deps.uplink.isUp(signal))) tripped.push("uplink");
    return tripped;
  }

  numbers(): { readonly loopLagP99Seconds?: number; readonly clockStepSeconds: number } {
    const loopLagP99Seconds = this.#deps.lag.p99Seconds();
    return {
      clockStepSeconds: this.#deps.clockWatch.stepSeconds(),
      ...(loopLagP99Seconds !== undefined && { loopLagP99Seconds }),
    };
  }

  stop(): void {
    this.#deps.lag.stop();
  }

  #stalledSince(began: number): boolean {
    const now = this.#deps.clock.monotonic();
    if (this.#stalledAt !== undefined && this.#stalledAt >= began) return true;
    return [...this.#writing].some((write) => now - write.since > STORE_STALL_MS);
  }
}

function mayBeUplink(run: Run): boolean {
  return run.samples.some(
    (sample) =>
      sample.series === "probe_success" &&
      sample.value === 0 &&
      sample.reason !== undefined &&
      UPLINK_REASONS.has(sample.reason),
  );
}
