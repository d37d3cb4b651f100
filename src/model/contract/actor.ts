import type { ActOutcome, ActionState, TargetAction } from "../action.js";

/** Does single permitted changes. Whether they are permitted was decided before. */
export interface Actor {
  /** How the target stands now. Never rejects: what cannot be seen is absent. */
  look(action: TargetAction, signal: AbortSignal): Promise<ActionState>;
  /** Does it, and waits for its end. Never rejects. Aborting leaves what systemd has begun to systemd, and answers `unknown`. */
  act(action: TargetAction, signal: AbortSignal): Promise<ActOutcome>;
  close(): Promise<void>;
}
