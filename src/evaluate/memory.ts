import { STORM_WINDOW_MS } from "../alert/group.js";
import type { Alert } from "../model/alert.js";
import type { Incident, IncidentAlert, OutboxRow } from "../model/incident.js";
import type { Tables } from "../store/contract.js";
import { Overlay } from "./overlay.js";
import type { Tally } from "./tally.js";
import { EMPTY_TALLY, countOf, counted } from "./tally.js";

/** An open incident as the evaluator works on it. */
export interface Desk {
  readonly incident: Incident;
  readonly tally: Tally;
  /** The newest announcement that was made for it. */
  readonly lastRow?: string;
  /** When its revision last rose because of a value alone, and whether another such change waits. */
  readonly valuesShownAt: number;
  readonly valuesStale: boolean;
}

/** What the evaluator keeps of the store: alerts that are not plainly well, and open incidents. */
export interface Memory {
  /** By fingerprint. */
  readonly alerts: Map<string, Alert>;
  /** When an alert's row was last written, by fingerprint. */
  readonly written: Map<string, number>;
  /** Fingerprints by target. */
  readonly byTarget: Map<string, readonly string[]>;
  /** Fingerprints that fire and stand in no message (muted, or no route takes them). */
  readonly waiting: Map<string, true>;
  /** Entries in open incidents, by episode. */
  readonly places: Map<string, readonly IncidentAlert[]>;
  /** Open incidents by id. */
  readonly desks: Map<string, Desk>;
  /** Open incidents by channel and group. */
  readonly groups: Map<string, string>;
  /** When incidents began lately, by channel. */
  readonly openings: Map<string, readonly number[]>;
}

export function placeKey(channel: string, group: string): string {
  return `${channel} ${group}`;
}

/** Reads what stands in the store. */
export function loadMemory(tables: Tables, now: number): Memory {
  const memory: Memory = {
    alerts: new Map(),
    written: new Map(),
    byTarget: new Map(),
    waiting: new Map(),
    places: new Map(),
    desks: new Map(),
    groups: new Map(),
    openings: new Map(),
  };
  for (const incident of tables.incidents.open()) {
    let tally = EMPTY_TALLY;
    for (const entry of tables.incidents.entries(incident.id)) {
      tally = counted(tally, countOf(entry.alert), 1);
      if (entry.endedAt === undefined) {
        memory.places.set(entry.episode, withOne(memory.places.get(entry.episode), entry));
      }
    }
    const lastRow = tables.outbox.ofIncident(incident.id).reduce<OutboxRow | undefined>(newer, undefined);
    memory.desks.set(incident.id, {
      incident,
      tally,
      ...(lastRow ? { lastRow: lastRow.id } : {}),
      valuesShownAt: now,
      valuesStale: false,
    });
    memory.groups.set(placeKey(incident.channel, incident.group), incident.id);
  }
  loadOpenings(memory, tables, now - STORM_WINDOW_MS);
  for (const alert of tables.alerts.all()) {
    memory.alerts.set(alert.fingerprint, alert);
    memory.written.set(alert.fingerprint, now);
    memory.byTarget.set(alert.target, withOne(memory.byTarget.get(alert.target), alert.fingerprint));
    if (alert.state === "firing" && !memory.places.has(alert.episode ?? "")) {
      memory.waiting.set(alert.fingerprint, true);
    }
  }
  return memory;
}

function loadOpenings(memory: Memory, tables: Tables, since: number): void {
  const recent = [...tables.incidents.open(), ...tables.incidents.endedSince(since)];
  for (const channel of new Set(recent.map((incident) => incident.channel))) {
    const opened = tables.incidents.openedSince(channel, since).map(({ openedAt }) => openedAt);
    const reopened = recent
      .filter((incident) => incident.channel === channel)
      .flatMap(({ reopenedAt }) => reopenedAt ?? []);
    memory.openings.set(channel, [...opened, ...reopened.filter((at) => at >= since)]);
  }
}

/** A list of one more, with room for no more than that: V8 makes room for seventeen in a list written with `...`. */
function withOne<T>(list: readonly T[] | undefined, item: T): readonly T[] {
  return list === undefined || list.length === 0 ? [item] : list.concat([item]);
}

/** Ids sort by time; rows of one moment by chance, and then either will do. */
function newer(before: OutboxRow | undefined, row: OutboxRow): OutboxRow | undefined {
  // A line in the thread announces nothing.
  if (row.kind === "thread") return before;
  return before && before.id > row.id ? before : row;
}

/** One turn's changes over memory, and what of them is to be written. */
export class Draft {
  readonly alerts: Overlay<string, Alert>;
  readonly written: Overlay<string, number>;
  readonly byTarget: Overlay<string, readonly string[]>;
  readonly waiting: Overlay<string, true>;
  readonly places: Overlay<string, readonly IncidentAlert[]>;
  readonly desks: Overlay<string, Desk>;
  readonly groups: Overlay<string, string>;
  readonly openings: Overlay<string, readonly number[]>;
  /** Also those that have ended in this turn. */
  readonly incidents = new Map<string, Incident>();
  readonly entries = new Map<string, IncidentAlert>();
  readonly rows = new Map<string, OutboxRow>();
  /** Rows of alerts to write, and to remove (undefined). */
  readonly alertRows = new Map<string, Alert | undefined>();
  readonly meta = new Map<string, unknown>();

  constructor(memory: Memory) {
    this.alerts = new Overlay(memory.alerts);
    this.written = new Overlay(memory.written);
    this.byTarget = new Overlay(memory.byTarget);
    this.waiting = new Overlay(memory.waiting);
    this.places = new Overlay(memory.places);
    this.desks = new Overlay(memory.desks);
    this.groups = new Overlay(memory.groups);
    this.openings = new Overlay(memory.openings);
  }

  alertsOf(target: string): readonly Alert[] {
    return [...(this.byTarget.get(target) ?? [])].flatMap((fingerprint) => this.alerts.get(fingerprint) ?? []);
  }

  putAlert(alert: Alert): void {
    // V8 gives copies made with `...` a hidden class each once there are a few kinds of them; so kept, it would be larger than the alert.
    this.alerts.set(alert.fingerprint, Object.assign({}, alert));
    const same = this.byTarget.get(alert.target);
    if (!same?.includes(alert.fingerprint)) this.byTarget.set(alert.target, withOne(same, alert.fingerprint));
  }

  /** The same alert as memory holds it, so that it is held once. */
  kept(alert: Alert): Alert {
    const known = this.alerts.get(alert.fingerprint);
    return known?.episode === alert.episode && known?.lastSampleAt === alert.lastSampleAt ? known : alert;
  }

  removeAlert(alert: Alert): void {
    this.alerts.delete(alert.fingerprint);
    const rest = (this.byTarget.get(alert.target) ?? []).filter((fingerprint) => fingerprint !== alert.fingerprint);
    if (rest.length > 0) this.byTarget.set(alert.target, rest);
    else this.byTarget.delete(alert.target);
  }

  putEntry(entry: IncidentAlert): void {
    const others = (this.places.get(entry.episode) ?? []).filter((place) => place.incident !== entry.incident);
    const rest = entry.endedAt === undefined ? withOne(others, entry) : others;
    if (rest.length > 0) this.places.set(entry.episode, rest);
    else this.places.delete(entry.episode);
    this.entries.set(`${entry.incident} ${entry.episode}`, entry);
  }

  putDesk(desk: Desk): void {
    this.desks.set(desk.incident.id, desk);
    this.incidents.set(desk.incident.id, desk.incident);
    this.groups.set(placeKey(desk.incident.channel, desk.incident.group), desk.incident.id);
  }

  closeDesk(incident: Incident): void {
    this.desks.delete(incident.id);
    this.groups.delete(placeKey(incident.channel, incident.group));
    this.incidents.set(incident.id, incident);
  }

  /** Whether anything must be written before memory may follow. */
  get dirty(): boolean {
    return this.alertRows.size + this.entries.size + this.incidents.size + this.rows.size + this.meta.size > 0;
  }

  persist(tables: Tables): void {
    for (const [fingerprint, alert] of this.alertRows) {
      if (alert) tables.alerts.put(alert);
      else tables.alerts.remove(fingerprint);
    }
    for (const incident of this.incidents.values()) tables.incidents.put(incident);
    for (const entry of this.entries.values()) tables.incidents.putEntry(entry);
    for (const row of this.rows.values()) tables.outbox.put(row);
    for (const [key, value] of this.meta) tables.meta.set(key, value);
  }

  commit(): void {
    this.alerts.commit();
    this.written.commit();
    this.byTarget.commit();
    this.waiting.commit();
    this.places.commit();
    this.desks.commit();
    this.groups.commit();
    this.openings.commit();
  }
}
