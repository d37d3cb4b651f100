import { Simulator } from "../../simulator/index.js";
import { BotHome } from "../../test/support/bot-process.js";
import type { Row } from "../row.js";
import { p, round } from "../support/measure.js";
import { Peer } from "../support/peer.js";

const STARTS = 5;
const WAIT = { timeoutMs: 30_000 };

/** Milliseconds from starting the process to its session at the gateway. */
async function untilIdentify(start: (discord: Simulator) => Promise<() => Promise<void>>): Promise<number> {
  const discord = await Simulator.start({ seed: 1 });
  const began = performance.now();
  const stop = await start(discord);
  try {
    await discord.control.gateway.waitForSession(WAIT);
    return performance.now() - began;
  } finally {
    await stop();
    await discord.stop();
  }
}

async function startToban(discord: Simulator): Promise<() => Promise<void>> {
  const home = new BotHome(discord);
  home.start();
  return () => home[Symbol.asyncDispose]();
}

function startConstant(discord: Simulator): Promise<() => Promise<void>> {
  const peer = new Peer("constant-bot", {
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD_ID: discord.guildId,
  });
  return Promise.resolve(() => peer.stop());
}

async function answeredAfterReady(): Promise<number> {
  const discord = await Simulator.start({ seed: 1 });
  const home = new BotHome(discord);
  try {
    // The commands are registered by a first start, as they are on any day but the first.
    const first = home.start();
    await discord.control.waitFor("the commands", async () => (await discord.control.commands()).length > 0, WAIT);
    await first.stop();
    home.start();
    await discord.control.gateway.waitForSession(WAIT);
    const began = performance.now();
    const asked = await discord.control.as("admin").command("ping");
    await asked.first(WAIT);
    return performance.now() - began;
  } finally {
    await home[Symbol.asyncDispose]();
    await discord.stop();
  }
}

export const start: Row = {
  name: "start",
  promise: "process start → IDENTIFY ≤ 0.7 s; commands answered ≤ 50 ms after READY",
  async run() {
    const times = { toban: [] as number[], constant: [] as number[], answer: [] as number[] };
    for (let turn = 0; turn < STARTS; turn += 1) {
      times.toban.push(await untilIdentify(startToban));
      times.constant.push(await untilIdentify(startConstant));
      times.answer.push(await answeredAfterReady());
    }
    const [identify, answer] = [p(times.toban, 0.5), p(times.answer, 0.5)];
    return {
      figures: {
        identify_ms: identify,
        constant_bot_identify_ms: p(times.constant, 0.5),
        ratio: round(identify / p(times.constant, 0.5)),
        answer_after_ready_ms: answer,
      },
      kept: identify <= 700 && answer <= 50,
    };
  },
};
