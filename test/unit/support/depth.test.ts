import { describe, expect, it } from "vitest";

import { PARTS, depthOf, stride, taken } from "../../support/depth.js";

const parts = Array.from({ length: PARTS }, (_, part) => ({ part }));

describe("the depth of a run", () => {
  it.each([
    [undefined, "sample"],
    ["", "sample"],
    ["all", "all"],
    ["0", { part: 0 }],
    ["9", { part: 9 }],
  ])("%j is %j", (value, depth) => {
    expect(depthOf(value)).toEqual(depth);
  });

  it.each(["10", "-1", "1.5", "everything"])("%j is none", (value) => {
    expect(() => depthOf(value)).toThrow(value);
  });
});

describe("an exhaustive list", () => {
  const long = Array.from({ length: 37 }, (_, index) => index);

  it("is taken whole, or a few of it", () => {
    expect(taken(long, [1, 36], "all")).toEqual(long);
    expect(taken(long, [1, 36], "sample")).toEqual([1, 36]);
  });

  it("is whole when all its parts are put together, and no part is empty", () => {
    expect(parts.flatMap((depth) => taken(long, [], depth)).toSorted((a, b) => a - b)).toEqual(long);
    for (const depth of parts) expect(taken(["a", "b", "c"], [], depth)).toHaveLength(1);
    expect(new Set(parts.flatMap((depth) => taken(["a", "b", "c"], [], depth)))).toEqual(new Set(["a", "b", "c"]));
  });
});

describe("a sequence without a known end", () => {
  it("is met at every moment, or at every tenth from another one on", () => {
    expect(stride({ first: 3, step: 12 }, "all")).toEqual({ first: 1, step: 1 });
    expect(stride({ first: 3, step: 12 }, "sample")).toEqual({ first: 3, step: 12 });
    expect(new Set(parts.map((depth) => stride({ first: 3, step: 12 }, depth).first)).size).toBe(PARTS);
    for (const depth of parts) expect(stride({ first: 3, step: 12 }, depth).step).toBe(PARTS);
  });
});
