import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** A program to measure against, written in this folder's `peers/`. */
export class Peer {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;

  constructor(name: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, ["--import", "tsx", resolve(ROOT, `bench/peers/${name}.ts`)], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.exited = new Promise((settle) => this.#child.once("exit", () => settle()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}
