import type { Clock } from "../base/clock.js";
import { UserError } from "../base/errors.js";
import type { StoppedByHand } from "../model/action-record.js";
import type { Alert } from "../model/alert.js";
import type { OwnNumbers, ProbeKind } from "../model/contract/probe.js";
import type { Rule } from "../model/rule.js";
import type { Run } from "../model/run.js";
import type { SeriesSpec } from "../model/sample.js";
import type { Target } from "../model/target.js";
import type { HealthView, PingView, TargetView } from "../model/view.js";
import { healthView } from "../report/health.js";
import { pingView } from "../report/ping.js";
import { targetView } from "../report/target.js";
import type { Store } from "../store/contract.js";
import { DiskTrends } from "./disk-trend.js";

export interface AnswersOptions {
  readonly store: Pick<Store, "read">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly host: string;
  /** In the order of the configuration. Read for each answer, so that a reload counts at once. */
  readonly targets: () => readonly Target[];
  readonly rules: () => readonly Rule[];
  readonly kinds: readonly Pick<ProbeKind<never>, "series">[];
  readonly own: () => OwnNumbers;
  /** The alerts as they stand, from memory where there is an evaluator; else from the store. */
  readonly alerts?: () => readonly Alert[];
  /** What people have stopped, by target; absent: nothing. */
  readonly stopped?: () => ReadonlyMap<string, StoppedByHand>;
}

interface HealthRequest {
  /** One target alone; unknown names are a {@link UserError}. */
  readonly target?: string;
  readonly onlyProblems?: boolean;
  /** Whether whoever asks may see details of that target; absent: everything. */
  readonly maySee?: (target: string) => boolean;
}

type HealthAnswer =
  | { readonly of: "host"; readonly view: HealthView }
  | { readonly of: "target"; readonly view: TargetView };

export interface Answers {
  /** Told of every run as it is ingested: answers then come from memory. */
  observe(run: Run): void;
  ping(): PingView;
  health(request: HealthRequest): HealthAnswer;
  targetNames(): readonly string[];
}

function specsOf(kinds: AnswersOptions["kinds"]): ReadonlyMap<string, SeriesSpec> {
  return new Map(kinds.flatMap((kind) => kind.series.map((spec) => [spec.name, spec] as const)));
}

/** The newest runs are read from the store once and kept up by {@link Answers.observe}: no answer waits for a disk. */
export function createAnswers(options: AnswersOptions): Answers {
  const { store, clock, host } = options;
  const specs = specsOf(options.kinds);
  const trends = new DiskTrends(store, clock, host);
  const runs = new Map(store.read((tables) => tables.runs.all()).map((run) => [run.target, run]));
  const alerts = options.alerts ?? ((): readonly Alert[] => store.read((tables) => tables.alerts.all()));

  const oneTarget = (name: string): TargetView => {
    const targets = options.targets();
    const target = targets.find((each) => each.name === name);
    if (target === undefined) {
      // Names are not offered here: who asks may not be allowed to see them all. Autocomplete knows.
      throw new UserError("unknown_target", { target: name });
    }
    const run = runs.get(name);
    const stopped = options.stopped?.().get(name);
    return targetView({
      ...(stopped === undefined ? {} : { stopped }),
      host,
      now: clock.now(),
      target,
      ...(run === undefined ? {} : { run }),
      alerts: alerts(),
      rules: options.rules(),
      specs,
    });
  };

  const everything = (request: HealthRequest): HealthView => {
    const targets = options.targets();
    const hostTarget = targets.find((target) => target.kind === "host");
    const trend = hostTarget === undefined ? undefined : trends.of(hostTarget.name, runs.get(hostTarget.name));
    return healthView({
      host,
      now: clock.now(),
      targets,
      runs,
      alerts: alerts(),
      ...(trend === undefined ? {} : { trend }),
      maySee: request.maySee ?? ((): boolean => true),
      onlyProblems: request.onlyProblems ?? false,
      stopped: options.stopped?.() ?? new Map(),
    });
  };

  return {
    observe: (run) => void runs.set(run.target, run),
    ping: () => pingView({ host, now: clock.now(), own: options.own(), targets: options.targets(), runs }),
    health: (request) =>
      request.target === undefined
        ? { of: "host", view: everything(request) }
        : { of: "target", view: oneTarget(request.target) },
    targetNames: () => options.targets().map((target) => target.name),
  };
}
