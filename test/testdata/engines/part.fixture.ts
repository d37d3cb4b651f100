import { beforeAll, describe, expect, it } from "vitest";

import { needs } from "../../support/engine/needs.js";

describe("a part with a need", () => {
  needs("root");

  beforeAll(() => {
    throw new Error("a hook ran without the engine");
  });

  it("is skipped", () => {
    expect.fail("a test ran without the engine");
  });
});

it("finds out itself", () => {
  needs("root");
  expect.fail("a test ran without the engine");
});

it("needs nothing", () => {
  expect(1 + 1).toBe(2);
});
