import type { Clock } from "../base/clock.js";
import { newId } from "../base/id.js";
import type { Panel, Store } from "../store/contract.js";

/** How long what stands behind a button lives. */
const PANEL_LIFE_MS = 15 * 60_000;

/** At most this many are kept in memory; the store has the rest. */
const KEPT = 1_000;

/** The state behind the buttons of an answer: a button carries only an id. */
export interface Panels {
  /** Keeps the state and returns its id at once; the row is written behind. */
  open(verb: string, data: unknown, owner?: string): string;
  /** The state, or `undefined` when it has expired or never was. */
  read(id: string): unknown;
}

export function createPanels(store: Pick<Store, "read" | "write">, clock: Clock): Panels {
  const kept = new Map<string, Panel>();
  const forget = (now: number): void => {
    for (const [id, panel] of kept) {
      if (panel.expiresAt > now && kept.size <= KEPT) break;
      kept.delete(id);
    }
  };
  return {
    open(verb, data, owner) {
      const now = clock.now();
      const panel: Panel = {
        id: newId(clock),
        verb,
        data,
        expiresAt: now + PANEL_LIFE_MS,
        ...(owner === undefined ? {} : { owner }),
      };
      kept.set(panel.id, panel);
      forget(now);
      // The store never rejects for its file's sake; were it closed, the button expires with the process.
      store.write("panel", (tables) => tables.panels.put(panel)).catch(() => undefined);
      return panel.id;
    },
    read(id) {
      const now = clock.now();
      const panel = kept.get(id) ?? store.read((tables) => tables.panels.get(id, now));
      return panel !== undefined && panel.expiresAt > now ? panel.data : undefined;
    },
  };
}
