import { systemClock } from "../../src/base/clock.js";
import { silentLogs } from "../../src/base/log.js";
import type { Probe, ProbeDeps, ProbeKind } from "../../src/model/contract/probe.js";
import type { Run } from "../../src/model/run.js";
import type { Target } from "../../src/model/target.js";
import { runProbe } from "../../src/probe/run.js";
import { ownNumbers } from "./probe.js";

export function probeDeps(changes: Partial<ProbeDeps> = {}): ProbeDeps {
  return {
    clock: systemClock,
    log: silentLogs.for("probe"),
    own: () => ownNumbers,
    procRoot: "/proc",
    sysRoot: "/sys",
    systemBusAddress: undefined,
    ...changes,
  };
}

/** A target as the configuration would make it: the options go through the kind's own schema. */
export function targetOf<Options>(
  kind: ProbeKind<Options>,
  options: unknown,
  changes: { readonly name?: string; readonly timeoutMs?: number } = {},
): Target & { readonly options: Options } {
  return {
    name: changes.name ?? "target-1",
    kind: kind.kind,
    intervalMs: kind.defaultIntervalMs,
    timeoutMs: changes.timeoutMs ?? kind.defaultTimeoutMs,
    labels: {},
    actions: [],
    options: kind.options.parse(options),
    checksum: "1",
  };
}

/** One run by the product's own runner. */
export function runOnce(
  probe: Probe,
  target: Target,
  deps: ProbeDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<Run> {
  return runProbe(probe, target, "host-1", { clock: deps.clock, log: deps.log }, signal);
}

/** The value of one series in a run; `labels` pick one of several. */
export function valueOf(run: Run, series: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  return run.samples.find(
    (sample) =>
      sample.series === series && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  )?.value;
}

/** Why the target was bad (`reason` of `probe_success`), or why nothing could be measured. */
export function whyOf(run: Run): string | undefined {
  if (run.result.status === "failed") return run.result.failure;
  return run.samples.find((sample) => sample.series === "probe_success")?.reason;
}
