import type { ActionMeans, ActionName, ActionState, ActOutcome } from "./action.js";
import type { Verification } from "./verification.js";

/** The life of an action, in order. The first three are under way, the rest are ends. */
export const ACTION_STATES = [
  /** Shown to the asker, waiting for the word. Nothing was done. */
  "planned",
  /** Claimed by one process, which is about to begin. Nothing was done. */
  "approved",
  /** Ordered: whatever it changes may have been changed. */
  "started",
  "done",
  "failed",
  /** Begun, and nobody saw how it ended. */
  "unknown",
  "cancelled",
  /** Nobody confirmed it in time. */
  "expired",
] as const;
export type ActionLife = (typeof ACTION_STATES)[number];

/** Which process carries an action out, so that another one can tell whether that one still lives. */
export interface ActionHolder {
  readonly pid: number;
  /** When that process began, in the kernel's own ticks: a process id is given out again. Absent where nobody can tell. */
  readonly ticks?: number;
}

/** Who asked, as it is kept and shown. */
export interface ActionAsker {
  /** As in the log of actions: `member:<id>`, `local:<uid>`, … */
  readonly key: string;
  readonly name: string;
}

/** One action with everything that is known about it: one row, from plan to end. Times are UTC milliseconds. */
export interface ActionRecord {
  /** UUIDv7, base 36. */
  readonly id: string;
  readonly target: string;
  readonly action: ActionName;
  readonly means: ActionMeans;
  readonly state: ActionLife;
  readonly asker: ActionAsker;
  /** As typed, with its secrets masked; empty when none was given. */
  readonly reason: string;
  /** How many secrets were masked in the reason. */
  readonly masked: number;
  /** Where the result is said; absent: in the ops channel. */
  readonly channel?: string;
  readonly plannedAt: number;
  readonly expiresAt: number;
  readonly approvedAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly holder?: ActionHolder;
  /** It ends the very process that does it. */
  readonly self?: true;
  /** How the target stood when it was planned, and right before it was begun. */
  readonly before?: ActionState;
  readonly outcome?: ActOutcome;
  readonly verification?: Verification;
  /** Its end could not be written into the log of actions when it came, because the file was away. */
  readonly unlogged?: true;
}

export function isOver(state: ActionLife): boolean {
  return state !== "planned" && state !== "approved" && state !== "started";
}

/** A target that a person has stopped through Toban: expected to be inactive until it is started again. */
export interface StoppedByHand {
  readonly target: string;
  /** The action that stopped it. */
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  /** Where the reminder is said; absent: in the ops channel. */
  readonly channel?: string;
  readonly remindedAt?: number;
  /** Still being stopped: that it is seen running says nothing yet. */
  readonly settling?: true;
}
