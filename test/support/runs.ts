import type { Facts } from "../../src/model/facts.js";
import type { Run } from "../../src/model/run.js";
import type { Sample } from "../../src/model/sample.js";
import type { Target } from "../../src/model/target.js";
import { NOON } from "./alerts.js";

export function aTarget(name: string, kind: string, over: Partial<Target> = {}): Target {
  return {
    name,
    kind,
    intervalMs: 15_000,
    timeoutMs: 10_000,
    labels: {},
    actions: [],
    options: {},
    checksum: "c",
    ...over,
  };
}

/** Numbers by series; `series{mount=/}` names one label. */
export function samplesOf(values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([key, value]) => {
    const match = /^(\w+)(?:\{(\w+)=(.*)\})?$/u.exec(key);
    const labels = match?.[2] === undefined ? {} : { [match[2]]: match[3] ?? "" };
    return { series: match?.[1] ?? key, labels, value };
  });
}

export function aRun(
  target: Target,
  values: Readonly<Record<string, number>>,
  facts?: Facts,
  over: Partial<Run> = {},
): Run {
  const samples = samplesOf({ probe_success: 1, ...values });
  return {
    target: target.name,
    kind: target.kind,
    host: "web-1",
    at: NOON - 4_000,
    durationMs: 3,
    result: { status: "ok", samples, ...(facts === undefined ? {} : { facts }) },
    samples,
    untrusted: [],
    ...over,
  };
}

export function aFailedRun(target: Target, failure: "not_permitted" | "deadline", detail: string): Run {
  return {
    ...aRun(target, {}),
    result: { status: "failed", failure, detail },
    samples: samplesOf({ probe_success: 0 }),
  };
}
