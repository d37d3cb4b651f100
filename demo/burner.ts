import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";

/** Burns every core for a bounded time: real load, so that real rules fire. */
export class Burner {
  readonly #children = new Set<ChildProcess>();

  start(seconds: number): void {
    const script = `const end = Date.now() + ${seconds * 1_000}; while (Date.now() < end);`;
    for (let core = 0; core < availableParallelism(); core += 1) {
      const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
      this.#children.add(child);
      child.once("exit", () => this.#children.delete(child));
    }
  }

  stop(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}
