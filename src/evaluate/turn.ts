import { announce } from "../alert/announce.js";
import type { Announced, Speech } from "../alert/announce.js";
import { STORM_ABOVE, STORM_GROUP, STORM_WINDOW_MS, group } from "../alert/group.js";
import type { Placement } from "../alert/group.js";
import { inhibit } from "../alert/inhibit.js";
import type { Destination } from "../alert/route.js";
import { route } from "../alert/route.js";
import { turned } from "../alert/thread.js";
import type { Alert, Transition } from "../model/alert.js";
import type { Incident, IncidentTurn, OutboxRow } from "../model/incident.js";
import { MOST_NAMED } from "../model/incident.js";
import type { Route } from "../model/route.js";
import { SEVERITY_RANK } from "../model/rule.js";
import type { Tables } from "../store/contract.js";
import type { Desk, Draft } from "./memory.js";
import { placeKey } from "./memory.js";
import type { Tally } from "./tally.js";
import { EMPTY_TALLY, countOf, counted, severestOf } from "./tally.js";

/** What a turn needs besides the alerts. */
export interface TurnAround {
  readonly now: number;
  readonly host: string;
  readonly routes: readonly Route[];
  readonly warmingUp: boolean;
  /** Whether a person has stopped this target, and it has not run since. */
  stopped(target: string): boolean;
  /** Names of the rules that mute the rule of this alert. */
  inhibitedBy(alert: Alert): readonly string[];
  /** When the process was away, if this alert recovered in that time. */
  away(fingerprint: string): { readonly from: number; readonly to: number } | undefined;
  newId(): string;
}

/** What a turn has done to one incident so far. */
interface Touched {
  began?: "opened" | "reopened";
  readonly entered: Alert[];
  readonly rose: Alert[];
}

/**
 * One turn through the stages: the transitions of one target's run, over the draft. What begins is placed before what ends is
 * taken away, so that an incident does not end and begin again because one alert hands over to the next.
 */
export class Turn {
  readonly #draft: Draft;
  readonly #tables: Tables;
  readonly #around: TurnAround;
  readonly #touched = new Map<string, Touched>();

  constructor(draft: Draft, tables: Tables, around: TurnAround) {
    this.#draft = draft;
    this.#tables = tables;
    this.#around = around;
  }

  /** `waiting`: alerts that fire and stand in no message, which may be free by now. */
  run(transitions: readonly Transition[], waiting: readonly Alert[]): void {
    const fired = transitions.filter((transition) => transition.kind === "fired").map(({ alert }) => alert);
    for (const alert of fired) this.#draft.waiting.set(alert.fingerprint, true);
    this.#placeFree([...waiting, ...fired]);
    for (const transition of transitions) this.#follow(transition);
    for (const [id, touched] of this.#touched) this.#settle(id, touched);
  }

  /** Alerts that can be said go into their incidents. */
  #placeFree(candidates: readonly Alert[]): void {
    const firing = candidates.filter((alert) => alert.state === "firing" && this.#draft.waiting.get(alert.fingerprint));
    if (firing.length === 0) return;
    const { free } = inhibit(
      firing.map((alert) => ({ alert, inhibitedBy: this.#around.inhibitedBy(alert) })),
      {
        firing: (target) => this.#firingRules(target),
        warmingUp: this.#around.warmingUp,
        stopped: (target) => this.#around.stopped(target),
      },
    );
    for (const alert of free) this.#place(alert);
  }

  #firingRules(target: string): ReadonlySet<string> {
    const firing = this.#draft.alertsOf(target).filter((alert) => alert.state === "firing");
    return new Set(firing.map((alert) => alert.rule));
  }

  #place(alert: Alert): void {
    for (const destination of route(alert, this.#around.routes)) {
      const places = this.#draft.places.get(alert.episode ?? "") ?? [];
      if (places.some((place) => this.#draft.desks.get(place.incident)?.incident.channel === destination.channel))
        continue;
      this.#enter(alert, this.#deskFor(alert, destination));
      this.#draft.waiting.delete(alert.fingerprint);
    }
  }

  #enter(alert: Alert, desk: Desk): void {
    const { incident } = desk;
    const { now } = this.#around;
    const kept = this.#draft.kept(alert);
    this.#draft.putEntry({ incident: incident.id, episode: alert.episode ?? "", joinedAt: now, alert: kept });
    this.#draft.putDesk({ ...desk, tally: counted(desk.tally, countOf(alert), 1) });
    this.#touch(incident.id).entered.push(alert);
  }

  #deskFor(alert: Alert, destination: Destination): Desk {
    const placement = group(alert, destination, this.#standing(), this.#around.now);
    const desk = placement.kind === "join" ? this.#draft.desks.get(placement.incident.id) : undefined;
    // What a storm takes would have opened: the crowd is fresh for as long as such alerts come.
    if (desk?.incident.kind === "storm") this.#noteOpening(destination.channel);
    return desk ?? this.#begin(alert, destination, placement);
  }

  /** Only so many are kept as tell whether there is a crowd. */
  #noteOpening(channel: string): void {
    const { now } = this.#around;
    const recent = (this.#draft.openings.get(channel) ?? []).filter((at) => at <= now && now - at <= STORM_WINDOW_MS);
    this.#draft.openings.set(channel, [...recent, now].slice(-STORM_ABOVE));
  }

  #standing(): Parameters<typeof group>[2] {
    return {
      open: (channel, key) => {
        const id = this.#draft.groups.get(placeKey(channel, key));
        return id === undefined ? undefined : this.#draft.desks.get(id)?.incident;
      },
      lastEnded: (channel, key) => {
        const here = [...this.#draft.incidents.values()].findLast(
          (incident) => incident.channel === channel && incident.group === key,
        );
        const latest = here ?? this.#tables.incidents.latest(channel, key);
        return latest?.endedAt === undefined ? undefined : latest;
      },
      openings: (channel) => this.#draft.openings.get(channel) ?? [],
    };
  }

  #begin(alert: Alert, destination: Destination, placement: Placement): Desk {
    const { now } = this.#around;
    const { channel } = destination;
    this.#noteOpening(channel);
    const unseen = placement.kind === "open" && placement.as === "storm" ? this.#unseenIn(channel) : undefined;
    if (unseen) return this.#turnIntoStorm(unseen, destination);
    const reopened = placement.kind === "reopen" ? placement.incident : undefined;
    const incident = reopened ? begunAgain(reopened, now) : this.#newIncident(alert, destination, placement);
    const tally: Tally = reopened?.outcome === "recovered" ? { ...EMPTY_TALLY, resolved: 1 } : EMPTY_TALLY;
    const lastRow = reopened ? newestRow(this.#tables.outbox.ofIncident(reopened.id), this.#draft.rows) : undefined;
    this.#touch(incident.id).began = reopened ? "reopened" : "opened";
    return { incident, tally, ...(lastRow ? { lastRow } : {}), valuesShownAt: now, valuesStale: false };
  }

  /** The newest incident of a channel whose first post has not been begun. */
  #unseenIn(channel: string): Desk | undefined {
    const recent = this.#tables.incidents.openedSince(channel, this.#around.now - STORM_WINDOW_MS);
    const ids = new Set([...recent.map(({ id }) => id), ...this.#draft.incidents.keys()]);
    return [...ids]
      .flatMap((id) => this.#draft.desks.get(id) ?? [])
      .filter(({ incident }) => incident.channel === channel && incident.kind === "group")
      .toSorted((a, b) => b.incident.number - a.incident.number)
      .find((desk) => {
        const row = rowOf(desk, this.#draft, this.#tables);
        return row?.state === "pending" && row.kind === "opened";
      });
  }

  /** Nobody has seen it, so it becomes the storm itself: a channel takes few posts, and the storm's must not wait behind its. */
  #turnIntoStorm(desk: Desk, { mentions }: Destination): Desk {
    const { incident } = desk;
    this.#draft.groups.delete(placeKey(incident.channel, incident.group));
    const all = [...new Set([...incident.mentions, ...mentions])];
    return { ...desk, incident: { ...incident, kind: "storm", group: STORM_GROUP, mentions: all } };
  }

  #newIncident(alert: Alert, { channel, mentions }: Destination, placement: Placement): Incident {
    const { now } = this.#around;
    const taken = [...this.#draft.incidents.values()].map(({ number }) => number + 1);
    return {
      id: this.#around.newId(),
      number: Math.max(this.#tables.incidents.nextNumber(), ...taken),
      channel,
      group: placement.kind === "open" ? placement.group : placement.incident.group,
      kind: placement.kind === "open" ? placement.as : placement.incident.kind,
      revision: 0,
      openedAt: now,
      announcedSeverity: alert.severity,
      announcedAt: now,
      joining: [],
      mentions,
    };
  }

  /** Brings the entries of an alert that has changed up to date. */
  #follow(transition: Transition): void {
    const { alert } = transition;
    if (transition.kind === "pending" || transition.kind === "fired") return;
    const over = transition.kind === "resolved" || transition.kind === "gone";
    if (over) this.#draft.waiting.delete(alert.fingerprint);
    for (const place of this.#draft.places.get(alert.episode ?? "") ?? []) {
      const desk = this.#draft.desks.get(place.incident);
      if (!desk) continue;
      const tally = counted(counted(desk.tally, countOf(place.alert), -1), countOf(alert), 1);
      const away = over ? this.#around.away(alert.fingerprint) : undefined;
      this.#draft.putDesk({ ...desk, tally, incident: { ...desk.incident, ...(away ? { away } : {}) } });
      this.#draft.putEntry({
        ...place,
        alert: this.#draft.kept(alert),
        ...(over ? { endedAt: alert.endedAt ?? this.#around.now } : {}),
      });
      const touched = this.#touch(place.incident);
      if (transition.kind === "rose") touched.rose.push(alert);
    }
    // What rose may interest a channel that did not want the milder level.
    if (transition.kind === "rose" && !this.#draft.waiting.get(alert.fingerprint)) this.#place(alert);
  }

  #touch(incident: string): Touched {
    const known = this.#touched.get(incident);
    if (known) return known;
    const touched: Touched = { entered: [], rose: [] };
    this.#touched.set(incident, touched);
    return touched;
  }

  /** After all changes of the turn: has the incident ended, and does it speak? */
  #settle(id: string, { began, entered, rose }: Touched): void {
    const desk = this.#draft.desks.get(id);
    if (!desk) return;
    const { now } = this.#around;
    const severest = severestOf(desk.tally);
    const incident = { ...desk.incident, revision: desk.incident.revision + 1 };
    const unsent = isUnsent(desk, this.#draft, this.#tables);
    const announced = announce({ incident, ...(began ? { began } : {}), entered, rose, severest, unsent, now });
    if (severest === undefined) {
      const outcome = desk.tally.resolved > 0 ? "recovered" : "gone";
      const severity = incident.announcedSeverity;
      const ended = this.#noteTurn(
        { ...announced.incident, endedAt: now, outcome },
        { at: now, to: "ended", severity },
      );
      this.#draft.closeDesk(ended);
      return;
    }
    const shown = { ...desk, valuesShownAt: now, valuesStale: false };
    const turn = began && ({ at: now, to: began, severity: severest } as const);
    const noted = turn ? { ...announced, incident: this.#noteTurn(announced.incident, turn) } : announced;
    say(this.#draft, this.#tables, shown, noted, this.#around);
  }

  /** The incident with one beginning or end more, which may be worth a line in its thread. */
  #noteTurn(before: Incident, turn: IncidentTurn): Incident {
    const { now } = this.#around;
    const { incident, line } = turned(before, turn);
    if (line.length > 0) {
      const { id, channel } = incident;
      const row = {
        id: this.#around.newId(),
        channel,
        kind: "thread",
        severity: "info",
        incident: id,
        episodes: [],
      } as const;
      this.#draft.rows.set(row.id, { ...newRow(row, now), turns: line });
    }
    return incident;
  }
}

function begunAgain(incident: Incident, now: number): Incident {
  const { endedAt: _endedAt, outcome: _outcome, away: _away, ...rest } = incident;
  return { ...rest, reopenedAt: now };
}

/** Ids sort by time. */
function newestRow(stored: readonly OutboxRow[], drafted: ReadonlyMap<string, OutboxRow>): string | undefined {
  const incident = stored[0]?.incident;
  const all = [...stored, ...[...drafted.values()].filter((row) => row.incident === incident)];
  // A line in the thread announces nothing.
  const ids = all.filter(({ kind }) => kind !== "thread").map(({ id }) => id);
  return ids.toSorted().at(-1);
}

/** The incident's newest announcement. */
export function rowOf(desk: Desk, draft: Draft, tables: Tables): OutboxRow | undefined {
  return desk.lastRow === undefined ? undefined : (draft.rows.get(desk.lastRow) ?? tables.outbox.get(desk.lastRow));
}

/** Whether the incident's newest announcement has not been begun: it is rendered later, and shows what is decided now. */
export function isUnsent({ lastRow }: Desk, draft: Draft, tables: Tables): boolean {
  if (lastRow === undefined) return false;
  // Asked for at every alert of a storm, so nothing but the state is read.
  return (draft.rows.get(lastRow)?.state ?? tables.outbox.stateOf(lastRow)) === "pending";
}

/** Carries a decision out: a new row of the outbox, or a change of the one that waits. */
export function say(
  draft: Draft,
  tables: Tables,
  desk: Desk,
  { incident, decision }: Announced,
  around: Pick<TurnAround, "now" | "newId">,
): void {
  if (decision.kind === "speak") {
    const id = around.newId();
    const row = { id, channel: incident.channel, incident: incident.id, ...decision.speech };
    draft.rows.set(id, newRow(row, around.now));
    draft.putDesk({ ...desk, incident, lastRow: id });
    return;
  }
  if (decision.kind === "amend") {
    const row = rowOf(desk, draft, tables);
    if (row) draft.rows.set(row.id, amended(row, decision, around.now));
  }
  draft.putDesk({ ...desk, incident });
}

export function newRow(
  announcement: Pick<OutboxRow, "id" | "channel" | "kind" | "severity" | "episodes"> &
    Partial<Pick<OutboxRow, "incident" | "notice" | "joinedIn">>,
  now: number,
): OutboxRow {
  return { ...announcement, createdAt: now, state: "pending", attempts: 0, dueAt: now, reduced: 0 };
}

function isAboutAll({ episodes, joinedIn }: OutboxRow): boolean {
  return episodes.length === 0 && joinedIn === undefined;
}

/** A first post is about the whole incident; only a reply names the episodes that it is about. */
function amended(row: OutboxRow, news: Pick<Speech, "severity" | "episodes" | "joinedIn">, now: number): OutboxRow {
  const severity = SEVERITY_RANK[news.severity] > SEVERITY_RANK[row.severity] ? news.severity : row.severity;
  const whole = row.kind === "opened" || row.kind === "reopened" || isAboutAll(row);
  if (whole) return { ...row, severity };
  const episodes = [...new Set([...row.episodes, ...news.episodes])];
  const isCrowd = episodes.length > MOST_NAMED || news.joinedIn !== undefined || row.joinedIn !== undefined;
  if (!isCrowd) return { ...row, severity, episodes };
  const from = row.joinedIn?.from ?? news.joinedIn?.from ?? now;
  return { ...row, severity, episodes: episodes.slice(0, MOST_NAMED), joinedIn: { from, to: now } };
}
