import type { Clock, Timer } from "../base/clock.js";
import type { Run } from "../model/run.js";
import type { Store } from "../store/contract.js";
import { UNTRUSTED_ROUNDS, roundsAfter, successOf } from "./follow-up.js";
import type { Guards } from "./guard.js";

/** A run that nobody waits for is written together with those that end within so long after it. */
export const GATHER_MS = 500;
/** As many as one transaction takes. */
const MOST_TOGETHER = 16;

export interface Ingest {
  /**
   * Writes a run: its samples and itself as the target's latest, in one transaction. Resolves after COMMIT. A good run that is not
   * `prompt` waits {@link GATHER_MS} for others at the most; whatever else comes is written at once, and takes along what waits.
   */
  readonly ingest: (run: Run, prompt: boolean) => Promise<void>;
  /** Forgets a target that is no longer watched. */
  readonly forget: (target: string) => void;
  /** Writes what waits for others. */
  readonly flush: () => void;
}

interface Waiting {
  readonly run: Run;
  /** Whether its samples are written. */
  readonly believed: boolean;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Samples that could not be trusted are not written, so that no average and no count contains them, until the third round in a row:
 * then they are believed. The run itself is always written, with its marks: an answer shows it as it is.
 */
export function createIngest(deps: {
  readonly clock: Pick<Clock, "setTimeout">;
  readonly store: Pick<Store, "write">;
  readonly guards: Pick<Guards, "watchStore">;
}): Ingest {
  const rounds = new Map<string, number>();
  let gathered: Waiting[] = [];
  let timer: Timer | undefined;

  const write = (together: readonly Waiting[]): Promise<void> =>
    deps.guards.watchStore(
      deps.store.write("ingest", (tables) => {
        for (const { run, believed } of together) {
          tables.runs.put(run);
          if (believed) tables.samples.append(run);
        }
      }),
    );
  const settle = async (together: readonly Waiting[]): Promise<void> => {
    try {
      await write(together);
      for (const { resolve } of together) resolve();
    } catch (thrown) {
      const [only, ...others] = together;
      if (only && others.length === 0) only.reject(thrown);
      // One that cannot be written must not take the others with it.
      else for (const each of together) void settle([each]);
    }
  };
  const flush = (): void => {
    timer?.cancel();
    timer = undefined;
    const together = gathered;
    gathered = [];
    if (together.length > 0) void settle(together);
  };

  return {
    ingest(run, prompt) {
      const untrusted = roundsAfter(rounds.get(run.target) ?? 0, run);
      rounds.set(run.target, untrusted);
      const believed = untrusted === 0 || untrusted >= UNTRUSTED_ROUNDS;
      return new Promise((resolve, reject) => {
        gathered.push({ run, believed, resolve, reject });
        if (prompt || successOf(run) !== true || gathered.length >= MOST_TOGETHER) flush();
        else timer ??= deps.clock.setTimeout(flush, GATHER_MS);
      });
    },
    forget(target) {
      rounds.delete(target);
    },
    flush,
  };
}
