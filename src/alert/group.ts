import type { Alert } from "../model/alert.js";
import type { Incident } from "../model/incident.js";
import { labelsKey } from "../model/labels.js";
import type { Destination } from "./route.js";

/** The group of every storm incident; no grouping of labels gives this text. */
export const STORM_GROUP = "storm";
/** More incidents than this that begin in a channel within the window are a storm. */
export const STORM_ABOVE = 5;
export const STORM_WINDOW_MS = 30_000;

/** What the stage may ask about one channel. */
export interface Standing {
  open(channel: string, group: string): Incident | undefined;
  /** The newest incident of that group that has ended. */
  lastEnded(channel: string, group: string): Incident | undefined;
  /** When incidents of the channel began or began again lately. */
  openings(channel: string): readonly number[];
}

/** Which incident an alert goes into. */
export type Placement =
  | { readonly kind: "join"; readonly incident: Incident }
  | { readonly kind: "reopen"; readonly incident: Incident }
  | { readonly kind: "open"; readonly group: string; readonly as: Incident["kind"] };

/**
 * Third stage: an alert joins the open incident of its group; else the storm of the channel, if there is one; else it opens
 * its group's incident, anew if that ended within `reopenWithin`. When the channel has seen five begin within 30 s, a storm
 * incident takes the sixth and all that follow until it has ended. While that crowd is fresh, the storm takes every new alert:
 * six messages that grow at once would share the few edits a channel allows, and none of them would be up to date.
 */
export function group(alert: Alert, destination: Destination, standing: Standing, now: number): Placement {
  const { channel } = destination;
  const key = groupKey(alert, destination.groupBy);
  const crowded = standing.openings(channel).filter((at) => within(at, now, STORM_WINDOW_MS)).length >= STORM_ABOVE;
  const storm = standing.open(channel, STORM_GROUP);
  const own = standing.open(channel, key);
  const open = crowded ? (storm ?? own) : (own ?? storm);
  if (open) return { kind: "join", incident: open };
  const wanted = crowded ? STORM_GROUP : key;
  const ended = standing.lastEnded(channel, wanted);
  if (ended?.endedAt !== undefined && within(ended.endedAt, now, destination.reopenWithinMs)) {
    return { kind: "reopen", incident: ended };
  }
  return { kind: "open", group: wanted, as: crowded ? "storm" : "group" };
}

/** A moment in the future is one from before the clock was set back: it is not lately. */
function within(at: number, now: number, ms: number): boolean {
  return at <= now && now - at <= ms;
}

/** Canonical text of the grouping labels. The host always counts: two hosts are two problems. */
export function groupKey(alert: Alert, groupBy: readonly string[]): string {
  const labels: Record<string, string> = { host: alert.host };
  for (const name of groupBy) labels[name] = labelOf(alert, name);
  return labelsKey(labels);
}

function labelOf(alert: Alert, name: string): string {
  if (name === "target") return alert.target;
  if (name === "rule") return alert.rule;
  if (name === "severity") return alert.severity;
  return name === "host" ? alert.host : (alert.labels[name] ?? "");
}
