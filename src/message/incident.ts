import type { Text } from "../base/text.js";
import { join, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Alert } from "../model/alert.js";
import type { Incident, IncidentAlert, OutboxRow } from "../model/incident.js";
import type { Labels } from "../model/labels.js";
import type { Mention, Message, MessageAction, Tone } from "../model/message.js";
import type { Severity } from "../model/rule.js";
import { SEVERITY_RANK } from "../model/rule.js";
import { activeWords, beganAt, endedWords, fitted, outlook, shortName } from "./alert-words.js";
import { evidenceLines } from "./evidence.js";
import { incidentFile, leftOver, likelyCause } from "./storm.js";
import type { FiledEntry } from "./storm.js";
import { TONE_LOOKS, toneWord } from "./tone.js";

/** The buttons that the configuration gives a target. Who may press them is decided when they are pressed. */
export interface Offers {
  readonly logs: boolean;
  readonly restart: boolean;
}

/** Everything one message about an incident is made of. Times in UTC milliseconds. */
export interface IncidentView {
  readonly incident: Incident;
  /** Every alert of it, ended ones too, in any order. */
  readonly entries: readonly FiledEntry[];
  /** What is being announced, when this is a new post and not an edit. */
  readonly announcement?: OutboxRow;
  readonly host: string;
  /** `environment: production` and the like: small print. */
  readonly globalLabels: Labels;
  readonly now: number;
  /** What can be done about a target from its message; absent: nothing. */
  readonly offers?: (target: string) => Offers;
  /** How much later than wanted it leaves, when that is worth saying. */
  readonly lateMs?: number;
}

/** How many alerts stand in the text; the rest is counted and attached. */
const SHOWN_ALERTS = 10;

export function isOver(entry: IncidentAlert): boolean {
  return entry.endedAt !== undefined;
}

/** The severest first, then the one that has lasted longest, then by name: the same order at every rendering. */
export function bySeverity<T extends IncidentAlert>(entries: readonly T[]): readonly T[] {
  // What is compared is computed once an entry: a storm has thousands.
  return entries
    .map((entry) => ({
      entry,
      rank: (isOver(entry) ? 0 : 10) + SEVERITY_RANK[entry.alert.severity],
      began: beganAt(entry.alert),
    }))
    .toSorted((a, b) => b.rank - a.rank || a.began - b.began || (a.entry.episode < b.entry.episode ? -1 : 1))
    .map(({ entry }) => entry);
}

function toneOfEntry(entry: IncidentAlert): Tone {
  if (!isOver(entry)) return entry.alert.severity;
  return entry.alert.state === "gone" ? "unknown" : "well";
}

export function toneOfIncident(view: IncidentView): Tone {
  let worst: Severity | undefined;
  for (const entry of view.entries) {
    const { severity } = entry.alert;
    if (!isOver(entry) && (worst === undefined || SEVERITY_RANK[severity] > SEVERITY_RANK[worst])) worst = severity;
  }
  if (worst !== undefined) return worst;
  const outcome =
    view.incident.outcome ?? (view.entries.every((entry) => entry.alert.state === "gone") ? "gone" : "recovered");
  return outcome === "gone" ? "unknown" : "well";
}

/** `role:123`, `user:456`, as routes write them. */
export function mentionsOf(marks: readonly string[]): readonly Mention[] {
  return marks.flatMap((mark) => {
    const [kind, id] = mark.split(":");
    return (kind === "role" || kind === "user") && id !== undefined ? [{ kind, id }] : [];
  });
}

function countOf(entries: readonly IncidentAlert[], severity: Severity): number {
  return entries.filter((entry) => entry.alert.severity === severity).length;
}

function countGone(entries: readonly IncidentAlert[]): number {
  return entries.filter((entry) => entry.alert.state === "gone").length;
}

export function lateMark(lateMs: number | undefined, catalogue: Catalogue): Text {
  return lateMs === undefined || lateMs <= 0 ? [] : catalogue.alert.late(lateMs / 1_000);
}

/** The first line: host, what, value, limit; for several, how many and which is the worst. */
function summaryOf(view: IncidentView, sorted: readonly IncidentAlert[], catalogue: Catalogue): Text {
  const active = sorted.filter((entry) => !isOver(entry));
  const late = lateMark(view.lateMs, catalogue);
  const counts = catalogue.alert.problems(
    active.length,
    countOf(active, "critical"),
    countOf(active, "warning"),
    countOf(active, "info"),
  );
  const line = fitted((length) => {
    const prefix = text`${shortName(view.host, length)}: `;
    const only = sorted.length === 1 ? sorted[0] : undefined;
    const worst = active[0];
    if (only !== undefined) {
      return only.endedAt === undefined
        ? text`${prefix}${activeWords(only.alert, catalogue, length)}${outlook(only.alert, view.now, catalogue)}`
        : text`${prefix}${endedWords(only, only.endedAt, catalogue, length)}`;
    }
    if (worst === undefined) {
      const gone = toneOfIncident(view) === "unknown";
      const lasted = ((view.incident.endedAt ?? view.now) - view.incident.openedAt) / 1_000;
      return gone
        ? text`${prefix}${catalogue.alert.allGone(sorted.length)}`
        : text`${prefix}${catalogue.alert.allOver(sorted.length, countGone(sorted), Math.max(0, lasted))}`;
    }
    if (active.length === 1) {
      return text`${prefix}${activeWords(worst.alert, catalogue, length)} · ${catalogue.alert.someOver(sorted.length - 1)}`;
    }
    return text`${prefix}${counts}: ${activeWords(worst.alert, catalogue, length)}`;
  });
  return text`${line}${late}`;
}

/** `timed`: it says since when, because no line above it does. */
function entryLine(entry: IncidentAlert, timed: boolean, catalogue: Catalogue): Text {
  const icon = TONE_LOOKS[toneOfEntry(entry)].icon;
  if (entry.endedAt !== undefined) return text`${icon} ${endedWords(entry, entry.endedAt, catalogue)}`;
  const what = text`${icon} ${activeWords(entry.alert, catalogue)}`;
  return timed ? text`${what} · ${catalogue.alert.since(beganAt(entry.alert))}` : what;
}

/** Rules that say no more than that something is wrong: what it means and what to do depends on the reason. */
const BY_REASON: readonly string[] = ["TargetDown", "UnitInactive", "ProbeFailed"];

/** What it means and what to do: by the reason where there is one, else one sentence each for the built-in rules. */
function advice(alert: Alert, catalogue: Catalogue): readonly Text[] {
  const { rule } = alert;
  const words = BY_REASON.includes(rule) ? reasonWords(alert, catalogue) : undefined;
  if (words !== undefined) return bothSentences(words, catalogue);
  if (!Object.hasOwn(catalogue.rules, rule)) return [];
  return bothSentences(catalogue.rules[rule as keyof Catalogue["rules"]], catalogue);
}

/** What a reason of the alert's says about it. */
function reasonWords({ reason, failure }: Alert, { reason: words }: Catalogue): Advice | undefined {
  if (failure !== undefined) return words.failures[failure];
  return reason === undefined ? undefined : words.reasons[reason];
}

interface Advice {
  readonly means: string;
  readonly do: string;
}

/** What it means is never said without what to do. */
function bothSentences(words: Advice, { alert }: Catalogue): readonly Text[] {
  return [alert.means(words.means), alert.todo(words.do)];
}

function timesOf(view: IncidentView, only: IncidentAlert, catalogue: Catalogue): readonly Text[] {
  if (only.endedAt === undefined) return [];
  const { away } = view.incident;
  return [
    catalogue.alert.fromTo(beganAt(only.alert), only.endedAt),
    ...(away === undefined ? [] : [catalogue.alert.away(away.from, away.to)]),
  ];
}

/** One alert alone: everything about it. */
function singleLines(view: IncidentView, only: IncidentAlert, catalogue: Catalogue): readonly Text[] {
  const { alert } = only;
  const over = only.endedAt !== undefined;
  const word = toneWord(toneOfEntry(only), catalogue);
  const head = over
    ? text`${alert.rule} · ${word}`
    : text`${alert.rule} · ${word} · ${catalogue.alert.since(beganAt(alert))}`;
  return [
    head,
    ...timesOf(view, only, catalogue),
    ...(alert.untrusted ? [catalogue.alert.untrusted] : []),
    ...(over ? [] : evidenceLines(alert, catalogue)),
    ...(over ? [] : advice(alert, catalogue)),
  ];
}

/** Alerts that began within this time began together: their times would read alike. */
const TOGETHER_MS = 60_000;

/** When the first of them began, and whether the others began with it. */
function spanOf(active: readonly IncidentAlert[]): { readonly first: number; readonly together: boolean } | undefined {
  if (active.length === 0) return undefined;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { alert } of active) {
    const began = beganAt(alert);
    first = Math.min(first, began);
    last = Math.max(last, began);
  }
  return { first, together: active.length > 1 && last - first < TOGETHER_MS };
}

function isSameTrouble(a: Alert, b: Alert): boolean {
  return a.rule === b.rule && (a.failure ?? a.reason) === (b.failure ?? b.reason);
}

/** Several: one line each up to ten, what is left out counted; then what all of them may come from. */
function severalLines(view: IncidentView, sorted: readonly IncidentAlert[], catalogue: Catalogue): readonly Text[] {
  const active = sorted.filter((entry) => !isOver(entry));
  const shown = sorted.slice(0, SHOWN_ALERTS);
  const rest = sorted.slice(SHOWN_ALERTS);
  const cause = likelyCause(active, catalogue);
  const span = spanOf(active);
  const { away } = view.incident;
  const one = active[0]?.alert;
  const alike = one !== undefined && active.every(({ alert }) => isSameTrouble(alert, one)) ? one : undefined;
  return [
    ...(span === undefined
      ? []
      : [span.together ? catalogue.alert.since(span.first) : catalogue.alert.firstSince(span.first)]),
    ...shown.map((entry) => entryLine(entry, span?.together !== true, catalogue)),
    ...(rest.length === 0 ? [] : [leftOver(rest, catalogue)]),
    ...(cause === undefined ? [] : [catalogue.alert.likelyCause(cause)]),
    ...(sorted.some((entry) => entry.alert.untrusted && !isOver(entry)) ? [catalogue.alert.untrusted] : []),
    ...(away === undefined || active.length > 0 ? [] : [catalogue.alert.away(away.from, away.to)]),
    ...(alike === undefined ? [] : advice(alike, catalogue)),
  ];
}

function footerOf(view: IncidentView, catalogue: Catalogue): Text {
  const labels = Object.values(view.globalLabels).map((value): Text => [value]);
  return join([catalogue.alert.incident(view.incident.number), ...labels], " · ");
}

/** The next step, while something about a single target fires. The button names the incident and carries no authority. */
function actionsOf(view: IncidentView, catalogue: Catalogue): readonly MessageAction[] {
  const active = view.entries.filter((entry) => !isOver(entry));
  const target = active[0]?.alert.target;
  const isOne = target !== undefined && active.every(({ alert }) => alert.target === target);
  const offers = isOne ? view.offers?.(target) : undefined;
  const { buttons } = catalogue.alert;
  const { id } = view.incident;
  return [
    ...(offers?.logs ? [{ id: `v1:incident-logs:${id}`, label: buttons.logs, style: "secondary" } as const] : []),
    ...(offers?.restart
      ? [{ id: `v1:incident-restart:${id}`, label: buttons.restart, style: "secondary" } as const]
      : []),
  ];
}

/** An incident as it stands now: the one message that is posted first and edited from then on. */
export function renderIncident(view: IncidentView, catalogue: Catalogue): Message {
  const sorted = bySeverity(view.entries);
  const only = sorted.length === 1 ? sorted[0] : undefined;
  const over = sorted.every(isOver);
  return {
    locale: catalogue.locale,
    tone: toneOfIncident(view),
    summary: summaryOf(view, sorted, catalogue),
    // What is already over wakes nobody.
    mentions: over ? [] : mentionsOf(view.incident.mentions),
    lines: only === undefined ? severalLines(view, sorted, catalogue) : singleLines(view, only, catalogue),
    footer: footerOf(view, catalogue),
    actions: actionsOf(view, catalogue),
    files: sorted.length > SHOWN_ALERTS ? [incidentFile(view, sorted, catalogue)] : [],
  };
}
