import { afterEach, describe, expect, it } from "vitest";

import { BotWorld } from "../../support/chaos/bot-world.js";
import type { BotWorldOptions } from "../../support/chaos/bot-world.js";
import type { ShownMessage } from "../../../simulator/index.js";
import { taken } from "../../support/depth.js";

const LONG_MS = 240_000;

let world: BotWorld;
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** A bot on duty that watches services named `svc00x` and so on. */
async function onDutyWith(options: Partial<BotWorldOptions>): Promise<void> {
  world = await BotWorld.start({ seed: 21, factor: 10, targets: 4, intervalS: 15, ...options });
  await world.launched();
}

async function messages(): Promise<readonly ShownMessage[]> {
  return world.discord.control.messages(world.discord.opsChannelId);
}

async function messageAbout(target: string): Promise<ShownMessage | undefined> {
  return (await messages()).find(({ text }) => text.includes(target));
}

const OUTAGES = [
  { words: "for 60 s, refusing connections", ms: 60_000, mode: "refuse", factor: 10 },
  { words: "for 10 min, resetting connections", ms: 600_000, mode: "reset", factor: 20 },
] as const;

describe("Discord is gone", () => {
  it.each(taken(OUTAGES, [0]))(
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

/** What REST does while the gateway is up. */
const REST_FAULTS = [
  { words: "answers 503", order: { kind: "status", status: 503 } },
  { words: "answers nothing", order: { kind: "hang" } },
  { words: "resets every connection after the work is done", order: { kind: "reset" }, stage: "after-processing" },
  { words: "is an edge page with status 429", order: { kind: "edge-html", status: 429 } },
  { words: "is an edge page with status 403", order: { kind: "edge-html", status: 403 } },
] as const;
const CLOSES_FOR_GOOD = [4012, 4013] as const;

describe("half of Discord is gone", () => {
  it.each(taken(REST_FAULTS, [0, 2]))(
    "REST $words while the gateway is up: everything comes once when it is over",
    async ({ order, ...rest }) => {
      await onDutyWith({ factor: 20 });
      const { control } = world.discord;
      await control.gateway.waitForSession({ timeoutMs: 30_000 });
      world.break("svc00x");
      expect(await world.faults()).toEqual([]);
      const fault = await control.fault({
        match: { routeClass: "bot", times: "always" },
        ...("stage" in rest ? { stage: rest.stage } : {}),
        ...order,
      });
      world.break("svc01x", "svc02x");
      await world.noticed();
      await fault.struck();
      await world.pass(60_000);
      world.mend("svc00x", "svc02x");
      await world.noticed();
      expect((await control.gateway.state()).sessions.some(({ connected }) => connected)).toBe(true);
      await fault.remove();
      expect(await world.faults()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    "the gateway takes nobody while REST is up: alerts leave before the first session and go on without one",
    async () => {
      world = await BotWorld.start({ seed: 22, factor: 10, targets: 4, intervalS: 15 });
      const { control } = world.discord;
      await control.gateway.refuse(30 * 60_000);
      world.break("svc00x");
      await world.launched();
      expect(await world.faults()).toEqual([]);
      world.break("svc01x");
      world.mend("svc00x");
      expect(await world.faults()).toEqual([]);
      expect((await control.gateway.state()).sessions).toEqual([]);
    },
    LONG_MS,
  );

  it.each(taken(CLOSES_FOR_GOOD, [1]))(
    "the gateway closes for good with %i: alerts leave all the same",
    async (code) => {
      await onDutyWith({});
      const { control } = world.discord;
      await control.gateway.waitForSession({ timeoutMs: 30_000 });
      await control.gateway.refuse(24 * 3_600_000);
      await control.gateway.close(code);
      world.break("svc00x", "svc01x");
      expect(await world.faults()).toEqual([]);
      world.mend("svc00x");
      expect(await world.faults()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    "the gateway flaps twenty times while alerts come and go",
    async () => {
      await onDutyWith({ targets: 10 });
      const { control } = world.discord;
      const flaps = [
        () => control.gateway.dropSocket(),
        () => control.gateway.op7(),
        () => control.gateway.close(4000),
        () => control.gateway.invalidSession(true),
        () => control.gateway.close(1001),
      ];
      for (let flap = 0; flap < 20; flap += 1) {
        await control.gateway.waitForSession({ timeoutMs: 60_000 });
        const name = world.targets[flap % 10] ?? "";
        if (flap < 10) world.break(name);
        else if (flap % 2 === 0) world.mend(name);
        await flaps[flap % flaps.length]?.();
        // Whatever is broken stays so for ten flaps, which is longer than two of its probes.
        await world.pass(4_000);
      }
      expect(await world.faults()).toEqual([]);
      await control.gateway.waitForSession({ timeoutMs: 60_000 });
      const answer = await (await control.as("viewer").command("ping")).response({ timeoutMs: 30_000 });
      expect(answer.error).toBeNull();
    },
    LONG_MS,
  );
});
