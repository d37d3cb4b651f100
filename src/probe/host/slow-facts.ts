import type * as SystemInformation from "systeminformation";

import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/log.js";
import type { HostFacts } from "../../model/facts.js";

export type SystemFacts = NonNullable<HostFacts["system"]>;

type SlowLibrary = Pick<typeof SystemInformation, "osInfo" | "system">;

/** The look starts some children and may hang on odd hardware: after this it is given up, and the facts stay unknown. */
const DEADLINE_MS = 10_000;

/**
 * Which run starts the look: not the first ones, because Toban has better things to do while it starts, and a single look from
 * the command line needs none of this.
 */
const AT_RUN = 3;

/** What hardly ever changes: operating system, kernel, virtualisation. Looked up once, in the background. */
export class SlowFacts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #library: () => Promise<SlowLibrary>;
  #runs = 0;
  #facts: SystemFacts | undefined;

  constructor(
    clock: Clock,
    log: Logger,
    library: () => Promise<SlowLibrary> = async () => import("systeminformation"),
  ) {
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
