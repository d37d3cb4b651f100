import type { TestModule } from "vitest/node";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ClosingLineReporter } from "../../support/closing-line-reporter.js";
import type { EngineName } from "../../support/engine/list.js";
import { skippedLines, unproven } from "../../support/engine/skipped.js";
import type { SkippedTest } from "../../support/engine/skipped.js";

const skipped = (file: string, ...missing: readonly EngineName[]): SkippedTest => ({ file, missing });

describe("tests that were skipped", () => {
  it("are one line for each set of missing engines, with tests, files and the command", () => {
    const tests = [
      skipped("a.test.ts", "polkit"),
      skipped("b.test.ts", "root", "mount"),
      skipped("c.test.ts", "polkit"),
      skipped("c.test.ts", "polkit"),
    ];
    expect(skippedLines(tests)).toEqual([
      "skipped for want of polkit: 3 tests in 2 files; apt-get install -y polkitd",
      "skipped for want of root, mount: 1 test in 1 file; apt-get install -y mount; run as root (in a container: with --privileged)",
    ]);
    expect(skippedLines([])).toEqual([]);
  });

  it.each([
    [undefined, 3, false],
    ["", 3, false],
    ["false", 3, false],
    ["0", 3, false],
    ["true", 0, false],
    ["true", 1, true],
    ["1", 3, true],
  ])("under CI=%s, %i of them: fails %s", (ci, count, fails) => {
    expect(unproven(count, ci) !== undefined).toBe(fails);
  });
});

type Ran = readonly ["passed" | "failed" | "skipped", ...missing: EngineName[]];

/** What vitest hands to a reporter, as far as it is looked at. */
function ran(file: string, tests: readonly Ran[]): TestModule {
  const cases = tests.map(([state, ...missingEngines]) => ({
    result: () => ({ state }),
    meta: () => (missingEngines.length === 0 ? {} : { missingEngines }),
  }));
  return { moduleId: file, errors: () => [], children: { allTests: () => cases } } as unknown as TestModule;
}

describe("the report's end", () => {
  const modules = [ran("a.test.ts", [["passed"], ["failed"]]), ran("b.test.ts", [["skipped", "polkit"], ["skipped"]])];
  let before: typeof process.exitCode;
  beforeEach(() => {
    before = process.exitCode;
    process.exitCode = undefined;
  });
  afterEach(() => {
    process.exitCode = before;
  });

  function report(of: readonly TestModule[], ci?: string): string {
    let said = "";
    new ClosingLineReporter((text) => (said += text), ci ?? "").onTestRunEnd(of);
    return said;
  }

  it("names the engines, and ends with the count alone", () => {
    expect(report(modules)).toBe(
      "\nskipped for want of polkit: 1 test in 1 file; apt-get install -y polkitd\n\n1 passed, 1 failed, 2 skipped\n",
    );
    expect(process.exitCode).toBeUndefined();
    expect(report(modules.slice(0, 1))).toBe("\n1 passed, 1 failed, 0 skipped\n");
  });

  it("is a failure under CI, in words and exit code", () => {
    const said = report(modules, "true");
    expect(said).toContain(
      "CI=true: 1 test skipped for want of an engine, so this run fails. Here every test must run.\n",
    );
    expect(said.endsWith("\n\n1 passed, 1 failed, 2 skipped\n")).toBe(true);
    expect(process.exitCode).toBe(1);
  });

  it("is none under CI when nothing was skipped for want of an engine", () => {
    report(modules.slice(0, 1), "true");
    expect(process.exitCode).toBeUndefined();
  });
});
