import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

import type { Clock } from "./clock.js";
import { messageOf } from "./errors.js";

/** How much of a child's output is kept unless the caller says otherwise. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** A child that ignores TERM is killed after this. */
const KILL_AFTER_MS = 1_000;
/** For the last words of a child that has ended. What it has left running may hold its output open for ever. */
const LINGER_MS = 500;

export interface ChildRequest {
  /** The program and its arguments, as a vector. There is never a shell. */
  readonly file: string;
  readonly args: readonly string[];
  readonly deadlineMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

export type ChildOutcome =
  | {
      readonly status: "exited";
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly truncated: boolean;
    }
  | { readonly status: "killed"; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly status: "deadline" }
  | { readonly status: "aborted" }
  | { readonly status: "not_started"; readonly message: string };

class Output {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  truncated = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const room = this.#limit - this.#size;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

/**
 * Runs a program to its end, its deadline or an abort, whichever comes first, and always reaps it: in its own process
 * group, TERM first, KILL a second later. A child that ends by itself may leave a daemon behind, which goes on. Never throws; the
 * outcome is a value.
 */
export function runChild(clock: Clock, request: ChildRequest): Promise<ChildOutcome> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(request.file, [...request.args], {
        cwd: request.cwd,
        env: request.env ?? {},
        stdio: ["pipe", "pipe", "pipe"],
        detached: true,
        shell: false,
      });
    } catch (thrown) {
      resolve({ status: "not_started", message: messageOf(thrown) });
      return;
    }
    const limit = request.maxOutputBytes ?? MAX_OUTPUT_BYTES;
    const stdout = new Output(limit);
    const stderr = new Output(limit);
    child.stdout?.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.add(chunk));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(request.input ?? "");

    let ended: "deadline" | "aborted" | undefined;
    let killTimer: { cancel(): void } | undefined;
    let lingerTimer: { cancel(): void } | undefined;
    const end = (why: "deadline" | "aborted"): void => {
      if (ended) return;
      ended = why;
      signalGroup(child, "SIGTERM");
      killTimer = clock.setTimeout(() => signalGroup(child, "SIGKILL"), KILL_AFTER_MS);
    };
    const deadline = clock.setTimeout(() => end("deadline"), request.deadlineMs);
    const onAbort = (): void => end("aborted");
    if (request.signal?.aborted) onAbort();
    request.signal?.addEventListener("abort", onAbort, { once: true });

    const settle = (outcome: ChildOutcome): void => {
      deadline.cancel();
      killTimer?.cancel();
      lingerTimer?.cancel();
      request.signal?.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    child.once("error", (error) => settle({ status: "not_started", message: error.message }));
    child.once("exit", () => {
      // Ended by us, it must take with it what it has started; otherwise that is meant to go on.
      if (ended) return;
      deadline.cancel();
      lingerTimer = clock.setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LINGER_MS);
    });
    child.once("close", (code, signal) => {
      if (ended) settle({ status: ended });
      else if (signal) settle({ status: "killed", signal, stdout: stdout.toString(), stderr: stderr.toString() });
      else {
        settle({
          status: "exited",
          code: code ?? -1,
          stdout: stdout.toString(),
          stderr: stderr.toString(),
          truncated: stdout.truncated || stderr.truncated,
        });
      }
    });
  });
}

/** The child leads a group of its own, so that what it started ends with it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
