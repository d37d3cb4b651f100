import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { limits as simulated } from "../../simulator/limits.js";
import { DISCORD_LIMITS } from "../../src/model/limits.js";

const DOCUMENT = resolve(import.meta.dirname, "../../docs/discord-limits.md");

interface Documented {
  readonly own: string;
  readonly theirs: string;
  readonly value: number;
}

const documented: readonly Documented[] = [
  ...readFileSync(DOCUMENT, "utf8").matchAll(/^\| `(\w+)` \| `(\w+)` \| (\d+) \|/gm),
].map(([, own = "", theirs = "", value = ""]) => ({ own, theirs, value: Number(value) }));

describe("Discord's limits", () => {
  it("are documented one by one", () => {
    expect(documented.map(({ own }) => own).toSorted()).toEqual(Object.keys(DISCORD_LIMITS).toSorted());
  });

  it.each(documented)("$own is the same here, in the simulator and in the documentation", ({ own, theirs, value }) => {
    expect(DISCORD_LIMITS[own as keyof typeof DISCORD_LIMITS]).toBe(value);
    expect(simulated[theirs as keyof typeof simulated]).toBe(value);
  });
});
