import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Simulator } from "../simulator/index.js";

import { DemoBot } from "./bot.js";
import { Burner } from "./burner.js";
import { DemoService } from "./service.js";

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

/** Everything that runs in the demo: the local Discord, two services, and the bot. */
export class DemoWorld {
  readonly services: ReadonlyMap<string, DemoService> = new Map(
    ["web", "queue"].map((name) => [name, new DemoService(name)]),
  );
  readonly burner: Burner = new Burner();
  readonly folder: string = mkdtempSync(join(tmpdir(), "toban-demo-"));
  readonly logFile: string = join(this.folder, "toban.log");
  readonly #onBotExit: (code: number | null) => void;
  #discord: Simulator | undefined;
  #bot: DemoBot | undefined;
  #stopping: Promise<void> | undefined;

  constructor(onBotExit: (code: number | null) => void) {
    this.#onBotExit = onBotExit;
  }

  get discord(): Simulator {
    if (!this.#discord) throw new Error("the local Discord does not run");
    return this.#discord;
  }

  get bot(): DemoBot {
    if (!this.#bot) throw new Error("the bot does not run");
    return this.#bot;
  }

  async start(): Promise<void> {
    for (const service of this.services.values()) await service.start();
    const discord = await Simulator.start({ guildName: "Demo" });
    this.#discord = discord;
    const config = join(this.folder, "toban.yaml");
    writeFileSync(config, configuration(this.services));
    this.#bot = new DemoBot({
      cwd: this.folder,
      logFile: this.logFile,
      onExit: this.#onBotExit,
      env: {
        DISCORD_TOKEN: discord.token,
        DISCORD_GUILD_ID: discord.guildId,
        OPS_CHANNEL_ID: discord.opsChannelId,
        DISCORD_API_URL: discord.apiUrl,
        TOBAN_CONFIG: config,
        TOBAN_DATA_DIR: join(this.folder, "data"),
      },
    });
    if (!this.#stopping) this.#bot.start();
  }

  /** Ends whatever has been started so far. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.burner.stop();
    await this.#bot?.stop();
    for (const service of this.services.values()) await service.kill();
    await this.#discord?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
