import type { StoppedByHand } from "../model/action-record.js";
import type { Alert } from "../model/alert.js";
import type { ProcessFact } from "../model/facts.js";
import type { Tone } from "../model/message.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { DiskTrend, HealthView, TargetLine } from "../model/view.js";
import { readingOf } from "./reading.js";
import type { Measured } from "./runs.js";
import { ageOf, isFresh, measured } from "./runs.js";
import { firingOf, stateOf, toneOfTarget } from "./state.js";

export interface HealthInput {
  readonly host: string;
  readonly now: number;
  readonly targets: readonly Target[];
  readonly runs: ReadonlyMap<string, Run>;
  readonly alerts: readonly Alert[];
  readonly trend?: DiskTrend;
  /** Whether whoever asks may see details of that target. */
  readonly maySee: (target: string) => boolean;
  readonly onlyProblems: boolean;
  /** What people have stopped, by target. */
  readonly stopped: ReadonlyMap<string, StoppedByHand>;
}

const OWN_KINDS: readonly string[] = ["self", "discord"];
const BUSIEST_SHOWN = 3;
/** Processes that do less than this are not busy. */
const BUSY_FROM = 0.01;

const ORDER: Readonly<Record<Tone, number>> = {
  critical: 0,
  warning: 1,
  acknowledged: 2,
  unknown: 3,
  info: 4,
  maintenance: 5,
  muted: 6,
  well: 7,
};

function lineOf(item: Measured, input: HealthInput): TargetLine {
  const { target, run } = item;
  const state = stateOf(item, input.now);
  const firing = firingOf(input.alerts, target.name);
  const stopped = input.stopped.get(target.name);
  const tone = stopped ? "muted" : toneOfTarget(state, firing);
  const line = { name: target.name, kind: target.kind, tone, state };
  if (!input.maySee(target.name)) return line;
  const readable = run !== undefined && run.result.status === "ok" && state.is !== "stale";
  return {
    ...line,
    detail: { firing, ...(readable ? { reading: readingOf(run) } : {}), ...(stopped ? { stopped } : {}) },
  };
}

function hostReadingOf(item: Measured | undefined, input: HealthInput): Pick<HealthView, "hostReading"> {
  const run = item?.run;
  if (item === undefined || run === undefined || run.result.status !== "ok" || !input.maySee(item.target.name))
    return {};
  const reading = readingOf(run);
  if (reading.kind !== "host") return {};
  return {
    hostReading: {
      reading,
      ...(input.trend === undefined ? {} : { trend: input.trend }),
      ...(isFresh(item, input.now) ? {} : { staleMs: ageOf(run, input.now) }),
    },
  };
}

function busiestOf(item: Measured | undefined, input: HealthInput): readonly ProcessFact[] {
  if (item?.run === undefined || !isFresh(item, input.now) || !input.maySee(item.target.name)) return [];
  const facts = item.run.result.status === "ok" ? item.run.result.facts : undefined;
  if (facts?.kind !== "host") return [];
  return facts.top.filter((fact) => (fact.cpuRatio ?? 0) >= BUSY_FROM).slice(0, BUSIEST_SHOWN);
}

/** The host and everything watched on it, as one screen. */
export function healthView(input: HealthInput): HealthView {
  const items = measured(input.targets, input.runs);
  const lines = items.map((item) => lineOf(item, input));
  const host = items.find((item) => item.target.kind === "host");
  const fresh = items.flatMap((item) => (item.run !== undefined && isFresh(item, input.now) ? [item.run.at] : []));
  const count = (tone: Tone): number => lines.filter((line) => line.tone === tone).length;
  const worst = lines.toSorted((a, b) => ORDER[a.tone] - ORDER[b.tone])[0];
  const listed = lines.filter(
    (line) => line.tone !== "well" || (line.kind !== "host" && !OWN_KINDS.includes(line.kind)),
  );
  return {
    host: input.host,
    tone: worst?.tone ?? "unknown",
    total: lines.filter((line) => !OWN_KINDS.includes(line.kind)).length,
    counts: {
      critical: count("critical"),
      warning: count("warning"),
      info: count("info"),
      unknown: count("unknown"),
      muted: count("muted"),
    },
    ...hostReadingOf(host, input),
    // `toSorted` is stable: within one tone the configuration's order stays.
    targets: listed
      .filter((line) => !input.onlyProblems || line.tone !== "well")
      .toSorted((a, b) => ORDER[a.tone] - ORDER[b.tone]),
    onlyProblems: input.onlyProblems,
    busiest: busiestOf(host, input),
    ...(fresh.length === 0 ? {} : { asOf: Math.min(...fresh) }),
    now: input.now,
  };
}
