import { describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { registered, startBot, startReady } from "../../support/discord/bot.js";
import { TEST_COMMANDS } from "../../support/discord/commands.js";
import { until } from "../../support/until.js";

async function puts(simulator: Simulator): Promise<number> {
  return (await simulator.control.requests({ method: "PUT" })).length;
}

describe("the registration of commands", () => {
  it("is in the guild alone, and a second start changes nothing", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    expect(await puts(simulator)).toBe(1);
    const commands = await simulator.control.commands();
    expect(new Set(commands.map((command) => command["guild_id"]))).toEqual(new Set([simulator.guildId]));
    await bot.stop();
    await simulator.control.clearRequests();
    await simulator.control.clock.advance(10_000);
    await using second = startBot(simulator);
    await registered(second);
    expect(second.discord.registration()).toEqual({ kind: "registered", changed: 0 });
    expect(await puts(simulator)).toBe(0);
  });

  it("tells what differs when it changes something", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    await bot.stop();
    await simulator.control.clock.advance(10_000);
    const [first, ...rest] = TEST_COMMANDS;
    if (!first) throw new Error("there are test commands");
    await using second = startBot(simulator, { commands: [{ ...first, description: "Another one" }, ...rest] });
    await registered(second);
    const line = second.logLines.find((each) => each["msg"] === "registered the commands");
    expect(line?.["differences"]).toEqual([
      { key: "quick.description", original: "Tests quick", expected: "Another one" },
    ]);
  });

  it("shows every command once there is a permissions section, and does so on a reload", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    bot.policy = { guild: simulator.guildId, grants: [] };
    bot.discord.reload();
    await until("the second registration", async () => (await puts(simulator)) === 2);
    await registered(bot);
    const commands = await simulator.control.commands();
    expect(commands.every((command) => command["default_member_permissions"] === null)).toBe(true);
  });

  it.each([
    ["a server error", { kind: "status", status: 500 } as const],
    ["a lost answer", { kind: "reset" } as const],
    ["a limit", { kind: "rate-limit", retryAfterMs: 700 } as const],
  ])("is tried again after %s", async (_what, fault) => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 12 });
    await simulator.control.fault({ match: { method: "PUT", times: 1 }, ...fault });
    await using bot = startBot(simulator, { clock });
    await until("the failure", () => bot.discord.registration().kind === "failed");
    expect(bot.discord.state().status).toBe("ready");
    await until("the registration", async () => {
      await simulator.control.clock.advance(500);
      await clock.advance(500);
      return bot.discord.registration().kind === "registered";
    });
  });

  it("that Discord does not take is said once, and the bot goes on", async () => {
    await using simulator = await Simulator.start({ seed: 13 });
    await simulator.control.fault({
      match: { method: "PUT", times: "always" },
      kind: "status",
      status: 400,
      body: { message: "Invalid Form Body", code: 50_035, errors: {} },
    });
    await using bot = startBot(simulator);
    await until("the failure", () => bot.discord.registration().kind === "failed");
    expect(bot.discord.registration()).toMatchObject({ final: true });
    expect(await puts(simulator)).toBe(1);
    const asked = await simulator.control.as("viewer").command("quick", {}, { force: true });
    expect((await asked.response()).message?.text).toContain("at once");
  });

  it("of a name that Discord would refuse is not even tried", async () => {
    await using simulator = await Simulator.start({ seed: 14 });
    const [first] = TEST_COMMANDS;
    if (!first) throw new Error("there are test commands");
    await using bot = startBot(simulator, { commands: [{ ...first, name: "Bad!" }] });
    await until("the failure", () => bot.discord.registration().kind === "failed");
    expect(bot.discord.registration()).toMatchObject({ final: true, detail: "/Bad!: not a name that Discord takes" });
    expect(await puts(simulator)).toBe(0);
  });

  it("reports global commands of an earlier bot, and leaves them alone", async () => {
    await using simulator = await Simulator.start({ seed: 15 });
    const made = await fetch(`${simulator.apiUrl}/v10/applications/${simulator.applicationId}/commands`, {
      method: "POST",
      headers: {
        authorization: `Bot ${simulator.token}`,
        "user-agent": "DiscordBot (https://example.invalid, 1)",
        "content-type": "application/json",
      },
      body: JSON.stringify({ name: "old", description: "Of an earlier bot" }),
    });
    expect(made.status).toBe(201);
    await using bot = startBot(simulator);
    await registered(bot);
    const line = bot.logLines.find((each) => String(each["msg"]).includes("global commands"));
    expect(line).toMatchObject({ level: "warn", commands: ["old"] });
    expect((await simulator.control.commands()).map((command) => command["name"])).toContain("old");
  });
});
