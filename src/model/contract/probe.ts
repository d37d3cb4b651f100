import type { ZodType } from "zod";

import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/log.js";
import type { ProbeResult } from "../run.js";
import type { SeriesSpec } from "../sample.js";
import type { Target } from "../target.js";

/** What the program knows about itself, read by the probes `self` and `discord`. Absent numbers are not yet known. */
export interface OwnNumbers {
  readonly version: string;
  readonly startedAt: number;
  readonly loopLagP99Seconds?: number;
  readonly storeWriteP99Seconds?: number;
  readonly storeReadMedianSeconds?: number;
  /** Share of store transactions that succeeded lately. */
  readonly storeSuccessRatio?: number;
  readonly storeMode: "file" | "memory";
  readonly storeTrouble?: string;
  readonly outboxPending: number;
  readonly outboxOldestSeconds: number;
  readonly outboxDead: number;
  /** The last step of the wall clock against the monotonic one within a scrape. */
  readonly clockStepSeconds?: number;
  readonly scrapeOverruns: number;
  readonly commandsP50Seconds?: number;
  readonly commandsP95Seconds?: number;
  readonly commandsPerMinute: number;
  readonly restMedianSeconds?: number;
  readonly gatewayPingSeconds?: number;
  readonly gateway: "connecting" | "ready" | "resuming" | "closed";
  readonly gatewayCloseCode?: number;
  /** Requests to Discord in the last minute, and answers 429 and 401/403/429 since start. */
  readonly requestsPerMinute: number;
  readonly rateLimitedTotal: number;
  readonly invalidTotal: number;
}

export interface ProbeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly own: () => OwnNumbers;
  /** Where the kernel's files are; another root in tests and containers. */
  readonly procRoot: string;
  /** Where the root directory of the host of `procRoot` is seen from here; absent: through its first process. */
  readonly hostRoot?: string;
  readonly sysRoot: string;
  /** Address of the system bus, as in DBUS_SYSTEM_BUS_ADDRESS; undefined: the platform's default. */
  readonly systemBusAddress: string | undefined;
}

/** A probe bound to one target. */
export interface Probe {
  /** Measures once. Obeys the signal at once and leaves no handle. A throw counts as the failure `bug`. */
  run(signal: AbortSignal): Promise<ProbeResult>;
  /** Tells of changes between runs (signals of systemd): asks for a run now. Returns how to stop. */
  watch?(onChange: () => void): () => void;
  close?(): Promise<void>;
}

/** A kind of probe: one file, one literal, one line in the registry. */
export interface ProbeKind<Options = unknown> {
  readonly kind: string;
  /** One sentence: what it measures. */
  readonly help: string;
  /** The kind's own keys in `targets:`; strict, with defaults and descriptions. */
  readonly options: ZodType<Options>;
  /** Everything it may emit, beside the runner's own series. */
  readonly series: readonly SeriesSpec[];
  readonly defaultIntervalMs: number;
  /** At most 10 s; 80 % of the interval if that is shorter. */
  readonly defaultTimeoutMs: number;
  /** Whether the target is off this host, so that the uplink guard may speak for it. */
  remote(options: Options): boolean;
  /** The systemd unit that a target of this kind is, by its full name. Absent: such targets are no units. */
  unitOf?(options: Options): string;
  create(target: Target & { readonly options: Options }, deps: ProbeDeps): Probe;
}
