import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Simulator } from "../simulator/index.js";

import { DemoBot } from "./bot.js";
import { Burner } from "./burner.js";
import { DemoService } from "./service.js";

/** Everything that runs in the demo: the local Discord, two services, and the bot. */
export interface DemoWorld {
  readonly discord: Simulator;
  readonly services: ReadonlyMap<string, DemoService>;
  readonly bot: DemoBot;
  readonly burner: Burner;
  readonly folder: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Short intervals, so that nobody waits; otherwise what a person would write. */
function configuration(services: ReadonlyMap<string, DemoService>): string {
  const targets = [...services.values()].map(
    ({ name, url }) =>
      `  - { name: ${name}, kind: http, url: "${url}", interval: 5s, expect: { status: 200, json: { status: healthy, "services.*": healthy } } }`,
  );
  return [
    "host: demo",
    "scrape: { interval: 5s }",
    "targets:",
    ...targets,
    "rules:",
    '  - { name: HostCpu, warning: "> 80%", critical: "> 95%", for: 10s }',
    "",
  ].join("\n");
}

export async function startWorld(onBotExit: (code: number | null) => void): Promise<DemoWorld> {
  const folder = mkdtempSync(join(tmpdir(), "toban-demo-"));
  const services = new Map(["web", "queue"].map((name) => [name, new DemoService(name)]));
  for (const service of services.values()) await service.start();
  const discord = await Simulator.start({ guildName: "Demo" });
  const config = join(folder, "toban.yaml");
  writeFileSync(config, configuration(services));
  const logFile = join(folder, "toban.log");
  const bot = new DemoBot({
    cwd: folder,
    logFile,
    onExit: onBotExit,
    env: {
      DISCORD_TOKEN: discord.token,
      DISCORD_GUILD_ID: discord.guildId,
      OPS_CHANNEL_ID: discord.opsChannelId,
      DISCORD_API_URL: discord.apiUrl,
      TOBAN_CONFIG: config,
      TOBAN_DATA_DIR: join(folder, "data"),
    },
  });
  const burner = new Burner();
  bot.start();
  return {
    discord,
    services,
    bot,
    burner,
    folder,
    logFile,
    async stop() {
      burner.stop();
      await bot.stop();
      for (const service of services.values()) await service.kill();
      await discord.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
