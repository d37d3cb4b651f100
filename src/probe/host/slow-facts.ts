import { fileURLToPath } from "node:url";

import type { Systeminformation } from "systeminformation";

import { runChild } from "../../base/child.js";
import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/log.js";
import type { HostFacts } from "../../model/facts.js";

export type SystemFacts = NonNullable<HostFacts["system"]>;

type Os = Pick<Systeminformation.OsData, "distro" | "release" | "kernel">;
type System = Pick<Systeminformation.SystemData, "virtual" | "virtualHost">;

/** What is asked of systeminformation. */
interface SlowLibrary {
  osInfo(): Promise<Os>;
  system(): Promise<System>;
}

/** The look starts some children and may hang on odd hardware: after this it is given up, and the facts stay unknown. */
const DEADLINE_MS = 10_000;

/**
 * Which run starts the look: not the first ones, because Toban has better things to do while it starts, and a single look from
 * the command line needs none of this.
 */
const AT_RUN = 3;

/**
 * In a child: the library waits for some of its own children without letting anything else run, 0.2 s in all, and would stay in
 * memory for good.
 */
async function inChild(clock: Clock): Promise<SlowLibrary> {
  const built = import.meta.url.endsWith(".js");
  const script = fileURLToPath(new URL(`./slow-facts-child.${built ? "js" : "ts"}`, import.meta.url));
  const outcome = await runChild(clock, {
    file: process.execPath,
    args: [...(built ? [] : ["--import", "tsx"]), script],
    deadlineMs: DEADLINE_MS,
    // The library looks for its tools by name.
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  if (outcome.status !== "exited" || outcome.code !== 0) {
    const why = outcome.status === "exited" ? outcome.stderr.trim().slice(-500) : outcome.status;
    throw new Error(`systeminformation gave no answer: ${why}`);
  }
  const { os, system } = JSON.parse(outcome.stdout) as { readonly os: Os; readonly system: System };
  return { osInfo: () => Promise.resolve(os), system: () => Promise.resolve(system) };
}

/** What hardly ever changes: operating system, kernel, virtualisation. Looked up once, in the background. */
export class SlowFacts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #library: () => Promise<SlowLibrary>;
  #runs = 0;
  #facts: SystemFacts | undefined;

  constructor(clock: Clock, log: Logger, library: () => Promise<SlowLibrary> = () => inChild(clock)) {
    this.#clock = clock;
    this.#log = log;
    this.#library = library;
  }

  /** What is known by now. Counts the runs, and starts the look when it is time. */
  get(): SystemFacts | undefined {
    this.#runs += 1;
    if (this.#runs === AT_RUN) void this.#look();
    return this.#facts;
  }

  async #look(): Promise<void> {
    using deadline = this.#clock.deadline(DEADLINE_MS);
    try {
      const library = await this.#library();
      const late = new Promise<never>((_, reject) => {
        deadline.signal.addEventListener("abort", () => reject(deadline.signal.reason as Error), { once: true });
      });
      const [os, system] = await Promise.race([Promise.all([library.osInfo(), library.system()]), late]);
      this.#facts = {
        os: [os.distro, os.release].filter((part) => part !== "" && part !== "unknown").join(" "),
        kernel: os.kernel,
        ...(system.virtual && { virtual: system.virtualHost ?? "virtual" }),
      };
    } catch (thrown) {
      this.#log.warn({ err: thrown }, "operating system facts could not be read");
    }
  }
}
