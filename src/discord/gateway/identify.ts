const MINUTE_MS = 60_000;
/** More than this many starts or identifies within the window are too many: the one that would be is delayed. */
const BURST = 5;
const WINDOW_MS = 10 * MINUTE_MS;
const LONGEST_DELAY_MS = 30 * MINUTE_MS;
/** Discord lets one session identify per five seconds. Source: Gateway, rate limiting of identifies by `max_concurrency`. */
const SPACING_MS = 5_000;
/** Below this many session starts left today, the rest is kept: at zero Discord resets the token. */
const RESERVE = 100;
/** How far back starts and identifies can still matter: a run of delays ends before. */
export const IDENTIFY_MEMORY_MS = 24 * 60 * MINUTE_MS;

export interface SessionStartLimit {
  readonly remaining: number;
  readonly resetAfterMs: number;
}

export interface IdentifyHistory {
  /** Moments at which the program started, UTC milliseconds; this start included. */
  readonly starts: readonly number[];
  /** Moments of past identifies, UTC milliseconds. */
  readonly identifies: readonly number[];
  readonly now: number;
  /** As Discord last told it, if it has. */
  readonly limit?: SessionStartLimit;
}

export const WAIT_REASONS = ["none", "spacing", "burst", "session_limit"] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

export interface IdentifyWait {
  readonly ms: number;
  readonly why: WaitReason;
}

/**
 * How long the next IDENTIFY has to wait. A bot that starts or identifies again and again burns through the 1,000
 * session starts a day, after which Discord resets its token; so after five within ten minutes the next waits 1, 2, 4 …
 * 30 minutes, and the delay is forgotten when a session has lasted. Pure: the history is what was persisted.
 */
export function identifyWait(history: IdentifyHistory): IdentifyWait {
  const { now, limit } = history;
  const waits: IdentifyWait[] = [
    { ms: untilAfter(latest(history.identifies, now), SPACING_MS, now), why: "spacing" },
    { ms: burstWait(history.identifies, now, IDENTIFIES), why: "burst" },
    { ms: burstWait(history.starts, now, STARTS), why: "burst" },
  ];
  if (limit && limit.remaining < RESERVE) waits.push({ ms: Math.max(0, limit.resetAfterMs), why: "session_limit" });
  const longest = waits.reduce((a, b) => (b.ms > a.ms ? b : a));
  return longest.ms > 0 ? longest : { ms: 0, why: "none" };
}

interface Walk {
  /** How many within the window are a crowd. The present start is among the starts; the coming identify is not among the identifies. */
  readonly crowd: number;
  /** Whether each moment waited for its delay, so that a session must outlive that by a window to count as calm. */
  readonly delayed: boolean;
}

const STARTS: Walk = { crowd: BURST + 1, delayed: false };
const IDENTIFIES: Walk = { crowd: BURST, delayed: true };

/** Walks through the past: `level` counts the moments since the first crowded one, until there was calm. */
function burstWait(moments: readonly number[], now: number, walk: Walk): number {
  const past = moments.filter((at) => at <= now).toSorted((a, b) => a - b);
  let level = 0;
  let calmFrom = 0;
  for (const [index, at] of past.entries()) {
    const gap = at - (past[index - 1] ?? Number.NEGATIVE_INFINITY);
    if (gap >= WINDOW_MS + (walk.delayed ? delayOf(level) : 0)) {
      level = 0;
      calmFrom = index;
    } else if (level > 0) level += 1;
    else if (index - walk.crowd + 1 >= calmFrom && (past[index - walk.crowd + 1] ?? 0) > at - WINDOW_MS) level = 1;
  }
  return untilAfter(past.at(-1), delayOf(level), now);
}

function delayOf(level: number): number {
  return level === 0 ? 0 : Math.min(LONGEST_DELAY_MS, MINUTE_MS * 2 ** (level - 1));
}

/** Moments in the future, from a clock that was set back since, count for nothing. */
function latest(moments: readonly number[], now: number): number | undefined {
  const past = moments.filter((at) => at <= now);
  return past.length === 0 ? undefined : Math.max(...past);
}

function untilAfter(moment: number | undefined, span: number, now: number): number {
  return moment === undefined ? 0 : Math.max(0, moment + span - now);
}
