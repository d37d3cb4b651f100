import { readdirSync } from "node:fs";

import { until } from "../until.js";

/**
 * What this process holds open: libuv's handles and requests by kind, and the number of file descriptors. Not timers and file requests:
 * the test runner has its own, and the probes' timers are the fake clock's to count.
 */
function held(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind === "Timeout" || kind === "Immediate" || kind.startsWith("FSReq")) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.set("descriptors", readdirSync("/proc/self/fd").length);
}

function more(before: ReadonlyMap<string, number>): readonly string[] {
  return [...held()]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind}: ${before.get(kind) ?? 0} before, ${count} after`);
}

/** Runs the work and waits until this process holds no more than before; rejects with what is left over otherwise. */
export async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = held();
  const result = await work();
  await until("nothing left behind", () => more(before).length === 0, 3_000).catch(() => {
    throw new Error(`left behind: ${more(before).join("; ")}`);
  });
  return result;
}
