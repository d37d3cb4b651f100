import type { Clock } from "../base/clock.js";
import { messageOf, newReference } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import { mask, maskStrings } from "../base/mask/mask.js";
import type { Probe } from "../model/contract/probe.js";
import type { Failure } from "../model/reason.js";
import type { ProbeResult, Run } from "../model/run.js";
import type { Sample } from "../model/sample.js";
import type { Target } from "../model/target.js";
import { deadlineOf } from "./deadline.js";
import type { MetaSeries } from "./meta-series.js";

/** How long a probe may go on after its signal before it is left behind. */
export const GRACE_MS = 500;

/**
 * How much our own event loop may lag within a run whose deadline passed before the silence counts as our own: 200 ms or
 * a fifth of the deadline, whichever is more.
 */
const LAG_MS = 200;
const LAG_SHARE = 0.2;

export interface RunDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** The longest delay of our event loop since a monotonic moment, in milliseconds. Absent: only a late deadline timer tells. */
  readonly lagSince?: (monotonic: number) => number;
  /** Told when a probe ignored its signal; `settled` resolves when it ends after all. */
  readonly onAbandoned?: (settled: Promise<void>) => void;
}

/** How a probe's promise ended. */
type Ending =
  | { readonly kind: "returned"; readonly result: ProbeResult }
  | { readonly kind: "threw"; readonly thrown: unknown }
  | { readonly kind: "abandoned" };

/**
 * Measures one target once. Never rejects, and is over {@link GRACE_MS} after the deadline (or after `signal` aborts) at the
 * latest, whatever the probe does.
 *
 * * A result is the probe's own decision, also at the deadline: a target that stayed silent is `ok` with `probe_success 0`
 *   because of `timeout`. But if our own loop lagged meanwhile, the silence may be ours: `failed` as `lagging`.
 * * A throw is `failed` as `bug` and logged with a reference; after an abort it is `deadline` or `aborted`, because that is how a
 *   cancelled call ends.
 * * Secrets in the texts of its facts or its failure are masked.
 * * The run's `samples` are the probe's, plus `probe_success` (1 unless the probe itself said 0; absent if the run failed: then
 *   it is not known), `probe_duration_seconds` and `probe_timeout_seconds`. Host and target stand once, in the run.
 */
export async function runProbe(
  probe: Probe,
  target: Target,
  host: string,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<Run> {
  const { clock } = deps;
  const timeoutMs = deadlineOf(target.intervalMs, target.timeoutMs);
  const at = clock.now();
  const began = clock.monotonic();
  using deadline = clock.deadline(timeoutMs, signal);
  let lateMs = 0;
  deadline.signal.addEventListener("abort", () => (lateMs = clock.monotonic() - began - timeoutMs), { once: true });
  const ending = await settle(probe, deadline.signal, deps);
  const durationMs = clock.monotonic() - began;
  const cut = deadline.expired ? "deadline" : signal.aborted ? "aborted" : undefined;
  const lagMs = cut === "deadline" ? Math.max(deps.lagSince?.(began) ?? 0, lateMs) : 0;
  const lagged = cut === "deadline" && lagMs >= Math.max(LAG_MS, timeoutMs * LAG_SHARE);
  const result = masked(resultOf(ending, { cut, lagged, timeoutMs, lagMs }, target, deps));
  return {
    target: target.name,
    kind: target.kind,
    host,
    at,
    durationMs,
    result,
    samples: labelled(withMeta(result, durationMs, timeoutMs), target),
    untrusted: [],
  };
}

async function settle(probe: Probe, signal: AbortSignal, deps: RunDeps): Promise<Ending> {
  const work: Promise<Ending> = Promise.resolve()
    .then(() => probe.run(signal))
    .then(
      (result) => ({ kind: "returned", result }),
      (thrown: unknown) => ({ kind: "threw", thrown }),
    );
  let giveUp: (ending: Ending) => void = () => undefined;
  const abandoned = new Promise<Ending>((resolve) => {
    giveUp = resolve;
  });
  let grace: { cancel(): void } | undefined;
  const onAbort = (): void => {
    grace = deps.clock.setTimeout(() => giveUp({ kind: "abandoned" }), GRACE_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  const ending = await Promise.race([work, abandoned]);
  grace?.cancel();
  signal.removeEventListener("abort", onAbort);
  if (ending.kind === "abandoned") deps.onAbandoned?.(work.then(() => undefined));
  return ending;
}

/** What others said (an answer's text, a unit's description, an error) goes on without secrets: from here it reaches every face. */
function masked(result: ProbeResult): ProbeResult {
  if (result.status === "failed") return { ...result, detail: mask(result.detail).text };
  return result.facts === undefined ? result : { ...result, facts: maskStrings(result.facts) };
}

interface Cut {
  readonly cut: "deadline" | "aborted" | undefined;
  readonly lagged: boolean;
  readonly timeoutMs: number;
  readonly lagMs: number;
}

function resultOf(ending: Ending, cut: Cut, target: Target, deps: RunDeps): ProbeResult {
  if (ending.kind === "returned") {
    if (cut.lagged && wasSilent(ending.result)) return failed("lagging", laggingDetail(cut));
    return checked(ending.result, target, deps);
  }
  if (cut.lagged) return failed("lagging", laggingDetail(cut));
  if (cut.cut === "aborted") return failed("aborted", "the run was called off before it had ended");
  if (cut.cut === "deadline") {
    const how = ending.kind === "abandoned" ? " and the probe did not stop when told" : "";
    return failed("deadline", `no result within ${cut.timeoutMs} ms${how}`);
  }
  return bug(ending.kind === "threw" ? ending.thrown : new Error("abandoned without a signal"), target, deps);
}

function laggingDetail(cut: Cut): string {
  return `no result within ${cut.timeoutMs} ms, but our own event loop stood still for ${Math.round(cut.lagMs)} ms of them`;
}

/** Whether the deadline, rather than an answer, made this result. */
function wasSilent(result: ProbeResult): boolean {
  if (result.status === "failed") return result.failure === "deadline" || result.failure === "aborted";
  return result.samples.some((sample) => sample.series === "probe_success" && sample.reason === "timeout");
}

/** A sample must be a number: NaN and the infinities are a mistake of the probe and would poison every average. */
function checked(result: ProbeResult, target: Target, deps: RunDeps): ProbeResult {
  if (result.status === "failed") return result;
  const odd = result.samples.find((sample) => !Number.isFinite(sample.value));
  return odd ? bug(new Error(`sample ${odd.series} is ${odd.value}, expected a finite number`), target, deps) : result;
}

function bug(thrown: unknown, target: Target, deps: RunDeps): ProbeResult {
  const reference = newReference();
  deps.log.error({ err: thrown, target: target.name, kind: target.kind, reference }, "probe failed by a bug");
  return failed("bug", `${messageOf(thrown)} (reference ${reference})`);
}

function failed(failure: Failure, detail: string): ProbeResult {
  return { status: "failed", failure, detail };
}

function withMeta(result: ProbeResult, durationMs: number, timeoutMs: number): readonly Sample[] {
  const meta = [
    metaSample("probe_duration_seconds", durationMs / 1_000),
    metaSample("probe_timeout_seconds", timeoutMs / 1_000),
  ];
  if (result.status === "failed") return meta;
  const said = result.samples.some((sample) => sample.series === "probe_success");
  return [...result.samples, ...(said ? [] : [metaSample("probe_success", 1)]), ...meta];
}

/** The target's own labels stand on all its series; where the probe says otherwise, the probe knows better. */
function labelled(samples: readonly Sample[], { labels }: Target): readonly Sample[] {
  if (Object.keys(labels).length === 0) return samples;
  return samples.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } }));
}

function metaSample(series: MetaSeries, value: number): Sample {
  return { series, labels: {}, value };
}
