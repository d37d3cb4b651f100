import type { Facts } from "./facts.js";
import type { Failure } from "./reason.js";
import type { Sample } from "./sample.js";

/** The outcome of one run of a probe. `ok` means "we could measure", also when what we measured is bad. */
export type ProbeResult =
  | { readonly status: "ok"; readonly samples: readonly Sample[]; readonly facts?: Facts }
  | { readonly status: "failed"; readonly failure: Failure; readonly detail: string };

/** What may make a sample untrustworthy: our own trouble at that moment. */
export const GUARDS = ["loop_lag", "clock_step", "store_stall", "uplink"] as const;
export type Guard = (typeof GUARDS)[number];

/** One run, as the scheduler hands it on. `samples` include the runner's own (`probe_success`, `probe_duration_seconds`, `probe_timeout_seconds`). */
export interface Run {
  readonly target: string;
  readonly kind: string;
  readonly host: string;
  /** UTC milliseconds at which the run began: the timestamp of its samples. */
  readonly at: number;
  readonly durationMs: number;
  readonly result: ProbeResult;
  readonly samples: readonly Sample[];
  /** The guards that were tripped meanwhile; empty means the samples may be believed. */
  readonly untrusted: readonly Guard[];
}
