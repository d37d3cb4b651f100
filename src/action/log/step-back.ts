import type { FoundStamp, StampSearch } from "./bisect.js";

/** The hour that there is twice in autumn; other steps are found if the stamps of the file show them from afar. */
const USUAL_STEP_MS = 3_600_000;
/** Less than this is threads that write out of order. */
export const STEP_MS = 60_000;
const COARSE_PROBES = 64;
const FINE_PROBES = 512;
/** So much is looked through line by line: beyond, in so many places. */
const MOST_READ = 4 * 1024 * 1024;

/** Where the lines of a time begin, and where after that the clock went back, if it did. */
export interface StepZone {
  readonly first: number;
  readonly steppedBackAt?: number;
}

/**
 * The first line that is late enough. Where clocks go back, bisection finds any of several such places, all of them within one step of the time: so what
 * lies within one step before and after it is looked through.
 */
export async function stepZone(search: StampSearch, since: number): Promise<StepZone> {
  const step = Math.max(USUAL_STEP_MS, await largestStep(search));
  const low = await search.firstFrom((at) => at >= since - step);
  const high = await search.firstFrom((at) => at >= since + step);
  const found = await search.firstFrom((at) => at >= since);
  let first = found;
  let before: FoundStamp | undefined;
  let lastLate: FoundStamp | undefined;
  let [late, early, latest] = [0, 0, -Infinity];
  for await (const stamp of stampsBetween(search, Math.min(low, found), Math.max(high, found))) {
    if (stamp.at >= since) {
      // Between two places that were looked at, the earlier one: nothing may be lost.
      first = Math.min(first, before?.start ?? stamp.start);
      lastLate = stamp;
      [late, early, latest] = [late + 1, 0, Math.max(latest, stamp.at)];
    } else if (lastLate !== undefined && latest - stamp.at > STEP_MS) {
      early += 1;
      // A single line with another time is a slip, not a clock.
      if (late > 1 && early > 1) return { first, steppedBackAt: lastLate.start };
    }
    before = stamp;
  }
  return { first };
}

/** How far the stamps go back at most: in all of a small file, else seen from a few places. */
async function largestStep(search: StampSearch): Promise<number> {
  let [latest, step] = [-Infinity, 0];
  for await (const { at } of stampsBetween(search, 0, search.size, COARSE_PROBES)) {
    step = Math.max(step, latest - at);
    latest = Math.max(latest, at);
  }
  return latest === -Infinity ? 0 : step;
}

async function* stampsBetween(
  search: StampSearch,
  low: number,
  high: number,
  probes: number = FINE_PROBES,
): AsyncGenerator<FoundStamp, void, void> {
  if (high - low <= MOST_READ) {
    yield* search.stampsIn(low, high);
    return;
  }
  const stride = Math.ceil((high - low) / probes);
  for (let from = low; from < high; from += stride) {
    const found = await search.stampAfter(from);
    if (found === undefined || found.start >= high) return;
    yield found;
  }
}
