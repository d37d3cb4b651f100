import { describe, expect, it } from "vitest";

import type { ActionLife, ActionRecord } from "../../../src/model/action-record.js";
import { standing } from "../../../src/operate/budget.js";

const NOW = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function begun(minutesAgo: number, state: ActionLife = "done"): ActionRecord {
  const startedAt = NOW - minutesAgo * MINUTE;
  return {
    id: `a${minutesAgo}`,
    target: "shop-bot",
    action: "restart",
    means: { kind: "unit", unit: "shop-bot.service" },
    state,
    asker: { key: "member:1", name: "operator" },
    reason: "",
    masked: 0,
    plannedAt: startedAt,
    expiresAt: startedAt,
    startedAt,
    ...(state === "started" ? {} : { endedAt: startedAt + MINUTE }),
  };
}

/** Newest first, as the store gives them. */
function at(...records: readonly ActionRecord[]): ReturnType<typeof standing> {
  const lastHour = records.filter(({ startedAt = 0 }) => startedAt > NOW - HOUR);
  return standing({ lastHour, latest: records.slice(0, 3) }, NOW, { perHour: 3 });
}

describe("the budget", () => {
  it("has room until the hour holds as many as it may", () => {
    expect(at()).toEqual({ used: 0, perHour: 3, halfOpen: false });
    expect(at(begun(1), begun(2)).refused).toBeUndefined();
    expect(at(begun(1), begun(2), begun(50)).refused).toEqual({ why: "spent", freeAt: NOW + 10 * MINUTE });
  });

  it("forgets what is older than an hour", () => {
    expect(at(begun(1), begun(2), begun(60)).refused).toBeUndefined();
  });

  it("has room again only when enough have left, where the limit was lowered", () => {
    const records = [begun(10), begun(20), begun(30), begun(40)];
    const { refused } = standing({ lastHour: records, latest: records }, NOW, { perHour: 2 });
    expect(refused).toEqual({ why: "spent", freeAt: NOW + 40 * MINUTE });
  });

  it("counts what the clock, set back, puts into the future, and does not wait longer than an hour for it", () => {
    expect(at(begun(-300), begun(-200), begun(-100)).refused).toEqual({ why: "spent", freeAt: NOW + HOUR });
  });
});

describe("the breaker", () => {
  it("opens after three failures in a row, for an hour from the last one's end", () => {
    const { refused } = at(begun(10, "failed"), begun(70, "unknown"), begun(130, "failed"));
    expect(refused).toEqual({ why: "breaker", freeAt: NOW + 51 * MINUTE });
  });

  it("stays closed while one of the last three went well", () => {
    expect(at(begun(10, "failed"), begun(70, "failed"), begun(130, "done")).refused).toBeUndefined();
    expect(at(begun(10, "done"), begun(70, "failed"), begun(130, "failed")).refused).toBeUndefined();
    expect(at(begun(10, "failed"), begun(70, "failed")).refused).toBeUndefined();
  });

  it("lets one more through after the hour, and opens again if that fails", () => {
    const past = [begun(62, "failed"), begun(122, "failed"), begun(182, "failed")];
    expect(at(...past)).toEqual({ used: 0, perHour: 3, halfOpen: true });
    expect(at(begun(5, "failed"), ...past).refused).toMatchObject({ why: "breaker" });
    expect(at(begun(5, "done"), ...past)).toEqual({ used: 1, perHour: 3, halfOpen: false });
  });
});
