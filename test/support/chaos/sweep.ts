import type { Stride } from "../depth.js";
import type { Death, Outcome } from "./storm.js";
import { StormWorld } from "./storm.js";

/** How long the process is away after its death, in turn: within Discord's memory for nonces, at its edge, and beyond. Milliseconds. */
const AWAY_MS = [0, 20_000, 55_000, 90_000, 300_000] as const;
/** A storm differs a little from the one before: only after so many that were survived were there no more moments to die at. */
const SURVIVED_IN_A_ROW = 2;

export interface Swept {
  readonly deaths: number;
  /** What broke, with the moment of death. */
  readonly broken: readonly { readonly death: Death | undefined; readonly faults: readonly string[] }[];
}

/** One storm for each moment of a kind that the stride meets, up to the last there is, with a death at it. */
export async function sweep(
  seed: number,
  { first, step }: Stride,
  moment: (nth: number) => Omit<Death, "nth" | "awayMs">,
): Promise<Swept> {
  await using world = await StormWorld.start(seed);
  const broken: { death: Death | undefined; faults: readonly string[] }[] = [];
  const take = async (death: Death | undefined): Promise<Outcome> => {
    const outcome = await world.suffer(death);
    if (outcome.faults.length > 0) broken.push({ death, faults: outcome.faults });
    return outcome;
  };
  await take(undefined);
  let deaths = 0;
  for (let nth = first, survived = 0; survived < SURVIVED_IN_A_ROW && broken.length === 0; nth += step) {
    const death = { ...moment(nth), nth, awayMs: AWAY_MS[nth % AWAY_MS.length] ?? 0 } as Death;
    const { died } = await take(death);
    survived = died ? 0 : survived + 1;
    if (died) deaths += 1;
  }
  return { deaths, broken };
}
