import { announceDue, nextDueAt } from "../alert/announce.js";
import { routeOfChannel } from "../alert/route.js";
import type { Route } from "../model/route.js";
import { ROUTE_DEFAULTS } from "../model/route.js";
import type { Tables } from "../store/contract.js";
import type { Desk, Draft } from "./memory.js";
import { severestOf } from "./tally.js";
import { isUnsent, rowOf, say } from "./turn.js";

/** Values alone raise the revision of an incident at most so often; of a storm, whose text shows few of them, less often. */
export const VALUES_EVERY_MS = 60_000;
const STORM_VALUES_EVERY_MS = 5 * 60_000;

export interface RoundAround {
  readonly now: number;
  readonly routes: readonly Route[];
  newId(): string;
}

/** Does what time alone makes due for one open incident: collected alerts, repeats, values that wait to be shown. */
export function attend(known: Desk, draft: Draft, tables: Tables, around: RoundAround): void {
  const { now } = around;
  const desk = sinceHeard(known, draft, tables);
  const announced = announceDue({
    ...dueOf(desk, around.routes),
    stillCritical: (episode) =>
      (draft.places.get(episode) ?? []).some(
        (place) => place.incident === desk.incident.id && place.alert.severity === "critical",
      ),
    unsent: isUnsent(desk, draft, tables),
    now,
  });
  const stale = desk.valuesStale && valuesDueAt(desk) <= now;
  if (!announced && !stale) {
    if (desk !== known) draft.putDesk(desk);
    return;
  }
  const shown: Desk = stale ? { ...desk, valuesShownAt: now, valuesStale: false } : desk;
  const incident = announced?.incident ?? desk.incident;
  const raised = { ...incident, revision: incident.revision + 1 };
  say(draft, tables, shown, { incident: raised, decision: announced?.decision ?? { kind: "edit" } }, around);
}

/** What left late was heard late: a repeat counts from then, or it would come right behind the first word after an outage. */
function sinceHeard(desk: Desk, draft: Draft, tables: Tables): Desk {
  const sentAt = rowOf(desk, draft, tables)?.sentAt;
  if (sentAt === undefined || sentAt <= desk.incident.announcedAt) return desk;
  return { ...desk, incident: { ...desk.incident, announcedAt: sentAt } };
}

/** When an open incident next wants attention without anything happening. */
export function attentionAt(desk: Desk, routes: readonly Route[]): number | undefined {
  const announceAt = nextDueAt(dueOf(desk, routes));
  const valuesAt = desk.valuesStale ? valuesDueAt(desk) : undefined;
  if (announceAt === undefined || valuesAt === undefined) return announceAt ?? valuesAt;
  return Math.min(announceAt, valuesAt);
}

export function valuesDueAt(desk: Desk): number {
  return desk.valuesShownAt + (desk.incident.kind === "storm" ? STORM_VALUES_EVERY_MS : VALUES_EVERY_MS);
}

function dueOf({ incident, tally }: Desk, routes: readonly Route[]): Parameters<typeof nextDueAt>[0] {
  const { groupIntervalMs, repeatIntervalMs } = routeOfChannel(incident.channel, routes) ?? ROUTE_DEFAULTS;
  return { incident, severest: severestOf(tally), groupIntervalMs, repeatIntervalMs };
}
