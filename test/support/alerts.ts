import type { Alert } from "../../src/model/alert.js";
import type { Incident, IncidentAlert, OutboxRow } from "../../src/model/incident.js";

/** 2026-01-05 12:00 UTC: the moment examples happen at. */
export const NOON = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;

let serial = 0;

export function anAlert(over: Partial<Alert> = {}): Alert {
  serial += 1;
  return {
    fingerprint: `f${serial}`,
    rule: "HostDisk",
    ruleChecksum: "r",
    host: "web-1",
    target: "host",
    labels: { mount: "/" },
    state: "firing",
    severity: "critical",
    limit: { op: ">", value: 0.9 },
    value: 0.931,
    worst: 0.931,
    badSince: { critical: NOON - 12 * MINUTE },
    goodRuns: 0,
    missingRuns: 0,
    untrustedRounds: 0,
    untrusted: false,
    firingSince: NOON - 7 * MINUTE,
    lastSampleAt: NOON,
    ...over,
  };
}

export function anEntry(alert: Alert, over: Partial<IncidentAlert> = {}): IncidentAlert {
  const ended = alert.endedAt === undefined ? {} : { endedAt: alert.endedAt };
  return { incident: "i", episode: `${alert.fingerprint}:1`, joinedAt: NOON - 7 * MINUTE, alert, ...ended, ...over };
}

export function anIncident(over: Partial<Incident> = {}): Incident {
  return {
    id: "i",
    number: 42,
    channel: "123456789012345678",
    group: "target=host",
    kind: "group",
    revision: 1,
    openedAt: NOON - 7 * MINUTE,
    announcedSeverity: "critical",
    announcedAt: NOON - 7 * MINUTE,
    joining: [],
    mentions: ["role:234567890123456789"],
    ...over,
  };
}

export function aRow(over: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: "0123456789abcdefghijklmno",
    channel: "123456789012345678",
    kind: "opened",
    severity: "critical",
    incident: "i",
    episodes: [],
    createdAt: NOON,
    state: "pending",
    attempts: 0,
    dueAt: NOON,
    reduced: 0,
    ...over,
  };
}
