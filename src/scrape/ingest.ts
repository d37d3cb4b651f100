import type { Run } from "../model/run.js";
import type { Store } from "../store/contract.js";
import { UNTRUSTED_ROUNDS, roundsAfter } from "./follow-up.js";
import type { Guards } from "./guard.js";

export interface Ingest {
  /** Writes a run: its samples and itself as the target's latest, in one transaction. Resolves after COMMIT. */
  readonly ingest: (run: Run) => Promise<void>;
  /** Forgets a target that is no longer watched. */
  readonly forget: (target: string) => void;
}

/**
 * Samples that could not be trusted are not written, so that no average and no count contains them, until the third round in a row:
 * then they are believed. The run itself is always written, with its marks: an answer shows it as it is.
 */
export function createIngest(deps: {
  readonly store: Pick<Store, "write">;
  readonly guards: Pick<Guards, "watchStore">;
}): Ingest {
  const rounds = new Map<string, number>();
  return {
    async ingest(run) {
      const untrusted = roundsAfter(rounds.get(run.target) ?? 0, run);
      rounds.set(run.target, untrusted);
      const believed = untrusted === 0 || untrusted >= UNTRUSTED_ROUNDS;
      await deps.guards.watchStore(
        deps.store.write("ingest", (tables) => {
          tables.runs.put(run);
          if (believed) tables.samples.append(run);
        }),
      );
    },
    forget(target) {
      rounds.delete(target);
    },
  };
}
