import { assertNever } from "../base/errors.js";
import type { Text } from "../base/text.js";
import { join, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Incident, IncidentAlert, OutboxRow, TimeSpan } from "../model/incident.js";
import type { Labels } from "../model/labels.js";
import type { Message } from "../model/message.js";
import { activeWords, beganAt, fitted, shortName } from "./alert-words.js";
import type { Offers } from "./incident.js";
import { bySeverity, isOver, lateMark, mentionsOf, renderIncident, toneOfIncident } from "./incident.js";
import { renderNotice } from "./notice.js";
import { renderThreadLine } from "./thread.js";
import type { FiledEntry } from "./storm.js";
import { toneWord } from "./tone.js";

/** What a post is made of. `incident` is absent for Toban's own notices. */
export interface AnnouncementView {
  readonly announcement: OutboxRow;
  readonly incident?: Incident;
  readonly entries: readonly FiledEntry[];
  readonly host: string;
  readonly globalLabels: Labels;
  readonly now: number;
  readonly lateMs?: number;
  readonly offers?: (target: string) => Offers;
}

type IncidentAnnouncement = AnnouncementView & { readonly incident: Incident };

/** How many titles a reply names. */
const TITLES = 3;

/** The alerts an announcement is about, still burning ones first; all of the incident's when it names none that is known. */
function subjects(view: AnnouncementView): readonly IncidentAlert[] {
  const { joinedIn } = view.announcement;
  const episodes = new Set(view.announcement.episodes);
  const named = view.entries.filter(
    (entry) => episodes.has(entry.episode) || (joinedIn !== undefined && joinedCritical(entry, joinedIn)),
  );
  const pool = named.length > 0 ? named : view.entries;
  const active = pool.filter((entry) => !isOver(entry));
  return bySeverity(active.length > 0 ? active : pool);
}

function joinedCritical({ joinedAt, alert }: IncidentAlert, { from, to }: TimeSpan): boolean {
  return alert.severity === "critical" && joinedAt >= from && joinedAt <= to;
}

function titles(entries: readonly IncidentAlert[], length: number, catalogue: Catalogue): Text {
  const shown = entries.slice(0, TITLES).map((entry) => activeWords(entry.alert, catalogue, length));
  const rest = entries.length - shown.length;
  return rest > 0 ? text`${join(shown, " · ")}${catalogue.alert.andMore(rest)}` : join(shown, " · ");
}

/** A short reply to the incident's message: an edit pings nobody, so what is new and urgent is said again. */
function reply(
  view: IncidentAnnouncement,
  lead: Text,
  entries: readonly IncidentAlert[],
  catalogue: Catalogue,
): Message {
  const tone = toneOfIncident(view);
  const summary = fitted(
    (length) => text`${shortName(view.host, length)}: ${lead}${titles(entries, length, catalogue)}`,
  );
  const first = entries[0];
  const labels = Object.values(view.globalLabels).map((value): Text => [value]);
  return {
    locale: catalogue.locale,
    tone,
    summary: text`${summary}${lateMark(view.lateMs, catalogue)}`,
    mentions: entries.every(isOver) ? [] : mentionsOf(view.incident.mentions),
    lines: [
      first === undefined
        ? text`${toneWord(tone, catalogue)}`
        : text`${toneWord(tone, catalogue)} · ${catalogue.alert.since(beganAt(first.alert))}`,
    ],
    footer: join([catalogue.alert.incident(view.incident.number), ...labels], " · "),
    actions: [],
    files: [],
  };
}

/** Whether something that is over already had been the same trouble as one of these. */
function firedBefore(entries: readonly IncidentAlert[], about: readonly IncidentAlert[]): boolean {
  const before = new Set(entries.filter(isOver).map((entry) => entry.alert.fingerprint));
  return about.some((entry) => before.has(entry.alert.fingerprint));
}

function withNote(message: Message, note: Text): Message {
  return { ...message, lines: [...message.lines, note] };
}

function renderOfIncident(view: IncidentAnnouncement, catalogue: Catalogue): Message {
  const about = subjects(view);
  const words = catalogue.alert;
  switch (view.announcement.kind) {
    case "opened":
      return renderIncident(view, catalogue);
    case "reposted":
      return withNote(renderIncident(view, catalogue), words.reposted);
    case "continued":
      return withNote(renderIncident(view, catalogue), words.continued);
    case "rose":
      return reply(view, words.rose(toneWord(view.announcement.severity, catalogue)), about, catalogue);
    case "joined":
      return reply(view, words.joined(about.length), about, catalogue);
    case "repeated":
      return reply(view, words.still((view.now - view.incident.openedAt) / 1_000), about, catalogue);
    case "reopened":
      return reply(view, firedBefore(view.entries, about) ? words.again : words.another, about, catalogue);
    case "thread":
      return renderThreadLine(view, catalogue);
    case "notice":
    case "answer":
      return renderNotice(view, catalogue);
    default:
      return assertNever(view.announcement.kind);
  }
}

/** What is posted for one row of the outbox, from the newest state. */
export function renderAnnouncement(view: AnnouncementView, catalogue: Catalogue): Message {
  const { incident, announcement } = view;
  if (announcement.answer !== undefined) return announcement.answer;
  return incident === undefined ? renderNotice(view, catalogue) : renderOfIncident({ ...view, incident }, catalogue);
}
