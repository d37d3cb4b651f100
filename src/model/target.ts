import type { TargetAction } from "./action.js";
import type { Labels } from "./labels.js";

/** Names of targets, rules, routes and log sources. */
export const NAME_PATTERN = /^[a-zA-Z0-9][A-Za-z0-9._-]{0,63}$/;

/** What is probed. `options` is what the kind's own schema accepted. */
export interface Target {
  readonly name: string;
  readonly kind: string;
  readonly intervalMs: number;
  /** Deadline of one run, at most 80 % of the interval. */
  readonly timeoutMs: number;
  readonly labels: Labels;
  /** What may be done to it, and how; each name at most once. */
  readonly actions: readonly TargetAction[];
  /** The kind's own options, as its schema returned them. */
  readonly options: unknown;
  /** Changes when anything above changes: a target with another checksum is another target. */
  readonly checksum: string;
}
