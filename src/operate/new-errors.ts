import type { Logs } from "../answer/logs.js";
import { UserError } from "../base/errors.js";

/** More than this is said as this: they are counted to be told, not to be measured. */
const COUNTED = 100;

/**
 * Error lines that a target's logs have gained since a moment. Logs that cannot be read, or whose lines do not say when they were written, do
 * not count; undefined where none is left.
 */
export async function countNewErrors(
  logs: Pick<Logs, "sources" | "read">,
  target: string,
  since: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  let count: number | undefined;
  for (const source of logs.sources()) {
    if (source.target !== target) continue;
    try {
      const query = { lines: COUNTED, since, level: "error" } as const;
      const { page } = await logs.read({ source: source.name, query }, signal);
      if (page.events.includes("unstamped") || page.events.includes("restricted")) continue;
      // Where the clock went back, what was written since may say that it is older.
      const isSince = (at: number | undefined): boolean =>
        at !== undefined && (at >= since || page.events.includes("stepped_back"));
      count = (count ?? 0) + page.lines.filter(({ level, at }) => level === "error" && isSince(at)).length;
    } catch (thrown) {
      if (!(thrown instanceof UserError) && !signal.aborted) throw thrown;
    }
  }
  return count;
}
