import { defineConfig } from "vitest/config";

import { ClosingLineReporter } from "./test/support/closing-line-reporter.js";
import { KindBudgetReporter } from "./test/support/kind-budget-reporter.js";
import { LongestFirst } from "./test/support/longest-first.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
    setupFiles: ["test/support/setup.ts"],
    pool: "forks",
    // Tests with real processes mostly wait for them: more files than processors can be under way.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The closing line must be the last thing printed: whoever runs the tests reads the last line.
    reporters: ["default", new KindBudgetReporter(), new ClosingLineReporter()],
    coverage: { provider: "v8", include: ["src/**", "commands/**", "simulator/**"] },
  },
});
