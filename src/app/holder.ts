import { readFileSync } from "node:fs";

import type { ActionHolder } from "../model/action-record.js";

/** Place of the start time among the fields after the name in `/proc/<pid>/stat` (proc(5): field 22; the name is field 2). */
const START_TIME = 19;

/** When a process began, in the kernel's ticks since boot; `undefined`: there is none, or nobody can tell. */
function ticksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name may hold anything, spaces and brackets included.
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME]);
    return Number.isFinite(ticks) ? ticks : undefined;
  } catch {
    return undefined;
  }
}

/** This process, for what it holds in the store. */
export function thisHolder(): ActionHolder {
  const ticks = ticksOf(process.pid);
  return { pid: process.pid, ...(ticks === undefined ? {} : { ticks }) };
}

/** Whether that very process still lives: a process id that was given out again is somebody else's. */
export function isAlive({ pid, ticks }: ActionHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // Not permitted to signal it: it is there.
    if ((thrown as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = ticksOf(pid);
  return ticks === undefined || now === undefined || now === ticks;
}

/** The unit of systemd that this process runs in, by its control group. */
export function ownUnit(cgroups: string = readCgroups()): string | undefined {
  return /\/([^/\n]+\.service)(?:\/[^\n]*)?$/mu.exec(cgroups)?.[1];
}

function readCgroups(): string {
  try {
    return readFileSync("/proc/self/cgroup", "utf8");
  } catch {
    return "";
  }
}
