import type { Clock } from "../../base/clock.js";
import { managerCall } from "../../base/systemd/protocol.js";
import { unitStateOf } from "../../base/systemd/unit-state.js";
import type { UnitState } from "../../base/systemd/unit-state.js";
import { failed, notOrdered, unseen } from "./job.js";
import type { JobOutcome } from "./job.js";
import { mayHaveBeenDone } from "./failure.js";
import type { Answered, SystemdSession } from "./session.js";

const SIGKILL = 9;
/** The kernel ends a process within milliseconds, unless it hangs in a device. */
const GONE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** Kills every process of a unit at once, and sees them gone. There is no job: systemd only passes the signal on. */
export async function killUnit(
  session: SystemdSession,
  clock: Clock,
  name: string,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const before = await stateOf(session, name, signal);
  if (!before.ok) return notOrdered(before.problem, signal);
  if (before.value?.load === "not-found" && isDown(before.value)) {
    return { status: "failed", failure: "not_found", detail: `systemd knows no unit ${name}` };
  }
  if (before.value && isDown(before.value)) {
    return { status: "failed", failure: "job_failed", detail: `${name} is not running` };
  }
  const killed = await session.call(managerCall("KillUnit", "ssi", [name, "all", SIGKILL]), signal);
  if (!killed.ok) return mayHaveBeenDone(killed.problem) ? unseen(killed.problem, signal) : failed(killed.problem);
  for (let waited = 0; waited < GONE_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const now = await stateOf(session, name, signal);
    if (!now.ok) return unseen(now.problem, signal);
    if (!now.value || isDown(now.value) || now.value.mainPid !== before.value?.mainPid) return { status: "done" };
    await clock.sleep(LOOK_EVERY_MS);
  }
  return { status: "failed", failure: "job_failed", detail: `${name} still runs after SIGKILL` };
}

async function stateOf(
  session: SystemdSession,
  name: string,
  signal: AbortSignal,
): Promise<Answered<UnitState | undefined>> {
  const read = await session.unit(name, signal);
  return read.ok ? { ok: true, value: unitStateOf(read.value.unit, read.value.ofType) } : read;
}

function isDown({ active }: UnitState): boolean {
  return active === "inactive" || active === "failed";
}
