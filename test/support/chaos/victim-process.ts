import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import { compiled } from "./compiled.js";
import type { Order, Report, VictimOptions } from "./orders.js";
import type { SharedTime } from "./shared-time.js";

let program: string | undefined;

export type Settled = Extract<Report, { kind: "settled" }>;

/** One life of a victim. */
export class Victim {
  /** Everything it has logged, for the message of a test that fails. */
  readonly log: string[] = [];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #reports: Report[] = [];
  #wake: () => void = () => undefined;
  #over = false;

  constructor(options: VictimOptions, time: SharedTime) {
    program ??= compiled("victim");
    this.#child = spawn(process.execPath, [program, JSON.stringify(options)], {
      env: { PATH: process.env["PATH"] ?? "", ...time.variable },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#over = true;
        this.#wake();
        resolve({ code, signal });
      });
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#reports.push(JSON.parse(line) as Report);
      this.#wake();
    });
    createInterface({ input: this.#child.stderr }).on("line", (line) => this.log.push(line));
    // What is written to a process that has just been killed is lost, as it should be.
    this.#child.stdin.on("error", () => undefined);
  }

  tell(order: Order): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Its next report, or undefined when it has ended without one. */
  async next(): Promise<Report | undefined> {
    for (;;) {
      const report = this.#reports.shift();
      if (report) return report;
      if (this.#over) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}
