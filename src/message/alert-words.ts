import type { Text } from "../base/text.js";
import { plain, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Alert } from "../model/alert.js";
import type { HttpFacts } from "../model/facts.js";
import type { IncidentAlert } from "../model/incident.js";
import type { Reason } from "../model/reason.js";
import { SEVERITIES } from "../model/rule.js";
import { clip } from "./clip.js";
import { oneLine } from "./sanitize.js";

/** What a push notification shows for certain: the first line has to have said it by then. */
const FIRST_LINE_LENGTH = 100;

/** Lengths that names are cut to, one after the other, until the first line fits. */
const NAME_LENGTHS = [64, 40, 28, 20, 14, 10] as const;

/** The first of the texts, made for ever shorter names, that stays within the first line. */
export function fitted(make: (nameLength: number) => Text, max: number = FIRST_LINE_LENGTH): Text {
  let out: Text = [];
  for (const length of NAME_LENGTHS) {
    out = make(length);
    if (plain(out).length <= max) return out;
  }
  return out;
}

export function shortName(name: string, max: number): string {
  return clip(oneLine(name), max);
}

/** A value with its unit, as people say it. */
export function valueText(unit: string, value: number, catalogue: Catalogue): string {
  switch (unit) {
    case "ratio":
      return catalogue.units.ratio(value);
    case "seconds":
      return catalogue.units.seconds(value);
    case "bytes":
      return catalogue.units.bytes(value);
    default:
      return catalogue.units.count(value);
  }
}

function reasonWords(alert: Alert, nameLength: number, catalogue: Catalogue): string {
  if (alert.failure !== undefined) return catalogue.reason.failures[alert.failure].short;
  if (alert.reason === undefined) return catalogue.alert.noReason;
  const { short } = catalogue.reason.reasons[alert.reason];
  return alert.evidence?.kind === "http" ? httpReason(alert.reason, alert.evidence, nameLength, catalogue) : short;
}

/** How many of a service's parts the first line names. */
const PARTS_NAMED = 3;

/** The reason with what says most of it: the status, where a redirect leads, what is down, the parser's word. */
function httpReason(reason: Reason, facts: HttpFacts, nameLength: number, catalogue: Catalogue): string {
  const { status, location, down = [], mismatch } = facts;
  const words = catalogue.alert;
  const { short } = catalogue.reason.reasons[reason];
  if (reason === "bad_http" && mismatch !== undefined) return words.because(short, mismatch.found);
  const byStatus = status !== undefined && (reason === "wrong_status" || reason === "redirected");
  const to = location === undefined ? undefined : shortName(location, nameLength);
  const what = byStatus ? words.httpStatus(status, to) : short;
  if (down.length === 0) return what;
  const parts = down.slice(0, PARTS_NAMED).map((part) => shortName(`${part.name} ${part.status}`, nameLength));
  return words.because(what, words.partsDown(parts, down.length - parts.length));
}

/** Results of systemd that the status of the main process says more about. */
const WITH_STATUS: readonly string[] = ["exit-code", "signal", "core-dump"];

/** systemd's result, and the exit status or signal: `exit-code 3`. */
function endedBadly({ evidence }: Alert, nameLength: number): string | undefined {
  if (evidence?.kind !== "unit") return undefined;
  const bad = evidence.result !== undefined && evidence.result !== "success";
  const { result, exitStatus } = bad ? evidence : (evidence.lastFailure ?? {});
  if (result === undefined) return undefined;
  const status = WITH_STATUS.includes(result) && exitStatus !== undefined ? ` ${exitStatus}` : "";
  return shortName(`${result}${status}`, nameLength);
}

function named(name: string | undefined, nameLength: number): string | undefined {
  return name === undefined ? undefined : shortName(name, nameLength);
}

/** The alert's phrase, bound to its names and to a value. */
function bound(alert: Alert, value: number, nameLength: number, catalogue: Catalogue) {
  const phrase = catalogue.alert.phraseOfRule(alert.rule);
  const words = {
    target: shortName(alert.target, nameLength),
    label: (name: string): string => shortName(alert.labels[name] ?? "", nameLength),
    // A moment that has passed is no negative span.
    value: valueText(phrase.unit === "none" ? "seconds" : phrase.unit, Math.max(0, value), catalogue),
    count: Math.round(value),
    reason: reasonWords(alert, nameLength, catalogue),
    code: alert.failure ?? alert.reason,
    ended: endedBadly(alert, nameLength),
    victim: alert.evidence?.kind === "host" ? named(alert.evidence.oomVictim?.name, nameLength) : undefined,
  };
  return { phrase, words };
}

/** Since when it has been bad: the first bad sample of any level, else the start of firing. */
export function beganAt(alert: Alert): number {
  let began = alert.firingSince ?? alert.lastSampleAt;
  for (const severity of SEVERITIES) {
    const since = alert.badSince[severity];
    if (since !== undefined && since < began) began = since;
  }
  return began;
}

export function kindOf(alert: Alert, catalogue: Catalogue): string {
  return catalogue.alert.phraseOfRule(alert.rule).kind;
}

export function limitText(alert: Alert, catalogue: Catalogue): string | undefined {
  const { unit } = catalogue.alert.phraseOfRule(alert.rule);
  return unit === "none" ? undefined : valueText(unit, alert.limit.value, catalogue);
}

/** What is bad, how bad, and the limit: `disk / 93 % (limit 90 %)`. */
export function activeWords(alert: Alert, catalogue: Catalogue, nameLength: number = 64): Text {
  const { phrase, words } = bound(alert, alert.value, nameLength, catalogue);
  const limit = limitText(alert, catalogue);
  return limit === undefined ? phrase.now(words) : text`${phrase.now(words)}${catalogue.alert.limit(limit)}`;
}

/** What an alert is about, without its state: `disk /`. */
export function subjectWords(alert: Alert, catalogue: Catalogue): Text {
  const { phrase, words } = bound(alert, alert.value, NAME_LENGTHS[2], catalogue);
  return phrase.subject(words);
}

/** The same for a line that already names the target. */
export function rowWords(alert: Alert, catalogue: Catalogue): Text {
  const [first, ...rest] = activeWords({ ...alert, target: "" }, catalogue);
  return typeof first === "string" ? [first.trimStart(), ...rest] : activeWords(alert, catalogue);
}

/** Where it is going: `, full in ~5 h`. Empty when nothing is known, or when the end lies too far away to matter. */
export function outlook(alert: Alert, now: number, catalogue: Catalogue): Text {
  const { exhausted } = catalogue.alert.phraseOfRule(alert.rule);
  if (exhausted === undefined || alert.exhaustedAt === undefined) return [];
  const seconds = (alert.exhaustedAt - now) / 1_000;
  if (seconds <= 0 || seconds > 30 * 86_400) return [];
  return text`, ${exhausted(seconds)}`;
}

/** How it ended: `disk / 71 % · was 94 %, over after 42 min`; grey: `disk / no longer watched after 42 min · last 94 %`. */
export function endedWords(entry: IncidentAlert, endedAt: number, catalogue: Catalogue, nameLength: number = 64): Text {
  const { alert } = entry;
  const { phrase, words } = bound(alert, alert.value, nameLength, catalogue);
  const lasted = Math.max(0, endedAt - beganAt(alert)) / 1_000;
  const worst = phrase.unit === "none" ? undefined : valueText(phrase.unit, alert.worst, catalogue);
  if (alert.state === "gone") {
    const gone = text`${phrase.subject(words)} ${catalogue.alert.goneAfter(lasted)}`;
    return worst === undefined ? gone : text`${gone} · ${catalogue.alert.lastValue(words.value)}`;
  }
  const over = catalogue.alert.overAfter(lasted);
  return worst === undefined
    ? text`${phrase.over(words)} · ${over}`
    : text`${phrase.over(words)} · ${catalogue.alert.wasAtWorst(worst)}, ${over}`;
}
