import { expect, it } from "vitest";

import { killAtRandom } from "../../support/chaos/random-kills.js";
import { taken } from "../../support/depth.js";

/** With the other file of this kind: forty moments. */
it.each(taken([201, 202, 203, 204], [0]))(
  "says fifty failing services exactly once, the whole bot killed with -9 at five random moments (seed %i)",
  async (seed) => {
    expect(await killAtRandom(seed, 5)).toEqual({ kills: 5, faults: [] });
  },
  400_000,
);
