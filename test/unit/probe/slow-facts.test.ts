import { release } from "node:os";

import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { SlowFacts } from "../../../src/probe/host/slow-facts.js";
import { FakeClock } from "../../support/fake-clock.js";
import { until } from "../../support/until.js";

const log = silentLogs.for("probe");
type Library = ConstructorParameters<typeof SlowFacts>[2];

function library(virtual: boolean): { readonly load: NonNullable<Library>; readonly calls: () => number } {
  let calls = 0;
  const load = async () => {
    calls += 1;
    const real = await import("systeminformation");
    const [os, system] = [await real.osInfo(), await real.system()];
    return {
      osInfo: () => Promise.resolve({ ...os, distro: "Debian GNU/Linux", release: "12", kernel: "6.1.0" }),
      system: () => Promise.resolve({ ...system, virtual, virtualHost: "KVM" }),
    };
  };
  return { load, calls: () => calls };
}

test("looked up once, at the third run, in the background", async () => {
  const { load, calls } = library(true);
  let looked: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const slow = new SlowFacts(new FakeClock(), log, () => load().finally(looked));
  expect(slow.get()).toBeUndefined();
  expect(slow.get()).toBeUndefined();
  expect(calls()).toBe(0);
  expect(slow.get()).toBeUndefined();
  await done;
  await new Promise((resolve) => setImmediate(resolve));
  for (let run = 0; run < 5; run += 1) {
    expect(slow.get()).toEqual({ os: "Debian GNU/Linux 12", kernel: "6.1.0", virtual: "KVM" });
  }
  expect(calls()).toBe(1);
});

test("the real look is made by a child, and tells the kernel", async () => {
  const slow = new SlowFacts(systemClock, log);
  await until("the facts", () => slow.get() !== undefined);
  expect(slow.get()?.kernel).toBe(release());
}, 20_000);

test("a look that hangs is given up, and leaves no timer", async () => {
  const clock = new FakeClock();
  const hang = () => new Promise<never>(() => undefined);
  const slow = new SlowFacts(clock, log, () => Promise.resolve({ osInfo: hang, system: hang }));
  for (let run = 0; run < 3; run += 1) slow.get();
  await clock.advance(10_000);
  expect(slow.get()).toBeUndefined();
  expect(clock.pending).toBe(0);
});
