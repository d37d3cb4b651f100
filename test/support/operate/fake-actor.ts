import type { ActedBy, ActionState, ActOutcome, Dependent, TargetAction } from "../../../src/model/action.js";
import type { Actor } from "../../../src/model/contract/actor.js";

type Answer = ActOutcome | ((action: TargetAction, signal: AbortSignal) => Promise<ActOutcome>);

/** The unit of those who need no more than one. */
const SHOP = "shop-bot.service";
const FIRST_PID = 4_711;
const NEXT_PID = 3_412;
const TOOK_MS = 3_200;

/** A unit that the fake knows. */
interface FakeUnit {
  readonly active: string;
  readonly sub: string;
  readonly mainPid?: number;
  /** What hangs on it: it goes down with it. */
  readonly dependents?: readonly Dependent[];
  readonly startsAgain?: true;
  readonly masked?: true;
}

const RUNNING: FakeUnit = { active: "active", sub: "running", mainPid: FIRST_PID };

/** Acts on a world of units: main processes that come, go and are replaced. What it was told to do is on record. Kept to the suite of all actors. */
export class FakeActor implements Actor {
  readonly acts: string[] = [];
  readonly units: Map<string, FakeUnit>;
  /** How the next act ends, instead of as told. */
  answer: Answer | undefined;
  looks = 0;
  #lastPid = FIRST_PID;
  #closed = false;

  constructor(units: Readonly<Record<string, FakeUnit>> = { [SHOP]: RUNNING }) {
    this.units = new Map(Object.entries(units));
  }

  /** How the one unit stands. */
  get state(): ActionState {
    return this.#stateOf(SHOP, "systemd");
  }

  set state({ by: _by, active = "inactive", sub = "dead", ...rest }: ActionState) {
    this.units.set(SHOP, { ...rest, active, sub });
  }

  async look({ means }: TargetAction, signal: AbortSignal): Promise<ActionState> {
    this.looks += 1;
    if (means.kind === "vector") {
      const by = this.#byOf(means.unit);
      return { by, user: by === "child" ? "toban" : (means.user ?? "root"), dependents: [] };
    }
    return this.#isOff(signal) ? { by: "systemd", dependents: [] } : this.#stateOf(means.unit, "systemd");
  }

  async act(action: TargetAction, signal: AbortSignal): Promise<ActOutcome> {
    const { means, name } = action;
    const by = means.kind === "vector" ? this.#byOf(means.unit) : "systemd";
    if (this.#isOff(signal)) return { status: "unknown", by, detail: "cut off" };
    this.acts.push(name);
    const { answer } = this;
    if (typeof answer === "function") return answer(action, signal);
    if (answer) return answer;
    if (means.kind === "vector") return { status: "done", by, tookMs: TOOK_MS };
    const unit = this.units.get(means.unit);
    if (!unit) return { status: "failed", by, failure: "not_found", detail: `${means.unit} is not there` };
    if (unit.masked) return { status: "failed", by, failure: "masked", detail: "" };
    if (name === "kill" && unit.active !== "active") {
      return { status: "failed", by, failure: "job_failed", detail: "nothing runs" };
    }
    this.move(action);
    return { status: "done", by, tookMs: TOOK_MS, after: this.#stateOf(means.unit, by) };
  }

  /** What the act does to its unit. */
  move({ name, means }: TargetAction): void {
    const { mainPid, ...unit } = this.units.get(means.unit) ?? RUNNING;
    const runs = name === "restart" || name === "start" || (name === "kill" && unit.startsAgain === true);
    if (runs) {
      this.#lastPid = Math.max(mainPid ?? 0, this.#lastPid) + NEXT_PID;
      this.units.set(means.unit, { ...unit, active: "active", sub: "running", mainPid: this.#lastPid });
      return;
    }
    this.units.set(means.unit, { ...unit, active: name === "kill" ? "failed" : "inactive", sub: "dead" });
    for (const { unit: dependent } of unit.dependents ?? []) {
      if (this.units.has(dependent)) this.move({ name: "stop", means: { kind: "unit", unit: dependent } });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #isOff(signal: AbortSignal): boolean {
    return this.#closed || signal.aborted;
  }

  #byOf(unit: string): ActedBy {
    return this.units.has(unit) ? "action_unit" : "child";
  }

  #stateOf(name: string, by: ActedBy): ActionState {
    const unit = this.units.get(name);
    if (!unit) return { by, dependents: [] };
    const { startsAgain: _startsAgain, masked: _masked, dependents = [], ...state } = unit;
    const standing = dependents.map((each) => ({ ...each, active: this.units.get(each.unit)?.active ?? each.active }));
    return { by, ...state, dependents: standing };
  }
}
