import { expect, it } from "vitest";

import { sweep } from "../../support/chaos/sweep.js";
import { stride } from "../../support/depth.js";

/** A storm of this size has at least so many: the posts of six incidents, a reply, and an edit of each when it is over. */
const FEWEST = 12;

const REQUESTS = stride({ first: 2, step: 9 });

const MOMENTS = [
  { when: "before", words: "reaches Discord and is not processed" },
  { when: "after-processing", words: "is processed and not answered" },
  { when: "after-answer", words: "is answered" },
] as const;

it.each(MOMENTS)(
  "says a storm of fifty alerts exactly once, killed with -9 when each request in turn $words",
  async ({ when }) => {
    const { deaths, broken } = await sweep(12, REQUESTS, () => ({ at: "request", when }));
    expect(broken).toEqual([]);
    expect(deaths).toBeGreaterThan(Math.floor(FEWEST / REQUESTS.step) - 1);
  },
  900_000,
);
