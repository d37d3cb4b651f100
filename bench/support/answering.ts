import { Simulator } from "../../simulator/index.js";
import { BotHome, onDuty } from "../../test/support/bot-process.js";
import { Peer } from "./peer.js";

const WAIT = { timeoutMs: 30_000 };

/** A bot that answers `/ping` at a simulator of its own. */
export interface Answering {
  readonly discord: Simulator;
  readonly pid: number;
  stop(): Promise<void>;
}

async function untilRegistered(discord: Simulator): Promise<void> {
  await discord.control.waitFor("the commands", async () => (await discord.control.commands()).length > 0, WAIT);
}

export async function startToban(yaml: string): Promise<Answering> {
  const discord = await Simulator.start({ seed: 1, switches: { bucketSizes: "observed", missingHeaders: 0 } });
  const home = new BotHome(discord);
  home.configure(yaml);
  const bot = home.start();
  await bot.waitForLog(onDuty);
  await untilRegistered(discord);
  return {
    discord,
    pid: bot.pid,
    async stop() {
      await home[Symbol.asyncDispose]();
      await discord.stop();
    },
  };
}

export async function startConstantBot(): Promise<Answering> {
  const discord = await Simulator.start({ seed: 1, switches: { bucketSizes: "observed", missingHeaders: 0 } });
  const peer = new Peer("constant-bot", {
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD_ID: discord.guildId,
  });
  await untilRegistered(discord);
  return {
    discord,
    pid: peer.pid,
    async stop() {
      await peer.stop();
      await discord.stop();
    },
  };
}

/** Milliseconds from the gateway frame to the callback request. */
export async function firstResponseMs(bot: Answering, command: string): Promise<number> {
  const asked = await bot.discord.control.as("admin").command(command);
  const view = await asked.first(WAIT);
  if (view.error !== null || view.callbackMs === null)
    throw new Error(`/${command} was not answered: ${view.error ?? "no callback"}`);
  return view.callbackMs;
}
