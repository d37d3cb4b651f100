import { BotWorld } from "./bot-world.js";
import { seeded } from "./random.js";

/** Long enough that checks take their time, short enough to see many storms. */
const FACTOR = 4;
const TARGETS = 50;
const INTERVAL_S = 5;
/** A storm is noticed, said and shown within about this; kills fall into it. On the timeline. */
const STORM_MS = 25_000;
/** Every other kill leaves the bot away for longer than a nonce is trusted. */
const LONG_AWAY_MS = 70_000;

export interface Survived {
  readonly kills: number;
  readonly faults: readonly string[];
}

/**
 * The whole bot with fifty services that all fail at once, killed `kills` times at moments drawn from `seed`: while it starts, probes, writes
 * or sends. Then all of them are mended, with as many kills again. What it left behind is checked after both.
 */
export async function killAtRandom(seed: number, kills: number): Promise<Survived> {
  const draw = seeded(seed);
  await using world = await BotWorld.start({ seed, factor: FACTOR, targets: TARGETS, intervalS: INTERVAL_S });
  const began = performance.now();
  await world.launched();
  const startMs = performance.now() - began;
  const faults: string[] = [];
  let killed = 0;
  for (const turn of ["break", "mend"] as const) {
    world[turn](...world.targets);
    const here = turn === "break" ? Math.ceil(kills / 2) : Math.floor(kills / 2);
    for (let kill = 0; kill < here; kill += 1) {
      const span = (kill === 0 ? 0 : startMs) + world.time.real(STORM_MS);
      await new Promise((resolve) => setTimeout(resolve, draw() * span));
      await world.kill();
      killed += 1;
      if (draw() < 0.5) world.time.skip(LONG_AWAY_MS);
      world.launch();
    }
    faults.push(...(await world.faults()).map((fault) => `${turn}: ${fault}`));
  }
  if (faults.length > 0) faults.push(await world.story());
  return { kills: killed, faults };
}
