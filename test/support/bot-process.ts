import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import type { Simulator } from "../../simulator/index.js";
import { engineStarted } from "./engine/starts.js";

const MAIN = resolve(import.meta.dirname, "../../dist/src/main.js");

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly room: string;
  readonly [field: string]: unknown;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The bot as a process of its own, with its log as values. */
export class BotProcess {
  readonly lines: LogLine[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();

  constructor(args: readonly string[], options: { cwd: string; env: Readonly<Record<string, string>> }) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env["PATH"] ?? "", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => this.#take(line));
    if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => this.stderr.push(line));
    this.exited = new Promise((settle) => child.once("close", (code, signal) => settle({ code, signal })));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<Exit> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal("SIGTERM");
    return this.exited;
  }

  /** The first line, past or to come, that fits. Rejects when the process ends without one. */
  waitForLog(fits: (line: LogLine) => boolean, from: number = 0): Promise<LogLine> {
    return new Promise((settle, reject) => {
      const look = (): void => {
        const found = this.lines.slice(from).find(fits);
        if (!found) return;
        this.#listeners.delete(look);
        settle(found);
      };
      this.#listeners.add(look);
      look();
      const onExit = (exit: Exit): void => {
        look();
        reject(
          new Error(`the bot ended (${JSON.stringify(exit)}) without that line; stderr: ${this.stderr.join("\n")}`),
        );
      };
      void this.exited.then(onExit);
    });
  }

  #take(line: string): void {
    this.lines.push(logLine(line) ?? { level: "raw", msg: line, room: "" });
    for (const listener of this.#listeners) listener();
  }
}

/** Printed text may be JSON line by line as well, without being a line of the log. */
function logLine(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "msg" in value ? (value as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** A folder with configuration and data, and the environment that a bot needs to reach a simulator. */
export class BotHome {
  readonly folder: string = mkdtempSync(join(tmpdir(), "toban-bot-"));
  readonly env: Record<string, string>;
  readonly #bots: BotProcess[] = [];

  constructor(discord: Simulator) {
    this.env = {
      DISCORD_TOKEN: discord.token,
      DISCORD_GUILD_ID: discord.guildId,
      OPS_CHANNEL_ID: discord.opsChannelId,
      DISCORD_API_URL: discord.apiUrl,
      TOBAN_DATA_DIR: join(this.folder, "data"),
    };
  }

  configure(yaml: string): void {
    writeFileSync(join(this.folder, "toban.yaml"), yaml);
  }

  start(args: readonly string[] = ["run"], env: Readonly<Record<string, string>> = {}): BotProcess {
    engineStarted("bot");
    const bot = new BotProcess(args, { cwd: this.folder, env: { ...this.env, ...env } });
    this.#bots.push(bot);
    return bot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bot of this.#bots) bot.signal("SIGKILL");
    await Promise.all(this.#bots.map((bot) => bot.exited));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const onDuty = (line: LogLine): boolean => line.msg === "Toban is on duty";
