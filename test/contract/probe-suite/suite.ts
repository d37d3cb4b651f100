import { describe, expect, test } from "vitest";

import type { ProbeDeps, ProbeKind } from "../../../src/model/contract/probe.js";
import type { Run } from "../../../src/model/run.js";
import { en } from "../../../src/locale/en/index.js";
import { leavesNothing } from "../../support/faults/handles.js";
import { FakeClock } from "../../support/fake-clock.js";
import { probeDeps, runOnce, targetOf, valueOf, whyOf } from "../../support/probe-bound.js";
import { until } from "../../support/until.js";

/** What may be wrong with the other side. Every kind says what it makes of each, or why it cannot meet it. */
const FAULTS = ["refused", "silent", "slow_drip", "wrong_protocol", "endless_body"] as const;
export type FaultName = (typeof FAULTS)[number];

/** The other side of a probe in some condition, and the way there. */
export interface Scene extends AsyncDisposable {
  readonly options: unknown;
  readonly deps?: Partial<ProbeDeps>;
}

export interface FaultCase {
  readonly as: string;
  readonly arrange: () => Promise<Scene>;
  /** The reason or failure that a run must give. */
  readonly expected: string;
  /** For a fault that only the deadline ends: whether the other side has been reached, so that time may pass. */
  readonly reached?: (scene: Scene) => boolean;
}

export interface Subject<Options> {
  readonly kind: ProbeKind<Options>;
  /** The other side as it should be. */
  readonly healthy: () => Promise<Scene>;
  /** The cases of each fault, or why the kind cannot meet it. */
  readonly faults: Readonly<Record<FaultName, readonly FaultCase[] | string>>;
  /** A healthy scene whose other side can be stopped and started on the same address; or why there is none. */
  readonly restartable: (() => Promise<Scene & { restart(): Promise<void> }>) | string;
}

interface Bound {
  run(signal?: AbortSignal): Promise<Run>;
  close(): Promise<void>;
}

/** A probe on a scene, run by the product's runner. */
function bind<Options>(kind: ProbeKind<Options>, scene: Scene, changes: Partial<ProbeDeps> = {}): Bound {
  const deps = probeDeps({ ...scene.deps, ...changes });
  const target = targetOf(kind, scene.options);
  const probe = kind.create(target, deps);
  return { run: (signal) => runOnce(probe, target, deps, signal), close: async () => probe.close?.() };
}

async function runIn<Options>(kind: ProbeKind<Options>, scene: Scene, signal?: AbortSignal): Promise<Run> {
  const bound = bind(kind, scene);
  try {
    return await bound.run(signal);
  } finally {
    await bound.close();
  }
}

/** Every sample is of a series the kind declares, with the labels it declares, and a number. */
function expectDeclared(declared: ProbeKind["series"], run: Run): void {
  const labels = new Map(declared.map((spec) => [spec.name, [...(spec.labels ?? [])].toSorted()]));
  for (const sample of run.samples.filter(({ series }) => !series.startsWith("probe_"))) {
    expect({ series: sample.series, labels: Object.keys(sample.labels).toSorted() }).toEqual({
      series: sample.series,
      labels: labels.get(sample.series),
    });
    expect(sample.value).toSatisfy(Number.isFinite);
  }
}

const WORDS: Readonly<Record<string, { readonly means: string; readonly do: string } | undefined>> = {
  ...en.reason.reasons,
  ...en.reason.failures,
};

/** What every kind of probe must do, whatever it measures. */
export function probeSuite<Options>(subject: Subject<Options>): void {
  const { kind } = subject;
  describe(`probe ${kind.kind}`, () => {
    declarationTests(kind);
    healthyTests(subject);
    for (const fault of FAULTS) {
      const cases = subject.faults[fault];
      if (typeof cases !== "string") for (const one of cases) faultTests(kind, fault, one);
    }
    const { restartable } = subject;
    if (typeof restartable !== "string") restartTest(kind, restartable);
  });
}

function declarationTests<Options>(kind: ProbeKind<Options>): void {
  test("its declaration: deadline, names of series, help", () => {
    expect(kind.defaultTimeoutMs).toBeLessThanOrEqual(Math.min(10_000, kind.defaultIntervalMs * 0.8));
    expect(kind.help).toMatch(/^[A-Z].+\.$/);
    for (const spec of kind.series) {
      expect(`${spec.name}: ${spec.help}`).toMatch(/^[a-z][a-z0-9_]*: \S.+\.$/);
      expect(`${spec.name} ${spec.kind}`).toMatch(/_total counter$|(?<!_total) gauge$/);
    }
  });

  test("unknown options are refused", () => {
    expect(kind.options.safeParse({ nonsense: true }).success).toBe(false);
  });
}

function healthyTests<Options>({ kind, healthy }: Subject<Options>): void {
  test("a healthy target succeeds, with declared series only, and leaves no handle", async () => {
    await using scene = await healthy();
    // The first run may load what stays loaded.
    await runIn(kind, scene);
    const run = await leavesNothing(() => runIn(kind, scene));
    expect(whyOf(run)).toBeUndefined();
    expect(valueOf(run, "probe_success")).toBe(1);
    expectDeclared(kind.series, run);
  });

  test("aborted before it began: no verdict on the target, and nothing is left", async () => {
    await using scene = await healthy();
    const run = await leavesNothing(() => runIn(kind, scene, AbortSignal.abort(new Error("stopping"))));
    // A kind that never waits may have its answer ready all the same.
    expect([undefined, "aborted"]).toContain(whyOf(run));
  });
}

function faultTests<Options>(kind: ProbeKind<Options>, fault: FaultName, one: FaultCase): void {
  const { arrange, expected, reached } = one;

  test(`${fault} (${one.as}): ${expected}, in words, leaving nothing`, async () => {
    await using scene = await arrange();
    const clock = new FakeClock();
    const bound = bind(kind, scene, { clock });
    const run = await leavesNothing(async () => {
      const running = bound.run();
      if (reached) {
        await until("the other side is reached", () => reached(scene));
        await clock.advance(kind.defaultTimeoutMs);
      }
      const ended = await running;
      await bound.close();
      return ended;
    });
    expect(whyOf(run)).toBe(expected);
    expect(valueOf(run, "probe_success")).toBe(run.result.status === "ok" ? 0 : undefined);
    expect(run.durationMs).toBe(reached ? kind.defaultTimeoutMs : 0);
    expect(WORDS[expected]?.means).toMatch(/^[A-Z].+\.$/);
    expect(WORDS[expected]?.do).toMatch(/^[A-Z].+\.$/);
    expectDeclared(kind.series, run);
    expect(clock.pending).toBe(0);
  });

  if (!reached) return;
  test(`${fault} (${one.as}), called off: aborted at once, leaving nothing`, async () => {
    await using scene = await arrange();
    const clock = new FakeClock();
    const bound = bind(kind, scene, { clock });
    const run = await leavesNothing(async () => {
      const controller = new AbortController();
      const running = bound.run(controller.signal);
      await until("the other side is reached", () => reached(scene));
      controller.abort(new Error("stopping"));
      const ended = await running;
      await bound.close();
      return ended;
    });
    expect(whyOf(run)).toBe("aborted");
    expect(run.durationMs).toBe(0);
    expect(clock.pending).toBe(0);
  });
}

function restartTest<Options>(
  kind: ProbeKind<Options>,
  arrange: () => Promise<Scene & { restart(): Promise<void> }>,
): void {
  test("the other side restarted between two runs: the second run sees the new one", async () => {
    await using scene = await arrange();
    const bound = bind(kind, scene);
    expect(whyOf(await bound.run())).toBeUndefined();
    await scene.restart();
    expect(whyOf(await bound.run())).toBeUndefined();
    await bound.close();
  });
}
