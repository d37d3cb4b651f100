import { expect, it } from "vitest";

import { ENGINE_SECONDS } from "../../support/engine/starts.js";
import { KIND_SECONDS, kindOf, overBudget } from "../../support/kind-budget.js";

it.each([
  ["/x/test/kinds/postgres/probe.test.ts", "postgres"],
  ["/x/test/contract/probe/unit-connection.test.ts", "unit"],
  ["/x/test/contract/probe-suite/http.test.ts", "http"],
  ["/x/test/unit/probe/http-json.test.ts", "http"],
  ["/x/test/story/deploy/acts.test.ts", undefined],
])("%s belongs to %s", (path, kind) => {
  expect(kindOf(path)).toBe(kind);
});

it("charges the starts of all files of a kind to it, and names what is too much", () => {
  const most = Math.floor(KIND_SECONDS / ENGINE_SECONDS.systemd);
  const file = (name: string, systemd: number) => ({ path: `/x/test/kinds/${name}.test.ts`, starts: { systemd } });
  expect(overBudget([file("unit/a", most - 1), file("unit/b", 1), file("other/a", most)])).toEqual([]);
  const [problem, ...more] = overBudget([file("unit/a", most), file("unit/b", 1), file("other/a", 1)]);
  expect(problem).toContain("kind unit");
  expect(problem).toContain(`${most + 1} × systemd`);
  expect(more).toEqual([]);
});
