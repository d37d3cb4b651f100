import { readFileSync } from "node:fs";

import { Helper } from "./helper.js";

const MIB = 1_024 * 1_024;
const MOST_BYTES = 1_024 * MIB;
const STEP_BYTES = 32 * MIB;
const STEP_MS = 100;

/** Takes memory in steps up to a bound, touches all of it, and gives it back when the input ends or the time is over. */
const LEAKING = `
const [bound, step, every, seconds] = process.argv.slice(1).map(Number);
const held = [];
const timer = setInterval(() => {
  if (held.length * step >= bound) return clearInterval(timer);
  held.push(Buffer.alloc(step, 0xa5));
}, every);
setTimeout(() => process.exit(0), seconds * 1000);
process.stdin.resume().once("end", () => process.exit(0));
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
console.log("leaking");
`;

function meminfo(): { readonly total: number; readonly available: number } {
  const text = readFileSync("/proc/meminfo", "utf8");
  const of = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1_024;
  return { total: of("MemTotal"), available: of("MemAvailable") };
}

/** A process that leaks memory up to a bound that this machine can spare. */
export class Leak {
  /** What it will hold at most: never more than a quarter of what was free when the demo began. */
  readonly bytes: number;
  /** Shares of the whole memory: where the demo's rule warns, which the leak alone passes, and where it is well again. */
  readonly limits: { readonly warning: number; readonly clear: number };
  #helper: Helper | undefined;

  constructor() {
    const { total, available } = meminfo();
    this.bytes = Math.min(MOST_BYTES, available / 4);
    const used = total - available;
    this.limits = { warning: (used + this.bytes * 0.6) / total, clear: (used + this.bytes * 0.4) / total };
  }

  get running(): boolean {
    return this.#helper?.running ?? false;
  }

  async start(seconds: number): Promise<void> {
    if (this.running) return;
    const numbers = [this.bytes, STEP_BYTES, STEP_MS, seconds].map(String);
    this.#helper = await Helper.start(process.execPath, ["-e", LEAKING, ...numbers]);
  }

  async stop(): Promise<void> {
    await this.#helper?.stop();
    this.#helper = undefined;
  }
}
