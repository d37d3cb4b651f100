import type { ActOutcome, ActionState, TargetAction } from "../../../src/model/action.js";
import type { Actor } from "../../../src/model/contract/actor.js";

type Answer = ActOutcome | ((action: TargetAction, signal: AbortSignal) => Promise<ActOutcome>);

/** Acts on a world of one unit: a main process that comes, goes and is replaced. What it was told to do is on record. */
export class FakeActor implements Actor {
  readonly acts: string[] = [];
  state: ActionState = { by: "systemd", active: "active", sub: "running", mainPid: 4711, dependents: [] };
  /** How the next act ends, instead of as told. */
  answer: Answer | undefined;
  looks = 0;

  async look(): Promise<ActionState> {
    this.looks += 1;
    return this.state;
  }

  async act(action: TargetAction, signal: AbortSignal): Promise<ActOutcome> {
    this.acts.push(action.name);
    const { answer } = this;
    if (typeof answer === "function") return answer(action, signal);
    if (answer) return answer;
    this.move(action);
    return { status: "done", by: this.state.by, tookMs: 3_200, after: this.state };
  }

  /** What the act does to the unit. */
  move({ name }: TargetAction): void {
    const isDown = name === "stop" || name === "kill";
    this.state = isDown
      ? { ...this.state, active: "inactive", sub: "dead", mainPid: 0 }
      : { ...this.state, active: "active", sub: "running", mainPid: (this.state.mainPid ?? 0) + 3_412 };
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
