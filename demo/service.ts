import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

const SCRIPT = new URL("services/web.js", import.meta.url);
const READY_MS = 10_000;
const STOP_MS = 3_000;

/** A demo service: a process of its own, on a port that stays the same when it is mended. */
export class DemoService {
  readonly name: string;
  readonly logFile: string;
  #child: ChildProcess | undefined;
  #port = 0;

  constructor(name: string, logFile: string) {
    this.name = name;
    this.logFile = logFile;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/health`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const child = spawn(process.execPath, [SCRIPT.pathname, this.name, String(this.#port), this.logFile], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#port = await portOf(child, this.name);
  }

  /** Asks it to end; it is killed when it does not. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Kills it the hard way, as a crash would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Lets it write errors to its log. */
  async fail(count: number): Promise<void> {
    const answer = await fetch(new URL("/errors", this.url), { method: "POST", body: String(count) });
    if (!answer.ok) throw new Error(`${this.name} answered ${answer.status}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}

function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo service ${name} did not start`)), READY_MS);
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error(`the demo service ${name} ended at once`));
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}
