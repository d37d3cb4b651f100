/** What a run saw that is no number: for answers and evidence, as plain JSON. Each kind declares its own shape here, because reports read it. */
export type Facts = HostFacts | UnitFacts | HttpFacts | SelfFacts | DiscordFacts;

export interface ProcessFact {
  readonly pid: number;
  readonly name: string;
  /** Share of one core, 1 = one core busy; absent until two runs have seen the process. */
  readonly cpuRatio?: number;
  readonly residentBytes: number;
}

export interface HostFacts {
  readonly kind: "host";
  /** The busiest five by processor time, then by memory. */
  readonly top: readonly ProcessFact[];
  readonly cores: number;
  /** Absent where the kernel does not tell. */
  readonly memoryBytes?: number;
  readonly bootedAt?: number;
  readonly mounts: readonly {
    readonly mount: string;
    readonly device: string;
    readonly type: string;
    readonly sizeBytes: number;
    readonly availableBytes: number;
  }[];
  /** The last process the kernel killed for want of memory, if one was seen. */
  readonly oomVictim?: { readonly name: string; readonly pid: number; readonly at: number };
  /** What could not be read, and what it would need: permission, unless it is said that it is missing or gave no answer. */
  readonly notPermitted: readonly {
    readonly what: string;
    readonly needs: string;
    readonly because?: "missing" | "silent";
  }[];
  /** Slow facts, read once: operating system, hardware, virtualisation. */
  readonly system?: { readonly os: string; readonly kernel: string; readonly virtual?: string };
}

export interface UnitFacts {
  readonly kind: "unit";
  readonly unit: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result?: string;
  readonly mainPid?: number;
  readonly exitStatus?: number;
  /** UTC milliseconds of the last change of state. */
  readonly since?: number;
  /** How it ended when it last ended badly, as far as that was seen: systemd forgets it with the next start. */
  readonly lastFailure?: { readonly result: string; readonly exitStatus?: number };
  readonly description?: string;
}

/** A part of a service and the word that the service has for its state: `db`, `DOWN`. */
export interface ComponentFact {
  readonly name: string;
  readonly status: string;
}

export interface HttpFacts {
  readonly kind: "http";
  readonly url: string;
  readonly status?: number;
  readonly address?: string;
  /** The certificate of the server's chain that ends first; `leaf`: the server's own, if that is another one. */
  readonly certificate?: {
    readonly subject: string;
    readonly issuer: string;
    readonly validTo: number;
    readonly leaf?: string;
  };
  /** Where a redirect leads, fit to be shown. */
  readonly location?: string;
  /** What the service's own account of its health calls down; text from outside. */
  readonly down?: readonly ComponentFact[];
  /** What was expected and found, for a mismatch; text from outside. */
  readonly mismatch?: { readonly what: string; readonly expected: string; readonly found: string };
}

export interface SelfFacts {
  readonly kind: "self";
  readonly version: string;
  readonly startedAt: number;
  readonly store: "file" | "memory";
  readonly storeTrouble?: string;
}

export interface DiscordFacts {
  readonly kind: "discord";
  readonly gateway: "connecting" | "ready" | "resuming" | "closed";
  readonly closeCode?: number;
}
