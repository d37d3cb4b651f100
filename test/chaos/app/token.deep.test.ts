import { expect, it } from "vitest";

import { BotWorld } from "../../support/chaos/bot-world.js";
import { Webhook } from "../../support/chaos/webhook.js";
import { taken } from "../../support/depth.js";
import { until } from "../../support/until.js";

const LONG_MS = 240_000;
const OPTIONS = { seed: 31, factor: 20, targets: 4, intervalS: 15 } as const;

/** What happens to a token, and what is expected of the bot then. */
const CASES: readonly (readonly [string, () => Promise<void>])[] = [
  ["is revoked and given back: the fallback speaks meanwhile, and then everything comes once", givenBack],
  [
    "is revoked without a fallback: the process ends with code 4; started again with a good one, everything comes once",
    withoutFallback,
  ],
];

it.each(taken(CASES, [1]))("a token that %s", async (_, run) => expect(run()).resolves.toBeUndefined(), LONG_MS);

async function givenBack(): Promise<void> {
  using webhook = await Webhook.start();
  await using world = await BotWorld.start({ ...OPTIONS, env: { FALLBACK_WEBHOOK_URL: webhook.url } });
  const { control } = world.discord;
  await world.launched();
  world.break("svc00x");
  expect(await world.faults()).toEqual([]);
  await control.revokeToken();
  world.break("svc01x", "svc02x");
  await until(
    "the fallback has told of both",
    () => ["svc01x", "svc02x"].every((name) => webhook.heard.some((text) => text.includes(name))),
    60_000,
  );
  world.mend("svc00x", "svc02x");
  await world.noticed();
  const heard = webhook.heard.length;
  await world.pass(60_000);
  expect(webhook.heard).toHaveLength(heard);
  await control.restoreToken();
  expect(await world.faults()).toEqual([]);
  expect((await world.bot.stop()).code).toBe(0);
}

async function withoutFallback(): Promise<void> {
  await using world = await BotWorld.start(OPTIONS);
  const { control } = world.discord;
  const bot = await world.launched();
  world.break("svc00x");
  expect(await world.faults()).toEqual([]);
  world.break("svc01x");
  await control.revokeToken();
  expect((await bot.exited).code).toBe(4);
  world.break("svc02x");
  await control.restoreToken();
  await world.launched({ DISCORD_TOKEN: world.discord.token });
  expect(await world.faults()).toEqual([]);
  world.mend("svc00x", "svc01x", "svc02x");
  expect(await world.faults()).toEqual([]);
}
