import type { Alert } from "../model/alert.js";
import type { AnnouncementKind, Incident, TimeSpan } from "../model/incident.js";
import { MOST_NAMED } from "../model/incident.js";
import type { Severity } from "../model/rule.js";
import { SEVERITY_RANK } from "../model/rule.js";

/** What is to be said, and why. It may ping, so it is said sparingly; everything else is an edit. */
export interface Speech {
  readonly kind: Extract<AnnouncementKind, "opened" | "reopened" | "rose" | "joined" | "repeated">;
  readonly severity: Severity;
  /** The episodes it is about; none: the whole incident. */
  readonly episodes: readonly string[];
  /** They are more than are named: it is about the critical alerts that joined in this time, too. */
  readonly joinedIn?: TimeSpan;
}

/** Whether an incident speaks now, and why not if it does not. */
export type Decision =
  | { readonly kind: "speak"; readonly speech: Speech }
  /** An announcement has not left yet: it will show this too, and takes its severity and episodes. */
  | ({ readonly kind: "amend" } & Pick<Speech, "severity" | "episodes" | "joinedIn">)
  /** New critical alerts wait until the group interval has passed. */
  | { readonly kind: "collect" }
  /** An edit shows it, and that is enough. */
  | { readonly kind: "edit" };

export interface Announced {
  readonly incident: Incident;
  readonly decision: Decision;
}

/** What happened to an incident in one turn. */
export interface IncidentChange {
  readonly incident: Incident;
  readonly began?: "opened" | "reopened";
  /** Alerts that entered it, and those in it that rose. */
  readonly entered: readonly Alert[];
  readonly rose: readonly Alert[];
  /** The severest level that fires in it now; undefined: nothing does. */
  readonly severest: Severity | undefined;
  /** An announcement of this incident waits and has not been begun. */
  readonly unsent: boolean;
  readonly now: number;
}

/**
 * Last stage: why we speak. Opened and reopened incidents speak at once, and so does a rise above what was announced. A new
 * critical alert in a message already shown is collected first, and so is one that rises to what is already known. All the
 * rest is an edit.
 */
export function announce(change: IncidentChange): Announced {
  const { incident, began, entered, rose, severest, now } = change;
  if (severest === undefined) return { incident: withoutJoining(incident), decision: { kind: "edit" } };
  const news = [...entered, ...rose];
  const episodes = news.flatMap((alert) => alert.episode ?? []);
  if (began && !(began === "reopened" && change.unsent)) {
    const said = spoken(incident, severest, now);
    return { incident: said, decision: { kind: "speak", speech: { kind: began, severity: severest, episodes } } };
  }
  const settled = { ...incident, announcedSeverity: milder(incident.announcedSeverity, severest) };
  if (news.length === 0) return { incident: settled, decision: { kind: "edit" } };
  if (change.unsent) {
    return { incident: spoken(settled, severest, now), decision: { kind: "amend", severity: severest, episodes } };
  }
  const above = rose.filter((alert) => rank(alert.severity) > rank(settled.announcedSeverity));
  if (above.length > 0) {
    const speech: Speech = {
      kind: "rose",
      severity: severest,
      episodes: above.flatMap((alert) => alert.episode ?? []),
    };
    const others = news.filter((alert) => !above.includes(alert));
    return { incident: collected(spoken(settled, severest, now), others, now), decision: { kind: "speak", speech } };
  }
  const next = collected(settled, news, now);
  return { incident: next, decision: { kind: next === settled ? "edit" : "collect" } };
}

/** What time alone may make an incident say. */
export interface IncidentDue {
  readonly incident: Incident;
  readonly severest: Severity | undefined;
  /** Whether an episode that waits to be announced still fires as critical. */
  stillCritical(episode: string): boolean;
  readonly unsent: boolean;
  readonly groupIntervalMs: number;
  /** 0: never. */
  readonly repeatIntervalMs: Readonly<Record<Severity, number>>;
  readonly now: number;
}

/** Speaks for the critical alerts that were collected, or once more because it still burns. */
export function announceDue(due: IncidentDue): Announced | undefined {
  const { incident, severest, now } = due;
  if (severest === undefined) return undefined;
  if (incident.joiningSince !== undefined && passed(incident.joiningSince, due.groupIntervalMs, now)) {
    const episodes = incident.joining.filter((episode) => due.stillCritical(episode));
    const rested = withoutJoining(incident);
    const crowd = crowdOf(incident, now);
    // Whether others of a crowd than those named are still critical is told by the incident as a whole.
    const isOver = episodes.length === 0 && (crowd.joinedIn === undefined || severest !== "critical");
    if (isOver) return { incident: rested, decision: { kind: "edit" } };
    const said = spoken(rested, severest, now);
    const about = { severity: "critical", episodes, ...crowd } as const;
    if (due.unsent) return { incident: said, decision: { kind: "amend", ...about } };
    return { incident: said, decision: { kind: "speak", speech: { kind: "joined", ...about } } };
  }
  // The clock was set back: the repeat counts from now on.
  if (now < incident.announcedAt) return { incident: { ...incident, announcedAt: now }, decision: { kind: "edit" } };
  const repeatMs = due.repeatIntervalMs[severest];
  if (repeatMs <= 0 || due.unsent || !passed(incident.announcedAt, repeatMs, now)) return undefined;
  const speech: Speech = { kind: "repeated", severity: severest, episodes: [] };
  return { incident: spoken(incident, severest, now), decision: { kind: "speak", speech } };
}

/** When `announceDue` may next have something to say; undefined: not by time alone. */
export function nextDueAt(
  due: Pick<IncidentDue, "incident" | "severest" | "groupIntervalMs" | "repeatIntervalMs">,
): number | undefined {
  if (due.severest === undefined) return undefined;
  const repeatMs = due.repeatIntervalMs[due.severest];
  const repeatAt = repeatMs > 0 ? due.incident.announcedAt + repeatMs : Number.POSITIVE_INFINITY;
  const joinAt = (due.incident.joiningSince ?? Number.POSITIVE_INFINITY) + due.groupIntervalMs;
  const at = Math.min(repeatAt, joinAt);
  return Number.isFinite(at) ? at : undefined;
}

/** A beginning in the future is one from before the clock was set back: then the wait is over, better early than never. */
function passed(since: number, ms: number, now: number): boolean {
  return now < since || now - since >= ms;
}

function spoken(incident: Incident, severity: Severity, now: number): Incident {
  return { ...incident, announcedSeverity: severity, announcedAt: now };
}

function collected(incident: Incident, news: readonly Alert[], now: number): Incident {
  const critical = news.filter((alert) => alert.severity === "critical").flatMap((alert) => alert.episode ?? []);
  if (critical.length === 0) return incident;
  const isFull = incident.joining.length >= MOST_NAMED;
  return {
    ...incident,
    joining: isFull ? incident.joining : [...new Set([...incident.joining, ...critical])].slice(0, MOST_NAMED),
    joiningSince: incident.joiningSince ?? now,
  };
}

/** Since when critical alerts have been collected, if they may be more than are named. */
function crowdOf({ joining, joiningSince }: Incident, now: number): Pick<Speech, "joinedIn"> {
  if (joining.length < MOST_NAMED || joiningSince === undefined) return {};
  return { joinedIn: { from: joiningSince, to: now } };
}

function withoutJoining(incident: Incident): Incident {
  if (incident.joining.length === 0 && incident.joiningSince === undefined) return incident;
  const { joiningSince: _joiningSince, ...rest } = incident;
  return { ...rest, joining: [] };
}

function rank(severity: Severity): number {
  return SEVERITY_RANK[severity];
}

function milder(a: Severity, b: Severity): Severity {
  return rank(a) < rank(b) ? a : b;
}
