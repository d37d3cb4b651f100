import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { OwnNumbers } from "../model/contract/probe.js";
import { createEvaluator } from "../evaluate/evaluator.js";
import type { Evaluator, EvaluatorConfig } from "../evaluate/evaluator.js";
import { probeKinds } from "../probe/index.js";
import { ClockWatch } from "../scrape/clock-watch.js";
import { Guards } from "../scrape/guard.js";
import { createIngest } from "../scrape/ingest.js";
import { createLoopLag } from "../scrape/loop-lag.js";
import { Scheduler } from "../scrape/scheduler.js";
import { createUplink } from "../scrape/uplink.js";
import type { AppContext } from "./context.js";
import type { Settings } from "./settings.js";

/** The half that watches: probes, samples, rules, incidents. */
export interface Watching {
  readonly scheduler: Scheduler;
  readonly evaluator: Evaluator;
  readonly guards: Guards;
  reconfigure(settings: Settings): Promise<void>;
}

export interface WatchingEvents {
  /** A run was written. */
  readonly onRun: (run: Run) => void;
  /** Something is to be said or shown anew. */
  readonly onCommitted: () => void;
  /** Whether a person has stopped this target, and it has not run since. */
  readonly stopped: (target: string) => boolean;
}

export function createWatching(context: AppContext, own: () => OwnNumbers, events: WatchingEvents): Watching {
  const { clock, logs, lifecycle, store, settings } = context;
  const { config } = settings();
  const api = new URL(config.apiUrl);
  const port = api.port === "" ? (api.protocol === "http:" ? 80 : 443) : Number(api.port);
  const guards = new Guards({
    clock,
    lag: createLoopLag(clock),
    clockWatch: new ClockWatch(clock),
    uplink: createUplink(clock, [{ host: api.hostname, port }]),
  });
  lifecycle.onStop("guards", () => guards.stop());
  const ingest = createIngest({ clock, store, guards });
  const evaluator = createEvaluator({
    ...evaluatorConfig(settings()),
    store,
    clock,
    log: logs.for("evaluate"),
    host: config.host,
    onCommitted: events.onCommitted,
    stopped: events.stopped,
  });
  lifecycle.onStop("evaluator", () => evaluator.stop());
  const scheduler = new Scheduler({
    clock,
    log: logs.for("scrape"),
    host: config.host,
    kinds: probeKinds,
    guards,
    probeDeps: {
      clock,
      log: logs.for("probe"),
      own,
      procRoot: config.procRoot,
      ...(config.hostRoot === undefined ? {} : { hostRoot: config.hostRoot }),
      sysRoot: "/sys",
      systemBusAddress: config.systemBusAddress,
    },
    onRun: async (run, prompt) => {
      await ingest.ingest(run, prompt);
      events.onRun(run);
      await evaluator.evaluate(run);
    },
  });
  const stop = (): Promise<void> => {
    const stopped = scheduler.stop();
    ingest.flush();
    return stopped;
  };
  lifecycle.onStop("scheduler", stop, { timeoutMs: 15_000 });
  return {
    scheduler,
    evaluator,
    guards,
    async reconfigure(next) {
      const kept = new Set(next.config.targets.map((target) => target.name));
      const removed = scheduler.targets.filter((target) => !kept.has(target.name));
      await scheduler.reconfigure(next.config.targets);
      await forget(context, removed, (name) => ingest.forget(name));
      await evaluator.reconfigure(evaluatorConfig(next));
    },
  };
}

function evaluatorConfig({ config, rules }: Settings): EvaluatorConfig {
  return { rules, routes: config.routes, targets: config.targets, noticeChannel: config.opsChannel };
}

/** A target that is no longer watched has no newest run, or answers would go on showing it. */
async function forget(
  { store }: AppContext,
  removed: readonly Target[],
  forgetRounds: (name: string) => void,
): Promise<void> {
  if (removed.length === 0) return;
  for (const target of removed) forgetRounds(target.name);
  await store.write("forget targets", (tables) => {
    for (const target of removed) tables.runs.remove(target.name);
  });
}
