import type { KeptIncident } from "./kept.js";

/** What a victim is started with. */
export interface VictimOptions {
  readonly dataDir: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly channel: string;
  readonly targets: readonly string[];
}

/** One run of a target: the share that is used of each of its disks. */
export interface FedRun {
  readonly target: string;
  readonly disks: Readonly<Record<string, number>>;
}

/** One line of a victim's standard input, as JSON. */
export type Order =
  /** Kill yourself at the nth commit from now on, just before or just after it. */
  | { readonly do: "die"; readonly at: "before" | "after"; readonly nth: number }
  /** Runs that come in one after the other, `gapMs` apart. */
  | { readonly do: "feed"; readonly runs: readonly FedRun[]; readonly gapMs: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Report when everything that has been fed is said and shown. */
  | { readonly do: "settle"; readonly fromNumber: number }
  | { readonly do: "skip"; readonly ms: number };

/** One line of a victim's standard output, as JSON. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "settled"; readonly commits: number; readonly incidents: readonly KeptIncident[] };
