import { expect, it } from "vitest";

import { sweep } from "../../support/chaos/sweep.js";
import { stride } from "../../support/depth.js";

/** A storm of this size has at least so many: two runs of ten targets, and before and after each post. */
const FEWEST = 30;

const MOMENTS = stride({ first: 2, step: 14 });

it("says a storm of fifty alerts exactly once, killed with -9 just before each commit of the store in turn", async () => {
  const { deaths, broken } = await sweep(11, MOMENTS, () => ({ at: "commit", when: "before" }));
  expect(broken).toEqual([]);
  expect(deaths).toBeGreaterThan(Math.floor(FEWEST / MOMENTS.step) - 1);
}, 900_000);
