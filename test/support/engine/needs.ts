import { TestRunner } from "vitest";

import { missingEngines } from "./list.js";
import type { EngineName } from "./list.js";

declare module "vitest" {
  interface TaskMeta {
    /** The engines for want of which a test was skipped. */
    missingEngines?: readonly EngineName[];
  }
}

/**
 * Says which engines what follows needs: the rest of a file, of a `describe`, or of a test. Where one is missing, that is skipped with its
 * hooks, and the report's end says for want of what.
 */
export function needs(...names: readonly EngineName[]): void {
  const missing = missingEngines(names);
  if (missing.length === 0) return;
  const test = TestRunner.getCurrentTest();
  if (test !== undefined) {
    test.meta.missingEngines = missing;
    test.context.skip(`for want of ${missing.join(", ")}`);
  }
  // What is defined from here on inherits these options.
  const { options } = TestRunner.getCurrentSuite();
  if (options === undefined) throw new Error("needs() stands at the top of a file, of a describe, or of a test");
  options.skip = true;
  options.meta = { ...options.meta, missingEngines: missing };
}
