/**
 * A time that runs `factor` times as fast as the real one, shared by the processes of a test: each computes it from the wall clock
 * they have in common, so that a bot that was killed and started again finds the time where it would be.
 */
export interface Timeline {
  /** Wall clock at the beginning, milliseconds. */
  readonly realOrigin: number;
  /** The timeline's own time at that moment, UTC milliseconds. */
  readonly origin: number;
  readonly factor: number;
  /** What has been skipped since, milliseconds. */
  readonly skipped: number;
}

/** Name of the environment variable that carries a {@link Timeline} as JSON. */
export const TIMELINE_VARIABLE = "TOBAN_TEST_TIMELINE";

export function timeOn(timeline: Timeline, realNow: number): number {
  return timeline.origin + timeline.skipped + (realNow - timeline.realOrigin) * timeline.factor;
}
