import { beforeAll, describe, expect, it } from "vitest";

import { needs } from "../../support/engine/needs.js";

needs("root");

beforeAll(() => {
  throw new Error("a hook ran without the engine");
});

it("needs what its file needs", () => {
  expect.fail("a test ran without the engine");
});

describe.each([1, 2])("a part %i", () => {
  it("needs what its file needs", () => {
    expect.fail("a test ran without the engine");
  });
});
