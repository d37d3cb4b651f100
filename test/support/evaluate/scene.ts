import { parseDuration } from "../../../src/base/quantity.js";
import { silentLogs } from "../../../src/base/log.js";
import type { Committed, Evaluator, EvaluatorConfig } from "../../../src/evaluate/evaluator.js";
import { createEvaluator } from "../../../src/evaluate/evaluator.js";
import type { Incident, IncidentAlert, OutboxRow } from "../../../src/model/incident.js";
import type { Labels } from "../../../src/model/labels.js";
import type { Route } from "../../../src/model/route.js";
import { ROUTE_DEFAULTS } from "../../../src/model/route.js";
import type { Failure, Reason } from "../../../src/model/reason.js";
import type { RuleOverride } from "../../../src/model/rule.js";
import type { Guard, Run } from "../../../src/model/run.js";
import type { Sample } from "../../../src/model/sample.js";
import { mergeRules } from "../../../src/rule/merge.js";
import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../fake-clock.js";
import { openTestStore } from "../store.js";

export const OPS = "100000000000000001";
export const HOST = "web-1";

export interface SceneTarget {
  readonly name: string;
  readonly kind: string;
  readonly intervalMs: number;
}

export function aTarget(name: string, kind: string = "http", interval: string = "15s"): SceneTarget {
  return { name, kind, intervalMs: ms(interval) };
}

export function aRoute(changes: Partial<Route> = {}): Route {
  return { ...ROUTE_DEFAULTS, channel: OPS, ...changes };
}

export function ms(duration: string): number {
  const value = parseDuration(duration);
  if (value === undefined) throw new Error(`not a duration: ${duration}`);
  return value;
}

/** A sample by its name, or by name and labels: `host_disk_used_ratio{mount=/}`. */
function sampleOf(name: string, value: number, reason: Reason | undefined): Sample {
  const [series = "", inside] = name.split(/[{}]/);
  const labels: Record<string, string> = {};
  for (const pair of inside?.split(",") ?? []) labels[pair.split("=")[0] ?? ""] = pair.split("=")[1] ?? "";
  return { series, labels, value, ...(reason && series === "probe_success" ? { reason } : {}) };
}

export interface RunOptions {
  readonly failed?: Failure;
  readonly reason?: Reason;
  readonly untrusted?: readonly Guard[];
}

interface SceneOptions {
  readonly targets: readonly SceneTarget[];
  readonly routes?: readonly Route[];
  readonly rules?: readonly RuleOverride[];
}

/**
 * An evaluator over a real store in memory, with time in the test's hands. Runs are written as the scraper would write them and then
 * evaluated. Sending is played by `post`.
 */
export class Scene {
  readonly clock = new FakeClock();
  readonly store: Store;
  readonly committed: Committed[] = [];
  /** Targets that a person has stopped. */
  readonly stopped = new Set<string>();
  readonly #began: number;
  #config: EvaluatorConfig;
  #evaluator: Evaluator;

  private constructor(store: Store, clock: FakeClock, options: SceneOptions) {
    this.store = store;
    this.clock = clock;
    this.#began = clock.now();
    this.#config = configOf(options);
    this.#evaluator = this.#create();
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const clock = new FakeClock();
    return new Scene(await openTestStore({ clock }), clock, options);
  }

  #create(): Evaluator {
    return createEvaluator({
      ...this.#config,
      store: this.store,
      clock: this.clock,
      log: silentLogs.for("evaluate"),
      host: HOST,
      onCommitted: (committed) => void this.committed.push(committed),
      stopped: (target) => this.stopped.has(target),
    });
  }

  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  /** One run of a target now: `{ probe_success: 1 }`. */
  async run(target: string, samples: Readonly<Record<string, number>>, options: RunOptions = {}): Promise<void> {
    const run = this.runOf(target, samples, options);
    await this.ingest(run);
    await this.#evaluator.evaluate(run);
  }

  runOf(target: string, samples: Readonly<Record<string, number>>, options: RunOptions = {}): Run {
    const list = Object.entries(samples).map(([name, value]) => sampleOf(name, value, options.reason));
    return {
      target,
      kind: this.#config.targets.find((each) => each.name === target)?.kind ?? "http",
      host: HOST,
      at: this.clock.now(),
      durationMs: 3,
      result: options.failed
        ? { status: "failed", failure: options.failed, detail: "the probe's words" }
        : { status: "ok", samples: list },
      samples: options.failed ? [] : list,
      untrusted: options.untrusted ?? [],
    };
  }

  async ingest(run: Run): Promise<void> {
    await this.store.write("ingest", (tables) => {
      tables.runs.put(run);
      if (run.untrusted.length === 0) tables.samples.append(run);
    });
  }

  /** Lets time pass, doing what is due on the way. */
  async pass(duration: string): Promise<void> {
    const end = this.clock.now() + ms(duration);
    while (this.clock.now() < end) {
      const wait = (await this.#evaluator.tick()) ?? Number.POSITIVE_INFINITY;
      await this.clock.advance(Math.max(1, Math.min(wait, end - this.clock.now())));
    }
    await this.#evaluator.tick();
  }

  /** Goes to a moment after the beginning. */
  async at(duration: string): Promise<void> {
    const left = this.#began + ms(duration) - this.clock.now();
    if (left < 0) throw new Error(`${duration} is over`);
    if (left > 0) await this.pass(`${left}ms`);
  }

  /** A run every interval for so long. */
  async keep(duration: string, target: string, samples: Readonly<Record<string, number>>): Promise<void> {
    const interval = this.#config.targets.find((each) => each.name === target)?.intervalMs ?? 15_000;
    for (let left = ms(duration); left > 0; left -= interval) {
      await this.pass(`${Math.min(interval, left)}ms`);
      await this.run(target, samples);
    }
  }

  /** Another process on the same store, after some time. */
  async restart(away: string = "5s", options?: SceneOptions): Promise<void> {
    await this.#evaluator.stop();
    const lastAliveAt = this.clock.now();
    await this.clock.advance(ms(away));
    if (options) this.#config = configOf(options);
    this.#evaluator = this.#create();
    await this.#evaluator.recover({ lastAliveAt, now: this.clock.now() });
  }

  async reconfigure(options: SceneOptions): Promise<void> {
    this.#config = configOf(options);
    await this.#evaluator.reconfigure(this.#config);
  }

  /** Plays the sender: everything that waits has been accepted. */
  async post(): Promise<void> {
    const at = this.clock.now();
    await this.store.write("post", (tables) => {
      for (const row of tables.outbox.due(at, 10_000)) tables.outbox.put({ ...row, state: "sent", sentAt: at });
    });
  }

  /** What has been announced, as `kind severity`, in order. */
  said(): readonly string[] {
    return this.rows()
      .filter((row) => row.kind !== "thread")
      .map((row) => `${row.kind} ${row.severity}`);
  }

  /** What the threads are told, each line as its turns. */
  told(): readonly (readonly string[])[] {
    return this.rows().flatMap((row) => (row.kind === "thread" ? [(row.turns ?? []).map(({ to }) => to)] : []));
  }

  rows(): readonly OutboxRow[] {
    const rows = this.incidents().flatMap((incident) =>
      this.store.read((tables) => tables.outbox.ofIncident(incident.id)),
    );
    return rows.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  notices(): readonly OutboxRow[] {
    return this.store
      .read((tables) => tables.outbox.due(Number.MAX_SAFE_INTEGER, 10_000))
      .filter((row) => row.kind === "notice");
  }

  open(): readonly Incident[] {
    return this.store.read((tables) => tables.incidents.open()).toSorted((a, b) => a.number - b.number);
  }

  incidents(): readonly Incident[] {
    return this.store.read((tables) => {
      const all: Incident[] = [];
      for (let number = 1; number < tables.incidents.nextNumber(); number += 1) {
        const incident = tables.incidents.byNumber(number);
        if (incident) all.push(incident);
      }
      return all;
    });
  }

  entries(incident: Incident | undefined): readonly IncidentAlert[] {
    return incident ? this.store.read((tables) => tables.incidents.entries(incident.id)) : [];
  }

  alerts(): readonly { readonly rule: string; readonly state: string; readonly labels: Labels }[] {
    return this.store.read((tables) => tables.alerts.all()).map(({ rule, state, labels }) => ({ rule, state, labels }));
  }
}

function configOf({ targets, routes, rules }: SceneOptions): EvaluatorConfig {
  const merged = mergeRules(rules ?? []);
  if (merged.problems.length > 0) throw new Error(JSON.stringify(merged.problems));
  return { rules: merged.rules, routes: routes ?? [aRoute()], targets, noticeChannel: OPS };
}
