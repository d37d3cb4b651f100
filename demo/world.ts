import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Simulator } from "../simulator/index.js";

import { DemoBot } from "./bot.js";
import { Burner } from "./burner.js";
import { demoConfiguration } from "./configuration.js";
import { Leak } from "./leak.js";
import { DemoService } from "./service.js";
import { SmallDisk } from "./small-disk.js";
import { StoreTrouble } from "./store-trouble.js";
import { Supervisor } from "./supervisor.js";

/** Everything that runs in the demo: the local Discord, two services, a small disk, and the bot. */
export class DemoWorld {
  readonly folder: string = mkdtempSync(join(tmpdir(), "toban-demo-"));
  readonly logFile: string = join(this.folder, "toban.log");
  readonly services: ReadonlyMap<string, DemoService> = new Map(
    ["web", "queue"].map((name) => [name, new DemoService(name, join(this.folder, `${name}.log`))]),
  );
  readonly burner: Burner = new Burner();
  readonly leak: Leak = new Leak();
  readonly disk: SmallDisk = new SmallDisk(this.folder);
  readonly store: StoreTrouble = new StoreTrouble(join(this.folder, "data"));
  readonly #supervisor = new Supervisor(join(this.folder, "supervisor.sock"), this.services);
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
    await Promise.all([...this.services.values()].map((service) => service.start()));
    await Promise.all([this.disk.start(), this.#supervisor.start()]);
    const discord = await Simulator.start({ guildName: "Demo" });
    this.#discord = discord;
    const config = join(this.folder, "toban.yaml");
    const { roles } = await discord.control.operations.guild();
    writeFileSync(
      config,
      demoConfiguration({
        services: this.services.values(),
        disk: this.disk,
        leak: this.leak,
        supervisor: this.#supervisor.path,
        roles: new Map(roles.map(({ name, id }) => [name, id])),
      }),
    );
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
    await Promise.all([this.leak.stop(), this.store.unlock()]);
    await this.#bot?.stop();
    await this.#supervisor.stop();
    await Promise.all([...this.services.values()].map((service) => service.kill()));
    await this.disk.stop();
    await this.#discord?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
