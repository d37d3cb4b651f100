import { expect, it } from "vitest";

import { shownNumbers } from "../../../src/evaluate/shown.js";
import { anAlert } from "../../support/alerts.js";

const down = anAlert({ rule: "TargetDown", target: "web", value: 2, worst: 2, reason: "refused" });

it("a message is due for an edit when the reason has changed, although no number has", () => {
  expect(shownNumbers({ ...down, reason: "wrong_status" }, "bool")).not.toBe(shownNumbers(down, "bool"));
  expect(shownNumbers({ ...down, value: 3, worst: 3 }, "bool")).toBe(shownNumbers(down, "bool"));
});

it("numbers that read the same are the same", () => {
  const disk = anAlert({ value: 0.931, worst: 0.931 });
  expect(shownNumbers({ ...disk, value: 0.9312 }, "ratio")).toBe(shownNumbers(disk, "ratio"));
  expect(shownNumbers({ ...disk, value: 0.95 }, "ratio")).not.toBe(shownNumbers(disk, "ratio"));
});
