import { expect, test } from "vitest";

import { en } from "../../../src/locale/en/index.js";
import { FAILURES, REASONS } from "../../../src/model/reason.js";

test("every reason and every failure has its words, and no word is left over", () => {
  expect(Object.keys(en.reason.reasons).toSorted()).toEqual([...REASONS].toSorted());
  expect(Object.keys(en.reason.failures).toSorted()).toEqual([...FAILURES].toSorted());
});

test.each(Object.entries({ ...en.reason.reasons, ...en.reason.failures }))(
  "%s: a few words, what it means and what to do",
  (_code, { short, means, do: todo }) => {
    expect(short).toMatch(/^\S.{2,40}\S$/);
    expect(short).not.toMatch(/[.:]$/);
    for (const sentence of [means, todo]) {
      expect(sentence).toMatch(/^[A-Z].+\.$/);
      expect(sentence.length).toBeLessThan(160);
    }
  },
);
