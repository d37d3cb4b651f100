import type { Probe } from "../model/contract/probe.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import { deadlineOf } from "./deadline.js";
import { runProbe } from "./run.js";
import type { RunDeps } from "./run.js";

export interface RunnerDeps extends Omit<RunDeps, "onAbandoned"> {
  readonly host: string;
}

export interface Runner {
  /**
   * Runs the probe, or joins the run that is under way: whoever asks meanwhile gets the same answer, so that a command and
   * the loop never measure one target twice at once. The run is called off only when everybody who waits for it has aborted;
   * one who aborts alone stops waiting and gets a run that failed as `aborted`.
   *
   * A probe that ignored its signal and still has not ended is not started again: calls pile up no descriptors, and fail as
   * `deadline` until it ends.
   */
  run(probe: Probe, target: Target, signal: AbortSignal): Promise<Run>;
  /** Runs that were left behind because the probe ignored its signal, since start. */
  readonly abandoned: number;
}

interface Flight {
  readonly controller: AbortController;
  readonly run: Promise<Run>;
  waiting: number;
}

export function createRunner(deps: RunnerDeps): Runner {
  const flights = new WeakMap<Probe, Flight>();
  const stuck = new WeakSet<Probe>();
  let abandoned = 0;

  const launch = (probe: Probe, target: Target): Flight => {
    const controller = new AbortController();
    const onAbandoned = (settled: Promise<void>): void => {
      abandoned += 1;
      stuck.add(probe);
      deps.log.warn(
        { target: target.name, kind: target.kind, abandoned },
        "probe ignored its signal and was left behind",
      );
      void settled.then(() => stuck.delete(probe));
    };
    const run = runProbe(probe, target, deps.host, { ...deps, onAbandoned }, controller.signal).finally(() =>
      flights.delete(probe),
    );
    const flight: Flight = { controller, run, waiting: 0 };
    flights.set(probe, flight);
    return flight;
  };

  const runner: Runner = {
    run(probe, target, signal) {
      const under = flights.get(probe);
      if (!under && stuck.has(probe)) {
        return Promise.resolve(
          unmeasured(
            deps,
            target,
            "deadline",
            "an earlier run ignored its deadline and has not ended; not started again",
          ),
        );
      }
      if (signal.aborted) return Promise.resolve(unmeasured(deps, target, "aborted", "called off before it began"));
      // A flight that was called off answers nobody new: wait until it has landed, then take off again.
      if (under?.controller.signal.aborted) return under.run.then(() => runner.run(probe, target, signal));
      return join(under ?? launch(probe, target), deps, target, signal);
    },
    get abandoned() {
      return abandoned;
    },
  };
  return runner;
}

/** Waits for the flight or for one's own abort; the last to leave calls the flight off. */
function join(flight: Flight, deps: RunnerDeps, target: Target, signal: AbortSignal): Promise<Run> {
  flight.waiting += 1;
  return new Promise((resolve) => {
    const onAbort = (): void => {
      flight.waiting -= 1;
      // The last one waits for the run's own end, so that nothing of it is left when the caller goes on.
      if (flight.waiting === 0) flight.controller.abort(signal.reason);
      else resolve(unmeasured(deps, target, "aborted", "called off while another caller still waits for the run"));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    void flight.run.finally(() => signal.removeEventListener("abort", onAbort)).then(resolve);
  });
}

/** A run that did not take place. */
function unmeasured(deps: RunnerDeps, target: Target, failure: "aborted" | "deadline", detail: string): Run {
  const timeoutMs = deadlineOf(target.intervalMs, target.timeoutMs);
  return {
    target: target.name,
    kind: target.kind,
    host: deps.host,
    at: deps.clock.now(),
    durationMs: 0,
    result: { status: "failed", failure, detail },
    samples: [
      { series: "probe_duration_seconds", labels: target.labels, value: 0 },
      { series: "probe_timeout_seconds", labels: target.labels, value: timeoutMs / 1_000 },
    ],
    untrusted: [],
  };
}
