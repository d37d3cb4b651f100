import { expect, test } from "vitest";

import type { OwnNumbers } from "../../../src/model/contract/probe.js";
import type { ProbeResult } from "../../../src/model/run.js";
import { DISCORD_SERIES, createDiscordProbe, discord } from "../../../src/probe/discord.js";
import { SELF_SERIES, createSelfProbe, self } from "../../../src/probe/self.js";
import { FakeClock } from "../../support/fake-clock.js";
import { ownNumbers } from "../../support/probe.js";

const signal = new AbortController().signal;

function valuesOf(result: ProbeResult): Readonly<Record<string, number>> {
  if (result.status !== "ok") throw new Error(result.detail);
  return Object.fromEntries(result.samples.map((sample) => [sample.series, sample.value]));
}

const full: OwnNumbers = {
  ...ownNumbers,
  loopLagP99Seconds: 0.001,
  storeWriteP99Seconds: 0.002,
  storeReadMedianSeconds: 0.0003,
  storeSuccessRatio: 0.99,
  storeMode: "memory",
  storeTrouble: "full",
  outboxPending: 3,
  outboxOldestSeconds: 12,
  outboxDead: 1,
  clockStepSeconds: 2.5,
  scrapeOverruns: 4,
  commandsP50Seconds: 0.01,
  commandsP95Seconds: 0.02,
  commandsPerMinute: 5,
  restMedianSeconds: 0.09,
  gatewayPingSeconds: 0.04,
  gateway: "closed",
  gatewayCloseCode: 4_004,
  requestsPerMinute: 30,
  rateLimitedTotal: 2,
  invalidTotal: 7,
};

test("self: every declared series once its number is known, processor time from the second run on", async () => {
  const clock = new FakeClock();
  let cpu = 1_000_000;
  const probe = createSelfProbe(
    { clock, own: () => full },
    { cpuMicroseconds: () => cpu, residentBytes: () => 100 * 1024 ** 2 },
  );
  const first = valuesOf(await probe.run(signal));
  expect(first).not.toHaveProperty("toban_cpu_ratio");
  await clock.advance(10_000);
  cpu += 500_000;
  const result = await probe.run(signal);
  const second = valuesOf(result);
  expect(Object.keys(second).sort()).toEqual(SELF_SERIES.map((spec) => spec.name).sort());
  expect(second).toMatchObject({
    toban_cpu_ratio: 0.05,
    toban_resident_bytes: 104_857_600,
    toban_uptime_seconds: 3_610,
    toban_store_success_ratio: 0.99,
    toban_outbox_oldest_seconds: 12,
    toban_scrape_overruns_total: 4,
  });
  expect(result).toMatchObject({ facts: { kind: "self", version: "1.2.3", store: "memory", storeTrouble: "full" } });
});

test("self: a number that is not known yet is absent, not 0", async () => {
  const values = valuesOf(await createSelfProbe({ clock: new FakeClock(), own: () => ownNumbers }).run(signal));
  for (const absent of ["toban_loop_lag_seconds", "toban_store_write_seconds", "toban_commands_p50_seconds"]) {
    expect(values).not.toHaveProperty(absent);
  }
  expect(values).toMatchObject({ toban_outbox_pending: 0, toban_commands_per_minute: 0 });
  expect(values["toban_resident_bytes"]).toBeGreaterThan(1024 ** 2);
});

test("discord: every declared series; a closed gateway is told, and the probe itself is well", async () => {
  const result = await createDiscordProbe({ own: () => full }).run(signal);
  const values = valuesOf(result);
  expect(Object.keys(values).sort()).toEqual(DISCORD_SERIES.map((spec) => spec.name).sort());
  expect(values).toMatchObject({ discord_gateway_ready: 0, discord_rest_seconds: 0.09, discord_invalid_total: 7 });
  expect(result).toMatchObject({ facts: { kind: "discord", gateway: "closed", closeCode: 4_004 } });
  const ready = await createDiscordProbe({ own: () => ownNumbers }).run(signal);
  expect(valuesOf(ready)).toMatchObject({ discord_gateway_ready: 1 });
  expect(valuesOf(ready)).not.toHaveProperty("discord_rest_seconds");
});

test.each([self, discord])("$kind takes no options", (kind) => {
  expect(kind.options.safeParse({}).success).toBe(true);
  expect(kind.options.safeParse({ url: "x" }).success).toBe(false);
  expect(kind.remote({})).toBe(false);
});
