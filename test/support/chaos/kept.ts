import type { Alert } from "../../../src/model/alert.js";
import type { Incident, IncidentAlert, OutboxRow, ShownMessage } from "../../../src/model/incident.js";
import type { Tables } from "../../../src/store/contract.js";

/** An incident with everything that stands in the store about it. */
export interface KeptIncident {
  readonly incident: Incident;
  readonly entries: readonly IncidentAlert[];
  readonly rows: readonly OutboxRow[];
  readonly shown?: ShownMessage;
}

/** The name that tells the alerts of these tests apart. */
export function nameOf(alert: Alert): string {
  return alert.labels["mount"] ?? alert.target;
}

/** Nothing waits to be said or shown. */
export function isSettled(tables: Tables): boolean {
  return (
    tables.outbox.depth().pending === 0 &&
    tables.messages.stale(Number.MAX_SAFE_INTEGER, 1).length === 0 &&
    tables.incidents.open().every((incident) => incident.joining.length === 0)
  );
}

export function keptIncidents(tables: Tables, fromNumber: number): readonly KeptIncident[] {
  const found: KeptIncident[] = [];
  for (let number = fromNumber; number < tables.incidents.nextNumber(); number += 1) {
    const incident = tables.incidents.byNumber(number);
    if (!incident) continue;
    const shown = tables.messages.get(incident.id, incident.channel);
    found.push({
      incident,
      entries: tables.incidents.entries(incident.id),
      rows: tables.outbox.ofIncident(incident.id),
      ...(shown ? { shown } : {}),
    });
  }
  return found;
}
