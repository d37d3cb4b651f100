import type { ActionState } from "./action.js";
import type { ActionRecord, StoppedByHand } from "./action-record.js";
import type { ProbeAnswer } from "./verification.js";

/** What a target's past leaves for its next action. Times are UTC milliseconds. */
export interface Standing {
  /** Actions begun within the last hour, and how many may be. */
  readonly used: number;
  readonly perHour: number;
  /** The one attempt that is let through after the pause that failures in a row have led to. */
  readonly halfOpen: boolean;
  /** Why nothing may be begun now, and from when on it may. */
  readonly refused?: { readonly why: "spent" | "breaker"; readonly freeAt: number };
}

/** Everything a person should know before they say yes. Times are UTC milliseconds. */
export interface PlanView {
  readonly record: ActionRecord;
  readonly host: string;
  readonly state: ActionState;
  /** What its own probe found last, and when. */
  readonly seen?: { readonly answer: ProbeAnswer; readonly at: number };
  /** What goes down with it: by the name it is watched under, or else its unit's. */
  readonly dependents: readonly { readonly name: string; readonly active: string }[];
  /** The last time that this was done and brought to its end. */
  readonly last?: { readonly by: string; readonly at: number; readonly tookMs: number };
  readonly standing: Standing;
  /** It ends the very process that shows this. */
  readonly self: boolean;
}

/** What came of an action. */
export interface ResultView {
  readonly record: ActionRecord;
  readonly host: string;
  /** Told by a later process than the one that did it, with how the target stands now. */
  readonly now?: ActionState;
}

/** A target that has been stopped for long. */
export interface ReminderView {
  readonly stopped: StoppedByHand;
  readonly startable: boolean;
}
