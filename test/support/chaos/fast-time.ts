/**
 * Imported before everything else, this makes a whole process live on a {@link Timeline}: its clocks run faster and its timers fire sooner,
 * libraries included, so that minutes of waiting take seconds. What happens in between (sockets, files, work) takes its real time.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";

import { TIMELINE_VARIABLE, timeOn } from "./timeline.js";
import type { Timeline } from "./timeline.js";

const given = process.env[TIMELINE_VARIABLE];
if (given === undefined) throw new Error(`${TIMELINE_VARIABLE} is not set`);
let timeline = JSON.parse(given) as Timeline;

const realNow = Date.now.bind(Date);
const realMonotonic = performance.now.bind(performance);
let skipped = 0;

/** Skips time: the clocks jump forward together, timers that are set keep their real rest. */
export function skip(ms: number): void {
  timeline = { ...timeline, skipped: timeline.skipped + ms };
  skipped += ms;
}

function now(): number {
  return Math.floor(timeOn(timeline, realNow()));
}

/** The same function, whose argument at that position counts milliseconds of the timeline. */
function faster<F extends (...args: never[]) => unknown>(set: F, position: number): F {
  return new Proxy(set, {
    apply: (_target, self: unknown, args: unknown[]): unknown => {
      const sooner = args.map((arg, at) => (at === position && typeof arg === "number" ? arg / timeline.factor : arg));
      return Reflect.apply(set, self, sooner);
    },
  });
}

globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  get: (target, key, receiver): unknown => (key === "now" ? now : Reflect.get(target, key, receiver)),
});
performance.now = () => realMonotonic() * timeline.factor + skipped;

interface TimerModule {
  setTimeout: typeof setTimeout;
  setInterval: typeof setInterval;
}

const require = createRequire(import.meta.url);
const modules: readonly TimerModule[] = [globalThis, require("node:timers") as TimerModule];
for (const place of modules) {
  place.setTimeout = faster(place.setTimeout, 1);
  place.setInterval = faster(place.setInterval, 1);
}
const promises = require("node:timers/promises") as { setTimeout: (ms: number) => Promise<void> };
promises.setTimeout = faster(promises.setTimeout, 0);
syncBuiltinESMExports();
