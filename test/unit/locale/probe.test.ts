import { describe, expect, it } from "vitest";

import { en } from "../../../src/locale/en/index.js";
import { probeKinds } from "../../../src/probe/index.js";

describe("every kind of target", () => {
  it("has a name", () => {
    const named = Object.keys(en.probe.kinds).toSorted();
    expect(named).toEqual(probeKinds.kinds.map(({ kind }) => kind).toSorted());
  });
});
