import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { Simulator } from "../../../simulator/index.js";
import type { Switches } from "../../../simulator/index.js";
import { silentLogs } from "../../../src/base/log.js";
import { systemClock } from "../../../src/base/clock.js";
import { DEFAULT_RULES } from "../../../src/rule/defaults/index.js";
import { openStore } from "../../../src/store/open.js";
import type { Store, Tables } from "../../../src/store/contract.js";
import { BotHome, onDuty } from "../bot-process.js";
import type { BotProcess, LogLine } from "../bot-process.js";
import { until } from "../until.js";
import { faultsOf } from "./checker.js";
import type { Wanted } from "./checker.js";
import { compiled } from "./compiled.js";
import { isSettled, keptIncidents, nameOf } from "./kept.js";
import type { KeptIncident } from "./kept.js";
import { SharedTime } from "./shared-time.js";

export interface BotWorldOptions {
  readonly seed: number;
  /** How much faster than the real one the time of bot and Discord runs. */
  readonly factor: number;
  readonly targets: number;
  /** Seconds between two probes of a target. */
  readonly intervalS: number;
  readonly switches?: Partial<Switches>;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the bot keeps its data; absent: in a folder of its own. */
  readonly dataDir?: string;
  /** YAML that follows: routes, for instance. */
  readonly config?: string;
}

/** How long the store is waited for to say that everything is said and shown; real time, for a slow machine. */
const PATIENCE_MS = 180_000;
/** How long there may be no store to read, or one that is just being opened. */
const READABLE_MS = 60_000;
const LOGGED_MS = 60_000;
const POLL_MS = 200;

/** The whole bot as a process, real web services that it watches, and Discord; on a time that runs fast. */
export class BotWorld implements AsyncDisposable {
  readonly discord: Simulator;
  readonly time: SharedTime;
  readonly home: BotHome;
  readonly targets: readonly string[];
  readonly dataDir: string;
  readonly #options: BotWorldOptions;
  readonly #web: Server;
  /** What is broken, now. */
  readonly #broken = new Set<string>();
  /** What has ever been broken, and how it should look. */
  readonly #wanted = new Map<string, Wanted>();
  #bot: BotProcess | undefined;

  private constructor(discord: Simulator, options: BotWorldOptions) {
    this.discord = discord;
    this.#options = options;
    this.time = new SharedTime(discord, options.factor);
    this.home = new BotHome(discord);
    this.dataDir = options.dataDir ?? path.join(this.home.folder, "data");
    this.targets = Array.from({ length: options.targets }, (_, index) => `svc${String(index).padStart(2, "0")}x`);
    this.#web = createServer((request, response) => {
      response.writeHead(this.#broken.has((request.url ?? "").slice(1)) ? 503 : 200).end("{}");
    });
  }

  static async start(options: BotWorldOptions): Promise<BotWorld> {
    const { seed, switches } = options;
    const world = new BotWorld(await Simulator.start({ seed, ...(switches ? { switches } : {}) }), options);
    await new Promise<void>((resolve) => world.#web.listen(0, "127.0.0.1", resolve));
    world.configure(options.config ?? "");
    return world;
  }

  /** Writes the configuration: the targets, the one rule that counts here, and `more`. */
  configure(more: string, targets: readonly string[] = this.targets): void {
    const { port } = this.#web.address() as AddressInfo;
    const interval = `${this.#options.intervalS}s`;
    const quiet = Object.keys(DEFAULT_RULES).filter((name) => name !== "TargetDown");
    this.home.configure(
      [
        "host: web-1",
        "rules:",
        '  - { name: TargetDown, targets: ["svc*"] }',
        ...quiet.map((name) => `  - { name: ${name}, enabled: false }`),
        "targets:",
        ...targets.map(
          (name) => `  - { name: ${name}, kind: http, url: "http://127.0.0.1:${port}/${name}", interval: ${interval} }`,
        ),
        more,
        "",
      ].join("\n"),
    );
  }

  get bot(): BotProcess {
    if (!this.#bot) throw new Error("the bot has not been launched");
    return this.#bot;
  }

  launch(env: Readonly<Record<string, string>> = {}): BotProcess {
    const preload = pathToFileURL(compiled("fast-time")).href;
    this.#bot = this.home.start(["run"], {
      NODE_OPTIONS: `--import ${preload}`,
      ...this.time.variable,
      TOBAN_DATA_DIR: this.dataDir,
      ...this.#options.env,
      ...env,
    });
    return this.#bot;
  }

  /** Launches the bot and waits until it is on duty. */
  async launched(env: Readonly<Record<string, string>> = {}): Promise<BotProcess> {
    const bot = this.launch(env);
    await this.logged("it is on duty", onDuty);
    return bot;
  }

  /** Waits for a line of the bot's log, past or to come. */
  async logged(what: string, fits: (line: LogLine) => boolean): Promise<void> {
    const end = performance.now() + LOGGED_MS;
    while (!this.bot.lines.some(fits)) {
      if (performance.now() > end) throw new Error(`waited in vain until ${what}\n${await this.story()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async kill(): Promise<void> {
    this.bot.signal("SIGKILL");
    await this.bot.exited;
  }

  break(...names: readonly string[]): void {
    for (const name of names) {
      this.#broken.add(name);
      this.#wanted.set(name, "firing");
    }
  }

  mend(...names: readonly string[]): void {
    for (const name of names) {
      this.#broken.delete(name);
      this.#wanted.set(name, "over");
    }
  }

  /** Reads the bot's store beside it, as a command line would. Waits while there is none that can be read. */
  async read<T>(look: (tables: Tables) => T): Promise<T> {
    const end = performance.now() + READABLE_MS;
    for (;;) {
      let store: Store | undefined;
      try {
        store = await openStore({
          dataDir: this.dataDir,
          clock: systemClock,
          log: silentLogs.for("store"),
          role: "guest",
        });
        return store.read(look);
      } catch (thrown) {
        if (performance.now() > end) throw thrown;
      } finally {
        await store?.close();
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  incidents(): Promise<readonly KeptIncident[]> {
    return this.read((tables) => keptIncidents(tables, 1));
  }

  /** Waits until the store knows of all that was broken and mended, whether it could be said or not. */
  async noticed(): Promise<void> {
    await this.#until("everything is noticed", (tables) => this.#isNoticed(keptIncidents(tables, 1)));
  }

  /** Waits until everything is noticed, said and shown; then tells what breaks the promise. */
  async faults(channel: string = this.discord.opsChannelId): Promise<readonly string[]> {
    await this.#until("everything is said", (tables) => isSettled(tables) && this.#isNoticed(keptIncidents(tables, 1)));
    const incidents = await this.incidents();
    const posted = await this.discord.control.messages(channel, { deleted: true });
    const ids = posted.flatMap(({ nonce }) => (typeof nonce === "string" ? [nonce] : []));
    const rows = await this.read((tables) => ids.map((id) => tables.outbox.get(id)));
    return faultsOf(this.discord, {
      channel,
      incidents: incidents.filter(({ incident }) => incident.channel === channel),
      alerts: this.#wanted,
      notice: (id) => rows.find((row) => row?.id === id && row.kind === "notice"),
    });
  }

  #isNoticed(incidents: readonly KeptIncident[]): boolean {
    const entries = incidents.flatMap((kept) => kept.entries);
    return [...this.#wanted].every(([name, wanted]) => {
      const own = entries.filter(({ alert }) => nameOf(alert) === name);
      return own.length > 0 && own.some(({ endedAt }) => endedAt === undefined) === (wanted === "firing");
    });
  }

  async #until(what: string, holds: (tables: Tables) => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await this.read(holds))) {
      if (performance.now() > end) throw new Error(`waited in vain until ${what}\n${await this.story()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** What happened last, for the message of a test that fails. */
  async story(): Promise<string> {
    // There may be no store, which is a part of the story.
    const incidents = await this.incidents().catch(() => []);
    return JSON.stringify(
      {
        log: this.#bot?.lines.slice(-15),
        stderr: this.#bot?.stderr,
        incidents: incidents.map(({ rows, entries, shown }) => ({
          rows,
          shown,
          entries: entries.map(({ alert, endedAt }) => [alert.target, endedAt]),
        })),
      },
      undefined,
      1,
    );
  }

  /** Lets `ms` of the timeline pass. */
  async pass(ms: number): Promise<void> {
    const end = this.time.now() + ms;
    await until("the time has passed", () => this.time.now() >= end, this.time.real(ms) + 10_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    this.time[Symbol.dispose]();
    await this.discord.stop();
    this.#web.closeAllConnections();
    this.#web.close();
  }
}
