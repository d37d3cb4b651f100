import { expect, test } from "vitest";

import type { ProbeKind } from "../../../src/model/contract/probe.js";
import type { SeriesSpec } from "../../../src/model/sample.js";
import { probeKinds } from "../../../src/probe/index.js";
import { createRegistry } from "../../../src/probe/registry.js";
import { self } from "../../../src/probe/self.js";

test("two kinds of one name are refused", () => {
  expect(() => createRegistry([self, { ...self }])).toThrow('probe kind "self" is registered twice');
});

test("two kinds that declare one series are refused, and so is the runner's own", () => {
  expect(() => createRegistry([self, { ...self, kind: "other" }])).toThrow(/is already declared/);
  const greedy: ProbeKind = {
    ...self,
    kind: "greedy",
    series: [{ name: "probe_success", unit: "bool", kind: "gauge", help: "Mine." }],
  };
  expect(() => createRegistry([greedy])).toThrow('series "probe_success" of kind "greedy" is already declared');
});

test("every kind of the program is there under its name", () => {
  for (const kind of probeKinds.kinds) expect(probeKinds.get(kind.kind)).toBe(kind);
  expect(probeKinds.kinds.map((kind) => kind.kind)).toEqual(expect.arrayContaining(["host", "self", "discord"]));
  expect(probeKinds.get("nothing")).toBeUndefined();
});

const SUFFIX: Partial<Record<SeriesSpec["unit"], RegExp>> = {
  seconds: /_seconds(_total)?$/,
  bytes: /_bytes(_total)?$/,
  ratio: /_ratio$/,
  bytes_per_second: /_bytes_per_second$/,
};

test.each(probeKinds.series().map((spec) => [spec.name, spec] as const))("%s is named after its unit", (name, spec) => {
  expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  expect(name).toMatch(SUFFIX[spec.unit] ?? /./);
  expect(name).toMatch(spec.kind === "counter" ? /_total$/ : /./);
  expect(spec.help).toMatch(/\.$/);
  expect(spec.labels ?? []).not.toContain("host");
  expect(spec.labels ?? []).not.toContain("target");
});

test.each(probeKinds.kinds.map((kind) => [kind.kind, kind] as const))("%s keeps to the longest deadline", (_, kind) => {
  expect(kind.defaultTimeoutMs).toBeLessThanOrEqual(10_000);
  expect(kind.defaultTimeoutMs).toBeLessThanOrEqual(kind.defaultIntervalMs * 0.8);
});
