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

/**
 * What many alerts may come from, if there is a sign: the host itself in trouble before the others; or most of them failing in the
 * same way; or one that clearly began before the rest.
 */
export function likelyCause(active: readonly IncidentAlert[], catalogue: Catalogue): Text | undefined {
  if (active.length < CROWD) return undefined;
  const byStart = active.toSorted((a, b) => beganAt(a.alert) - beganAt(b.alert));
  const first = byStart[0];
  const middle = byStart[Math.floor(byStart.length / 2)];
  if (first === undefined || middle === undefined) return undefined;
  const middleStart = beganAt(middle.alert);
  const host = byStart.find(
    (entry) =>
      entry.alert.severity === "critical" &&
      catalogue.alert.phraseOfRule(entry.alert.rule).host === true &&
      beganAt(entry.alert) <= middleStart,
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

/** Moments in UTC to the second. Thousands of alerts begin within a few seconds, so each second is written out once. */
function utcWriter(): (at: number | undefined) => string {
  const written = new Map<number, string>();
  return (at) => {
    if (at === undefined) return "-";
    const second = Math.trunc(at / 1_000);
    const known = written.get(second);
    if (known !== undefined) return known;
    const words = new Date(second * 1_000).toISOString().replace("T", " ").slice(0, 19);
    written.set(second, words);
    return words;
  };
}

/** Every alert of the incident, sorted by severity, one line each, as plain text. */
export function incidentFile(
  view: { readonly incident: Incident; readonly host: string },
  sorted: readonly IncidentAlert[],
  catalogue: Catalogue,
): MessageFile {
  const utc = utcWriter();
  const rows = SEVERITIES.flatMap((severity) =>
    sorted
      .filter((entry) => entry.alert.severity === severity)
      .map((entry) => {
        const { alert, endedAt } = entry;
        const what = endedAt === undefined ? activeWords(alert, catalogue) : endedWords(entry, endedAt, catalogue);
        const limit = limitText(alert, catalogue) ?? "-";
        const times = `${utc(beganAt(alert))} | ${utc(endedAt)}`;
        return oneLine(`${catalogue.tone[severity]} | ${plain(what)} | ${limit} | ${times}`);
      }),
  );
  const title = catalogue.alert.fileTitle(view.incident.number, oneLine(view.host));
  return {
    name: catalogue.alert.fileName(view.incident.number),
    content: `${title}\n${catalogue.alert.fileHead}\n\n${rows.join("\n")}\n`,
  };
}
