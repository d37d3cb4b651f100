import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

const READY_MS = 10_000;

/**
 * A process that does one thing to this machine and undoes it when its input ends: also when the demo was killed, so that nothing stays
 * behind. Its first line of output says that it stands.
 */
export class Helper {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #ended = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      const end = (): void => {
        this.#ended = true;
        resolve();
      };
      child.once("exit", end);
      child.once("error", end);
    });
  }

  /** Rejects with what the program said when it ends before its first line. */
  static async start(program: string, args: readonly string[]): Promise<Helper> {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const helper = new Helper(child);
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString("utf8")).slice(-2_000);
    });
    // A helper that has ended does not read its input any more.
    child.stdin.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        child.stdin.end();
        reject(new Error(`${program} did not begin within ${READY_MS / 1_000} s`));
      }, READY_MS);
      const settle = (act: () => void): void => {
        clearTimeout(late);
        act();
      };
      createInterface({ input: child.stdout }).once("line", () => settle(resolve));
      child.once("error", (error) => settle(() => reject(error)));
      child.once("close", () => settle(() => reject(new Error(complaint.trim() || `${program} ended at once`))));
    });
    return helper;
  }

  get running(): boolean {
    return !this.#ended;
  }

  get ended(): Promise<void> {
    return this.#gone;
  }

  /** Lets it undo what it did, and waits for that. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#gone;
  }
}
