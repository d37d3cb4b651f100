import type { Tables } from "../store/contract.js";
import type { Memory } from "./memory.js";

/**
 * Writes down what a store does not know that the evaluator does: after a file was lost or came back, no open incident and no
 * alert may be forgotten, or it would be announced a second time. What the store knows better (another number, a newer revision)
 * stays as it is there.
 */
export function reconcile(memory: Memory, tables: Tables): void {
  const missing = new Set<string>();
  for (const { incident } of memory.desks.values()) {
    if (tables.incidents.get(incident.id)) continue;
    const taken = tables.incidents.byNumber(incident.number) !== undefined;
    tables.incidents.put(taken ? { ...incident, number: tables.incidents.nextNumber() } : incident);
    missing.add(incident.id);
  }
  for (const places of memory.places.values()) {
    for (const place of places) if (missing.has(place.incident)) tables.incidents.putEntry(place);
  }
  for (const fingerprint of memory.written.keys()) {
    const alert = memory.alerts.get(fingerprint);
    if (alert) tables.alerts.put(alert);
  }
}
