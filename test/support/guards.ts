import { ClockWatch } from "../../src/scrape/clock-watch.js";
import { Guards } from "../../src/scrape/guard.js";
import type { FakeClock } from "./fake-clock.js";

export interface GuardSwitches {
  /** What the event loop is said to have lagged, in milliseconds. */
  lagMs: number;
  uplinkIsUp: boolean;
  /** How often the uplink was asked about. */
  asked: number;
  /** Sleep of the machine so far: time since boot goes on, the monotonic clock does not. */
  sleptMs: number;
}

/** Guards on a fake clock whose troubles a test switches on. */
export function guardsOf(clock: FakeClock): { readonly guards: Guards; readonly switches: GuardSwitches } {
  const switches: GuardSwitches = { lagMs: 0, uplinkIsUp: true, asked: 0, sleptMs: 0 };
  const guards = new Guards({
    clock,
    lag: { since: () => switches.lagMs, p99Seconds: () => switches.lagMs / 1_000, stop: () => undefined },
    clockWatch: new ClockWatch(clock, () => clock.monotonic() + switches.sleptMs),
    uplink: {
      isUp() {
        switches.asked += 1;
        return Promise.resolve(switches.uplinkIsUp);
      },
    },
  });
  return { guards, switches };
}
