import { afterEach } from "vitest";

import { starts } from "./engine/starts.js";
import type { Starts } from "./engine/starts.js";

declare module "vitest" {
  interface TaskMeta {
    /** The engines that a file of tests has started, and how often. */
    engineStarts?: Starts;
  }
}

// For the report at the end of the run.
afterEach(({ task }) => {
  task.file.meta.engineStarts = starts;
});
