import { describe, expect, it } from "vitest";

import { createMasker, mask, maskedExcerpt } from "../../../../src/base/mask/mask.js";

describe("mask", () => {
  it("replaces a secret and counts it", () => {
    expect(mask("password=hunter2 user=ann")).toEqual({ text: "password=<secret> user=ann", count: 1 });
  });

  it("leaves clean text as it is", () => {
    expect(mask("GET /health 200 12ms")).toEqual({ text: "GET /health 200 12ms", count: 0 });
  });

  it("masks across the borders of pieces", () => {
    const masker = createMasker();
    const text = masker.push("passw") + masker.push("ord=hun") + masker.push("ter2 and on") + masker.end();
    expect(text).toBe("password=<secret> and on");
    expect(masker.count).toBe(1);
  });

  it("cuts after masking, never through a mark", () => {
    expect(maskedExcerpt("password=hunter2 user=ann", 12)).toEqual({ text: "password=…", count: 0 });
  });
});
