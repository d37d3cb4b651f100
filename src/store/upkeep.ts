import type { Clock } from "../base/clock.js";
import { Compaction } from "./compact.js";
import type { Engine } from "./engine.js";
import { Retention } from "./retention.js";
import type { RetentionLimits } from "./retention.js";

export type UpkeepLimits = RetentionLimits;

/** After so long a slice begins nothing new. */
const SLICE_MS = 3;

interface Upkeep {
  readonly compaction: Compaction;
  readonly retention: Retention;
}

const upkeeps = new WeakMap<Engine, Upkeep>();

function upkeepOf(engine: Engine, limits: UpkeepLimits): Upkeep {
  const found = upkeeps.get(engine);
  if (found) return found;
  const made = {
    compaction: new Compaction(engine.db),
    retention: new Retention(engine.db, engine.tables.audit, limits),
  };
  upkeeps.set(engine, made);
  return made;
}

/** One short transaction of upkeep: blocks first, then ageing, then space; true while there is more. */
export function upkeepSlice(engine: Engine, limits: UpkeepLimits, clock: Clock): boolean {
  const { compaction, retention } = upkeepOf(engine, limits);
  const began = clock.monotonic();
  const mayGoOn = (): boolean => clock.monotonic() - began < SLICE_MS;
  const now = clock.now();
  try {
    if (engine.write(() => compaction.slice(now, mayGoOn))) return true;
  } catch (thrown) {
    compaction.forget();
    throw thrown;
  }
  if (engine.write(() => retention.slice(now))) {
    engine.tables.samples.forget();
    return true;
  }
  return retention.vacuumSlice();
}
