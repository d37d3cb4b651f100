import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";

const MAIN = new URL("../src/main.js", import.meta.url);
const STOP_MS = 10_000;

/** The bot as in production: the same entry point, told by the environment where Discord is. */
export class DemoBot {
  readonly #env: Readonly<Record<string, string>>;
  readonly #cwd: string;
  readonly #logFile: string;
  readonly #onExit: (code: number | null) => void;
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(options: {
    env: Readonly<Record<string, string>>;
    cwd: string;
    logFile: string;
    onExit: (code: number | null) => void;
  }) {
    this.#env = options.env;
    this.#cwd = options.cwd;
    this.#logFile = options.logFile;
    this.#onExit = options.onExit;
  }

  start(): void {
    this.#stopping = false;
    const log = openSync(this.#logFile, "a");
    const child = spawn(process.execPath, [MAIN.pathname, "run"], {
      cwd: this.#cwd,
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...this.#env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#child = child;
    child.once("exit", (code) => {
      this.#child = undefined;
      if (!this.#stopping) this.#onExit(code);
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#stopping = true;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}
