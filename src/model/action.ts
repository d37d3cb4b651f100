import type { Verb } from "./principal.js";

/** What can be done to a target, where the configuration lists it. */
export const ACTIONS = ["restart", "start", "stop", "kill"] as const;
export type ActionName = (typeof ACTIONS)[number];

/** What the gate is asked about. Whoever may stop something may also stop it hard. */
export const ACTION_VERBS: Readonly<Record<ActionName, Verb>> = {
  restart: "restart",
  start: "start",
  stop: "stop",
  kill: "stop",
};

/** How an action is done: by systemd to the target's own unit, or by a configured argument vector. */
export type ActionMeans =
  | { readonly kind: "unit"; readonly unit: string }
  | {
      readonly kind: "vector";
      /** Program (absolute path) and arguments; never a shell. */
      readonly run: readonly string[];
      readonly timeoutMs: number;
      /** Whom it runs as; absent: Toban's own user. */
      readonly user?: string;
      /** The unit that the installer writes for it: `toban-action-<target>-<action>.service`. */
      readonly unit: string;
    };

export interface TargetAction {
  readonly name: ActionName;
  readonly means: ActionMeans;
}

/** By what something was done: the answer says so. */
export const ACTED_BY = ["systemd", "action_unit", "child"] as const;
export type ActedBy = (typeof ACTED_BY)[number];

/** A unit that goes down (or is restarted) with the one acted on. */
export interface Dependent {
  readonly unit: string;
  readonly relation: "RequiredBy" | "BoundBy" | "ConsistsOf";
  readonly active: string;
}

/** How a target stands, as far as its means can tell. Absent: not known. */
export interface ActionState {
  readonly by: ActedBy;
  /** The user that a configured program runs as. */
  readonly user?: string;
  readonly active?: string;
  readonly sub?: string;
  /** UTC milliseconds of the last change of state. */
  readonly since?: number;
  readonly mainPid?: number;
  readonly memoryBytes?: number;
  readonly dependents: readonly Dependent[];
}

/** Why something could not be done, as a closed set; each has a sentence in every catalogue. */
export const ACT_FAILURES = [
  /** polkit or the bus said no. */
  "not_permitted",
  /** systemd knows no such unit, or there is no such program. */
  "not_found",
  /** The unit is masked. */
  "masked",
  /** systemd's job ended otherwise than done: `failed`, `dependency`, `canceled`, `timeout`, `skipped`, … in the detail. */
  "job_failed",
  /** The program ended with a status other than 0. */
  "exit_status",
  /** Ended at its deadline. */
  "deadline",
  /** No systemd, no bus. */
  "unreachable",
] as const;
export type ActFailure = (typeof ACT_FAILURES)[number];

/** What came of it. */
export type ActOutcome =
  | { readonly status: "done"; readonly by: ActedBy; readonly tookMs: number; readonly after?: ActionState }
  | { readonly status: "failed"; readonly by: ActedBy; readonly failure: ActFailure; readonly detail: string }
  /** Ordered, and then nothing more was heard: the bus went, or Toban ended. */
  | { readonly status: "unknown"; readonly by: ActedBy; readonly detail: string };
