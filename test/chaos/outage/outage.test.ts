import { afterEach, describe, expect, it } from "vitest";

import { BotWorld } from "../../support/chaos/bot-world.js";
import type { BotWorldOptions } from "../../support/chaos/bot-world.js";
import { onDuty } from "../../support/bot-process.js";
import type { ShownMessage } from "../../../simulator/index.js";

const LONG_MS = 240_000;

let world: BotWorld;
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** A bot on duty that watches services named `svc00x` and so on. */
async function onDutyWith(options: Partial<BotWorldOptions>): Promise<void> {
  world = await BotWorld.start({ seed: 21, factor: 10, targets: 4, intervalS: 15, ...options });
  await world.launch().waitForLog(onDuty);
}

async function messages(): Promise<readonly ShownMessage[]> {
  return world.discord.control.messages(world.discord.opsChannelId);
}

async function messageAbout(target: string): Promise<ShownMessage | undefined> {
  return (await messages()).find(({ text }) => text.includes(target));
}

describe("Discord is gone", () => {
  it.each([
    { words: "for 60 s, refusing connections", ms: 60_000, mode: "refuse", factor: 10 },
    { words: "for 10 min, resetting connections", ms: 600_000, mode: "reset", factor: 20 },
  ] as const)(
    "$words: nothing is lost, nothing comes twice, and what is late says so",
    async ({ ms, mode, factor }) => {
      await onDutyWith({ factor });
      const { control } = world.discord;
      world.break("svc00x");
      expect(await world.faults()).toEqual([]);
      await control.outage(true, mode);
      const until = world.time.now() + ms;
      world.break("svc01x", "svc02x");
      world.mend("svc00x");
      await world.noticed();
      world.mend("svc02x");
      await world.noticed();
      await world.pass(Math.max(0, until - world.time.now()));
      await control.outage(false);
      expect(await world.faults()).toEqual([]);
      expect(await messages()).toHaveLength(3);
      expect((await messageAbout("svc01x"))?.text).toMatch(/late: Discord was unreachable/);
      const both = await messageAbout("svc02x");
      expect(both?.text).toMatch(/late: Discord was unreachable/);
      expect(both?.text).toMatch(/began .* over /);
      expect(both?.mentioned).toEqual(expect.objectContaining({ users: [], roles: [] }));
    },
    LONG_MS,
  );
});
