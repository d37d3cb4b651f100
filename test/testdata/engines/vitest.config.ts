import { defineConfig } from "vitest/config";

import { ClosingLineReporter } from "../../support/closing-line-reporter.js";

export default defineConfig({
  test: { dir: import.meta.dirname, include: ["*.fixture.ts"], reporters: [new ClosingLineReporter()] },
});
