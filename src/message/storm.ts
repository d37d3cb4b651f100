import type { Text } from "../base/text.js";
import { join, plain } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Incident, IncidentAlert } from "../model/incident.js";
import type { MessageFile } from "../model/message.js";
import type { Reason } from "../model/reason.js";
import { SEVERITIES } from "../model/rule.js";
import { activeWords, beganAt, endedWords, kindOf, limitText } from "./alert-words.js";
import { oneLine } from "./sanitize.js";

const KINDS_SHOWN = 4;

function countedBy<T extends string>(
  entries: readonly IncidentAlert[],
  key: (entry: IncidentAlert) => T | undefined,
): [T, number][] {
  const counts = new Map<T, number>();
  for (const entry of entries) {
    const name = key(entry);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** What did not fit, counted by kind: `32 more: 20 × HTTP latency, 7 × log errors, 3 other kinds`. */
export function leftOver(rest: readonly IncidentAlert[], catalogue: Catalogue): Text {
  const kinds = countedBy(rest, (entry) => kindOf(entry.alert, catalogue));
  const parts = kinds.slice(0, KINDS_SHOWN).map(([kind, count]) => catalogue.alert.kindCount(count, kind));
  if (kinds.length > KINDS_SHOWN) parts.push(catalogue.alert.moreKinds(kinds.length - KINDS_SHOWN));
  return catalogue.alert.more(rest.length, join(parts, ", "));
}

/** Reasons that point to something the targets have in common. */
const COMMON_REASONS: readonly Reason[] = ["name_not_found", "unreachable", "timeout", "refused"];
/** How many alerts it takes before one speaks of a common cause. */
const CROWD = 4;
/** How much earlier than the middle one the first must have begun to be called the first. */
const LEAD_MS = 5_000;

/** The one that began first; of several the first named. */
function earliest(entries: readonly IncidentAlert[]): IncidentAlert | undefined {
  let found: IncidentAlert | undefined;
  let start = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const began = beganAt(entry.alert);
    if (found !== undefined && began >= start) continue;
    found = entry;
    start = began;
  }
  return found;
}

/**
 * What many alerts may come from, if there is a sign: the host itself in trouble before the others; or most of them failing in the
 * same way; or one that clearly began before the rest.
 */
export function likelyCause(active: readonly IncidentAlert[], catalogue: Catalogue): Text | undefined {
  if (active.length < CROWD) return undefined;
  const starts = Float64Array.from(active, (entry) => beganAt(entry.alert));
  const first = earliest(active);
  const middleStart = starts.toSorted()[Math.floor(starts.length / 2)];
  if (first === undefined || middleStart === undefined) return undefined;
  const host = earliest(
    active.filter(
      ({ alert }, index) =>
        alert.severity === "critical" &&
        (starts[index] ?? 0) <= middleStart &&
        catalogue.alert.phraseOfRule(alert.rule).host === true,
    ),
  );
  if (host !== undefined) return activeWords(host.alert, catalogue);
  const [reason] = countedBy(active, (entry) => entry.alert.reason).filter(([name]) => COMMON_REASONS.includes(name));
  if (reason !== undefined && reason[1] * 2 >= active.length) {
    return catalogue.alert.causeReason(reason[1], catalogue.reason.reasons[reason[0]].short);
  }
  if (middleStart - beganAt(first.alert) >= LEAD_MS) {
    return catalogue.alert.causeFirst(activeWords(first.alert, catalogue));
  }
  return undefined;
}

/** An entry of an incident, with its line in the incident's file where that is known already. */
export interface FiledEntry extends IncidentAlert {
  readonly fileLine?: string;
}

/** A moment in UTC to the second. */
function utc(at: number | undefined): string {
  return at === undefined ? "-" : new Date(at).toISOString().replace("T", " ").slice(0, 19);
}

/** An entry's line in its incident's file. It depends on nothing else, so it may be kept for as long as the entry stays the same. */
export function fileLine(entry: IncidentAlert, catalogue: Catalogue): string {
  const { alert, endedAt } = entry;
  const what = endedAt === undefined ? activeWords(alert, catalogue) : endedWords(entry, endedAt, catalogue);
  const limit = limitText(alert, catalogue) ?? "-";
  const times = `${utc(beganAt(alert))} | ${utc(endedAt)}`;
  return oneLine(`${catalogue.tone[alert.severity]} | ${plain(what)} | ${limit} | ${times}`);
}

/** Every alert of the incident, sorted by severity, one line each, as plain text. */
export function incidentFile(
  view: { readonly incident: Incident; readonly host: string },
  sorted: readonly FiledEntry[],
  catalogue: Catalogue,
): MessageFile {
  const rows = SEVERITIES.flatMap((severity) =>
    sorted
      .filter((entry) => entry.alert.severity === severity)
      .map((entry) => entry.fileLine ?? fileLine(entry, catalogue)),
  );
  const title = catalogue.alert.fileTitle(view.incident.number, oneLine(view.host));
  return {
    name: catalogue.alert.fileName(view.incident.number),
    content: `${title}\n${catalogue.alert.fileHead}\n\n${rows.join("\n")}\n`,
  };
}
