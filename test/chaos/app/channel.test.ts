import { expect, it } from "vitest";

import { BotWorld } from "../../support/chaos/bot-world.js";

const LONG_MS = 240_000;
const OPTIONS = { seed: 41, factor: 20, targets: 4, intervalS: 15 } as const;

/** The message about a target, wherever it stands. */
async function textAbout(world: BotWorld, channel: string, target: string): Promise<string | undefined> {
  const messages = await world.discord.control.messages(channel);
  return messages.find(({ text }) => text.includes(target))?.text;
}

it(
  "a channel that is deleted and made again under its id: what was held is delivered, and what still burns is posted anew",
  async () => {
    await using world = await BotWorld.start(OPTIONS);
    const { control, opsChannelId } = world.discord;
    await world.launched();
    world.break("svc00x");
    expect(await world.faults()).toEqual([]);
    await control.deleteChannel(opsChannelId);
    world.break("svc01x", "svc02x");
    world.mend("svc00x");
    await world.noticed();
    world.mend("svc02x");
    await world.noticed();
    await control.createChannel("ops", { id: opsChannelId });
    world.bot.signal("SIGHUP");
    await control.waitForMessage(opsChannelId, { text: /svc01x/ }, { timeoutMs: 60_000 });
    await control.waitForMessage(opsChannelId, { text: /svc02x/ }, { timeoutMs: 60_000 });
    expect(await textAbout(world, opsChannelId, "svc01x")).toMatch(/^🔴/u);
    expect(await textAbout(world, opsChannelId, "svc02x")).toMatch(/^🟢/u);
    const texts = (await control.messages(opsChannelId)).map(({ text }) => text);
    for (const name of ["svc01x", "svc02x"]) expect(texts.filter((text) => text.includes(name))).toHaveLength(1);
  },
  LONG_MS,
);

it(
  "a channel that is gone while the routes name another: what is new goes there, what had begun stays where it began",
  async () => {
    await using world = await BotWorld.start(OPTIONS);
    const { control } = world.discord;
    const old = await control.createChannel("alerts");
    const next = await control.createChannel("alerts-2");
    world.configure(`routes:\n  - { match: { targets: ["svc*"] }, channel: "${old}" }`);
    await world.launched();
    world.break("svc00x");
    expect(await world.faults(old)).toEqual([]);
    world.configure(`routes:\n  - { match: { targets: ["svc*"] }, channel: "${next}" }`);
    world.bot.signal("SIGHUP");
    await world.logged("the configuration was read again", (line) => line.msg === "the configuration was read again");
    world.break("svc01x");
    await control.waitForMessage(next, { text: /svc01x/ }, { timeoutMs: 60_000 });
    world.mend("svc00x");
    await control.waitForMessage(old, { text: /🟢.*svc00x/u }, { timeoutMs: 60_000 });
    expect(await textAbout(world, next, "svc00x")).toBeUndefined();
    await control.deleteChannel(old);
    world.mend("svc01x");
    world.break("svc02x");
    await control.waitForMessage(next, { text: /🔴.*svc02x/u }, { timeoutMs: 60_000 });
    await control.waitForMessage(next, { text: /🟢.*svc01x/u }, { timeoutMs: 60_000 });
    expect(await control.messages(next)).toHaveLength(2);
  },
  LONG_MS,
);

it.each(["SEND_MESSAGES", "VIEW_CHANNEL"])(
  "the permission %s is taken away and given back: what was held is delivered once",
  async (permission) => {
    await using world = await BotWorld.start(OPTIONS);
    const { control, opsChannelId } = world.discord;
    await world.launched();
    world.break("svc00x");
    expect(await world.faults()).toEqual([]);
    await control.setPermissions(opsChannelId, [{ who: "bot", deny: [permission] }]);
    world.break("svc01x", "svc02x");
    await world.noticed();
    world.mend("svc02x", "svc00x");
    await world.noticed();
    await world.pass(30_000);
    await control.setPermissions(opsChannelId, []);
    world.bot.signal("SIGHUP");
    expect(await world.faults()).toEqual([]);
    world.mend("svc01x");
    expect(await world.faults()).toEqual([]);
  },
  LONG_MS,
);
