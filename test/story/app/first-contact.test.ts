import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";

let discord: Simulator;
let home: BotHome;
beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await discord.stop();
});

const NOWHERE = "1999999999999999999";

describe("the first start", () => {
  it.each([
    [
      "a server that the bot is not in",
      { DISCORD_GUILD_ID: NOWHERE },
      2,
      /not in the server.*DISCORD_GUILD_ID.*invite/u,
    ],
    ["a channel that is none", { OPS_CHANNEL_ID: NOWHERE }, 2, /no channel.*OPS_CHANNEL_ID/u],
  ])("with %s: one sentence with what to do, and no line of the log", async (_, env, code, sentence) => {
    const bot = home.start(["run"], env);
    expect((await bot.exited).code).toBe(code);
    expect(bot.lines).toEqual([]);
    expect(bot.stderr).toHaveLength(1);
    expect(bot.stderr[0]).toMatch(sentence);
    // Corrected, it starts.
    await home.start().waitForLog(onDuty);
  });

  it("with a token that Discord refuses: the same, and exit code 4", async () => {
    await discord.control.revokeToken();
    const bot = home.start();
    expect((await bot.exited).code).toBe(4);
    expect(bot.lines).toEqual([]);
    expect(bot.stderr).toEqual([expect.stringMatching(/token: .*Reset Token.*DISCORD_TOKEN/u)]);
  });

  it("without the permission to write: names it", async () => {
    await discord.control.setPermissions(discord.opsChannelId, [{ who: "bot", deny: ["SEND_MESSAGES"] }]);
    const bot = home.start();
    expect((await bot.exited).code).toBe(2);
    expect(bot.stderr.join("\n")).toMatch(/^The bot lacks SEND_MESSAGES in #.*: allow SEND_MESSAGES/u);
    expect(bot.lines).toEqual([]);
  });

  it("with a fallback that can be told instead: says the sentence and goes on", async () => {
    await discord.control.revokeToken();
    const bot = home.start(["run"], {
      FALLBACK_WEBHOOK_URL: "http://127.0.0.1:1/hook",
    });
    await bot.waitForLog(onDuty);
    expect(bot.stderr[0]).toMatch(/Reset Token/u);
  });

  it("while Discord is away: starts, and waits for it", async () => {
    await discord.control.outage(true);
    const bot = home.start();
    await bot.waitForLog(onDuty);
    expect(bot.stderr).toEqual([]);
  });
});

it("a bot that has been at work before is not kept from it by a channel that is gone", async () => {
  const first = home.start();
  await first.waitForLog(onDuty);
  await first.stop();
  const bot = home.start(["run"], { OPS_CHANNEL_ID: NOWHERE });
  await bot.waitForLog(onDuty);
  expect(bot.stderr).toEqual([]);
});
