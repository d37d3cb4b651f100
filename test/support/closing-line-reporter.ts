import type { Reporter, TestModule } from "vitest/node";

import { skippedLines, unproven } from "./engine/skipped.js";
import type { SkippedTest } from "./engine/skipped.js";

/**
 * Says at the end of a run which tests were skipped for want of which engine, and then, alone on the last line, `N passed, N failed,
 * N skipped`. A module that could not load counts as failed. Under CI a test without its engine fails the run.
 */
export class ClosingLineReporter implements Reporter {
  readonly #print: (text: string) => void;
  readonly #ci: string | undefined;

  constructor(
    print: (text: string) => void = (text) => process.stdout.write(text),
    ci: string | undefined = process.env["CI"],
  ) {
    this.#print = print;
    this.#ci = ci;
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const wanting: SkippedTest[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") count.passed += 1;
        else if (state === "failed") count.failed += 1;
        else count.skipped += 1;
        const { missingEngines: missing } = test.meta();
        if (state === "skipped" && missing !== undefined) wanting.push({ file: module.moduleId, missing });
      }
    }
    const lines = skippedLines(wanting);
    const failure = unproven(wanting.length, this.#ci);
    if (failure !== undefined) process.exitCode = 1;
    const said = [...lines, ...(failure === undefined ? [] : [failure])].map((line) => `${line}\n`).join("");
    this.#print(
      `\n${said}${said === "" ? "" : "\n"}${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`,
    );
  }
}
