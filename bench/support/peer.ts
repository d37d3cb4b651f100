import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import ts from "typescript";

const ROOT = resolve(import.meta.dirname, "../..");

/** As JavaScript, beside Toban's own build: a peer that is translated while it starts would start late. */
export function built(name: string): string {
  const source = readFileSync(resolve(ROOT, `bench/peers/${name}.ts`), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const file = join(ROOT, "dist/bench/peers", `${name}.js`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, outputText);
  return file;
}

/** A program to measure against, written in this folder's `peers/`. */
export class Peer {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;

  constructor(name: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [built(name)], {
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
