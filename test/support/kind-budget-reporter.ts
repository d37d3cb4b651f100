import type { Reporter, TestModule } from "vitest/node";

import { depthOf } from "./depth.js";
import { overBudget } from "./kind-budget.js";

/** Fails a run in which the tests of a kind have started more engines than they may. What is exhaustive has no such budget. */
export class KindBudgetReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    if (depthOf(process.env["TOBAN_TEST_DEPTH"]) !== "sample") return;
    const files = modules.map((module) => ({ path: module.moduleId, starts: module.meta().engineStarts ?? {} }));
    for (const problem of overBudget(files)) {
      process.stderr.write(`${problem}\n`);
      process.exitCode = 1;
    }
  }
}
