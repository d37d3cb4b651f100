import { describe, expect, it } from "vitest";

import type { ServiceManager } from "../../../src/app/systemd-notify.js";
import { createWatchdog } from "../../../src/app/watchdog.js";
import { silentLogs } from "../../../src/base/log.js";
import { FakeClock } from "../../support/fake-clock.js";

function setUp(watchdogMs: number | undefined): {
  clock: FakeClock;
  fed: () => number;
  stick: (name: string | undefined) => void;
  stop: () => void;
} {
  const clock = new FakeClock();
  let fed = 0;
  let stuck: { readonly name: string; readonly at: number } | undefined;
  const manager: ServiceManager = {
    watchdogMs,
    notify: (...states) => {
      fed += states.filter((state) => state === "WATCHDOG=1").length;
      return Promise.resolve();
    },
  };
  const loops = ["scheduler", "evaluator", "sender", "store"].map((name) => ({
    name,
    lastProgressAt: () => (stuck?.name === name ? stuck.at : clock.monotonic()),
  }));
  const watchdog = createWatchdog({ clock, log: silentLogs.for("app"), manager, loops });
  watchdog.start();
  return {
    clock,
    fed: () => fed,
    stick: (name) => (stuck = name === undefined ? undefined : { name, at: clock.monotonic() }),
    stop: () => watchdog.stop(),
  };
}

describe("the watchdog", () => {
  it("is fed twice per period while all loops make progress", async () => {
    const { clock, fed } = setUp(90_000);
    await clock.advance(90_000);
    expect(fed()).toBe(2);
  });

  it.each(["scheduler", "evaluator", "sender", "store"])(
    "is not fed while the %s is stuck, and is when it goes on",
    async (name) => {
      const { clock, fed, stick } = setUp(90_000);
      stick(name);
      await clock.advance(45_000);
      expect(fed()).toBe(1);
      await clock.advance(180_000);
      expect(fed()).toBe(1);
      stick(undefined);
      await clock.advance(45_000);
      expect(fed()).toBe(2);
    },
  );

  it("waits no longer for a loop than a shorter period wants, but longer than the loops' own deadlines", async () => {
    const { clock, fed, stick } = setUp(24_000);
    stick("sender");
    await clock.advance(12_000);
    expect(fed()).toBe(1);
    await clock.advance(12_000);
    expect(fed()).toBe(1);
    const hasty = setUp(4_000);
    hasty.stick("sender");
    await hasty.clock.advance(14_000);
    expect(hasty.fed()).toBe(7);
    await hasty.clock.advance(60_000);
    expect(hasty.fed()).toBe(7);
  });

  it("does nothing when nobody watches, and nothing after it was stopped", async () => {
    const alone = setUp(undefined);
    await alone.clock.advance(600_000);
    expect(alone.fed()).toBe(0);
    const { clock, fed, stop } = setUp(90_000);
    stop();
    await clock.advance(600_000);
    expect(fed()).toBe(0);
  });
});
