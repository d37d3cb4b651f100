import type { Catalogue } from "../locale/index.js";
import { renderAnnouncement } from "../message/announcement.js";
import { renderIncident } from "../message/incident.js";
import type { Offers } from "../message/incident.js";
import { fileLine } from "../message/storm.js";
import type { FiledEntry } from "../message/storm.js";
import { threadName } from "../message/thread.js";
import type { Incident, IncidentAlert, OutboxRow } from "../model/incident.js";
import type { Labels } from "../model/labels.js";
import type { Message } from "../model/message.js";

/** What one message is made of: the newest state at the moment of sending. */
export interface View {
  readonly incident?: Incident;
  readonly entries: readonly FiledEntry[];
  readonly announcement?: OutboxRow;
  readonly now: number;
  readonly lateMs?: number;
}

/** Makes messages of views. */
export interface Renderer {
  /** An incident as it stands. */
  incident(view: View & { readonly incident: Incident }): Message;
  /** What one row of the outbox says. */
  announcement(view: View & { readonly announcement: OutboxRow }): Message;
  /** The line of an entry in its incident's file. */
  fileLine(entry: IncidentAlert): string;
  /** How the thread of an incident's message is called. */
  threadName(view: View & { readonly incident: Incident }): string;
}

export interface RendererOptions {
  readonly host: string;
  readonly globalLabels: Labels;
  readonly catalogue: Catalogue;
  /** What can be done about a target from its message; absent: nothing. */
  readonly offers?: (target: string) => Offers;
}

export function createRenderer({ catalogue, ...around }: RendererOptions): Renderer {
  return {
    incident: (view) => renderIncident({ ...view, ...around }, catalogue),
    announcement: (view) => renderAnnouncement({ ...view, ...around }, catalogue),
    fileLine: (entry) => fileLine(entry, catalogue),
    threadName: (view) => threadName({ ...view, ...around }, catalogue),
  };
}
