import type { IncidentAlert } from "../model/incident.js";
import type { Store } from "../store/contract.js";

/** What is known of incidents beyond their messages. */
export interface Incidents {
  /** The one target that an incident is about; undefined when there are several, or when it is no longer kept. */
  targetOf(id: string): string | undefined;
}

export function createIncidents(store: Pick<Store, "read">): Incidents {
  return {
    targetOf: (id) => onlyTarget(store.read((tables) => tables.incidents.entries(id))),
  };
}

/** What still fires counts before what is over. */
function onlyTarget(entries: readonly IncidentAlert[]): string | undefined {
  const firing = entries.filter(({ endedAt }) => endedAt === undefined);
  const targets = new Set((firing.length > 0 ? firing : entries).map(({ alert }) => alert.target));
  const [target] = targets;
  return targets.size === 1 ? target : undefined;
}
