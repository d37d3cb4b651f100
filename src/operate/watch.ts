import type { ActionName, ActionState } from "../model/action.js";
import type { ActionRecord } from "../model/action-record.js";
import type { Run } from "../model/run.js";
import type { OperateDeps } from "./deps.js";

export interface WatchLimits {
  /** How long a target is watched after it was started or restarted. */
  readonly watchMs: number;
}

/** A target that was stopped is looked at once it has had this time to end. */
const STOP_WATCH_MS = 1_000;
const FIRST_LOOK_MS = 1_000;
const EVERY_MS = 5_000;
/** Looking at systemd takes milliseconds; where it does not answer, the result must not wait. */
const LOOK_TIMEOUT_MS = 3_000;

/** What was seen of a target after an action. */
export interface Watched {
  readonly after: ActionState;
  /** Runs of its own probe that began after the act, oldest first. */
  readonly runs: readonly Run[];
  readonly newErrors?: number;
  readonly watchedMs: number;
}

/** How long a target is watched after this. */
export function watchMs(action: ActionName, limits: WatchLimits): number {
  return action === "stop" || action === "kill" ? STOP_WATCH_MS : limits.watchMs;
}

type Deps = Pick<OperateDeps, "clock" | "actor" | "measure" | "countErrors" | "limits">;

export async function lookAt(
  { clock, actor }: Pick<Deps, "clock" | "actor">,
  record: ActionRecord,
): Promise<ActionState> {
  using deadline = clock.deadline(LOOK_TIMEOUT_MS);
  return actor.look({ name: record.action, means: record.means }, deadline.signal);
}

/** Watches a target by its own probe, its unit's state and its logs. Rejects only when the signal is aborted. */
export async function watch(deps: Deps, record: ActionRecord, actedAt: number, signal: AbortSignal): Promise<Watched> {
  const { clock, measure, countErrors } = deps;
  const began = clock.monotonic();
  const length = watchMs(record.action, deps.limits());
  const runs: Run[] = [];
  for (let next = Math.min(FIRST_LOOK_MS, length); ; next = Math.min(next + EVERY_MS, length)) {
    await clock.sleep(Math.max(0, began + next - clock.monotonic()), signal);
    const run = await measure(record.target, signal);
    signal.throwIfAborted();
    if (run && run.at >= actedAt && run.at !== runs.at(-1)?.at) runs.push(run);
    if (clock.monotonic() - began >= length) break;
  }
  const after = await lookAt(deps, record);
  const newErrors = await countErrors(record.target, actedAt, signal);
  signal.throwIfAborted();
  const watchedMs = clock.monotonic() - began;
  return { after, runs, watchedMs, ...(newErrors === undefined ? {} : { newErrors }) };
}
