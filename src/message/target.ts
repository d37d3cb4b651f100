import { assertNever } from "../base/errors.js";
import type { Text } from "../base/text.js";
import { join, plain, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Facts } from "../model/facts.js";
import type { Message, MessageFile } from "../model/message.js";
import type { AlertLine, SeriesLine, TargetView } from "../model/view.js";
import { beganAt, rowWords, valueText } from "./alert-words.js";
import type { HealthActions } from "./health.js";
import { joined, readingParts, sampleText, seriesWords, stateWords } from "./reading-words.js";
import { TONE_LOOKS } from "./tone.js";

const ALERTS_SHOWN = 3;
const FACTS_SHOWN = 3;
/** Numbers in the text; all of them are in the file when there are more. */
const SERIES_SHOWN = 9;
const SERIES_IN_LINE = 3;
const PROCESSES_SHOWN = 3;

/** Series of the runner itself: said in the first line already. */
const META_SERIES: readonly string[] = ["probe_success", "probe_duration_seconds", "probe_timeout_seconds"];

function seriesValue(line: SeriesLine, catalogue: Catalogue): Text {
  // By the naming rules such a series holds a moment in Unix seconds.
  if (/_(?:not_after|timestamp|time)_seconds$/u.test(line.series)) {
    return [{ at: line.value * 1_000, style: "date-time" }];
  }
  return [sampleText(line.value, line.unit, catalogue)];
}

function seriesPart(line: SeriesLine, kind: string, catalogue: Catalogue): Text {
  const labels = Object.values(line.labels);
  const name = seriesWords(line.series, kind);
  const value = seriesValue(line, catalogue);
  return labels.length === 0 ? text`${name} ${value}` : text`${name} ${{ code: labels.join(" ") }} ${value}`;
}

function alertLine(line: AlertLine, now: number, catalogue: Catalogue): readonly Text[] {
  const { alert, rule } = line;
  const words = catalogue.health;
  switch (alert.state) {
    case "firing": {
      const level = rule?.levels.find((each) => each.severity === alert.severity);
      const { unit } = catalogue.alert.phraseOfRule(alert.rule);
      const ruleWords =
        level === undefined || unit === "none"
          ? text`${alert.rule}`
          : words.rule(
              alert.rule,
              level.threshold.op,
              valueText(unit, level.threshold.value, catalogue),
              level.forMs / 1_000,
            );
      const since = catalogue.alert.since(beganAt(alert));
      return [text`${TONE_LOOKS[alert.severity].icon} ${rowWords(alert, catalogue)} · ${since} · ${ruleWords}`];
    }
    case "pending":
      return [words.pending(alert.rule, Math.max(0, now - beganAt(alert)) / 1_000)];
    case "resolved":
    case "gone":
      return alert.endedAt === undefined ? [] : [words.ended(alert.rule, alert.endedAt)];
    case "inactive":
      return [];
    default:
      return assertNever(alert.state);
  }
}

function factLines(facts: Facts | undefined, catalogue: Catalogue): readonly Text[] {
  if (facts === undefined) return [];
  const words = catalogue.health;
  switch (facts.kind) {
    case "host": {
      const busiest = facts.top
        .filter((fact) => fact.cpuRatio !== undefined)
        .slice(0, PROCESSES_SHOWN)
        .map((fact) => words.process(fact.name, fact.cpuRatio ?? 0));
      const system =
        facts.system === undefined ? [] : [text`${{ code: facts.system.os }} · ${words.cores(facts.cores)}`];
      return [
        ...system,
        ...(busiest.length === 0 ? [] : [words.busy(join(busiest, " · "))]),
        ...facts.notPermitted.map(({ what, needs, because }) => catalogue.probe.notRead(what, needs, because)),
      ];
    }
    case "unit":
      return [
        joined([
          words.unit(facts.unit, facts.description),
          facts.mainPid === undefined || facts.mainPid === 0 ? [] : words.pid(facts.mainPid),
        ]),
        catalogue.alert.unitState(facts.active, facts.sub, facts.result),
      ];
    case "http":
      return [
        catalogue.alert.url(facts.url),
        ...(facts.mismatch === undefined
          ? []
          : [catalogue.alert.mismatch(facts.mismatch.what, facts.mismatch.expected, facts.mismatch.found)]),
        ...(facts.certificate === undefined
          ? []
          : [
              catalogue.alert.certificate(facts.certificate.subject, facts.certificate.validTo, facts.certificate.leaf),
            ]),
      ];
    case "self":
    case "discord":
      return [];
    default:
      return assertNever(facts);
  }
}

function courseLine(view: TargetView, catalogue: Catalogue): Text {
  const words = catalogue.health;
  const kinds: Readonly<Record<string, string>> = catalogue.probe.kinds;
  return joined([
    words.kindLine(kinds[view.kind] ?? view.kind, view.intervalMs / 1_000),
    view.measuredAt === undefined ? [] : words.measuredAt(view.measuredAt, (view.durationMs ?? 0) / 1_000),
    view.lastChange === undefined ? [] : words.lastChange(view.lastChange),
  ]);
}

function seriesLines(series: readonly SeriesLine[], kind: string, catalogue: Catalogue): readonly Text[] {
  const parts = series.slice(0, SERIES_SHOWN).map((line) => seriesPart(line, kind, catalogue));
  const lines: Text[] = [];
  for (let start = 0; start < parts.length; start += SERIES_IN_LINE) {
    lines.push(join(parts.slice(start, start + SERIES_IN_LINE), " · "));
  }
  const rest = series.length - parts.length;
  return rest > 0 ? [...lines, catalogue.health.moreSeries(rest)] : lines;
}

function everything(view: TargetView, lines: readonly Text[], catalogue: Catalogue): MessageFile {
  const rows = view.series.map((line) => {
    const labels = Object.entries(line.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const name = labels.length === 0 ? line.series : `${line.series}{${labels.join(",")}}`;
    return `${name}  ${plain(seriesValue(line, catalogue))}${line.help === undefined ? "" : `  ${line.help}`}`;
  });
  const content = [`${view.host}: ${view.name}`, "", ...lines.map(plain), "", ...rows, ""].join("\n");
  return { name: catalogue.health.targetFile(view.name), content };
}

/** `/health <target>`: everything about one target; what has no room is in a file. */
export function renderTarget(view: TargetView, actions: HealthActions, catalogue: Catalogue): Message {
  const firing = view.alerts.filter(({ alert }) => alert.state === "firing");
  const worst = firing[0]?.alert;
  const reading = view.reading === undefined ? [] : joined(readingParts(view.reading, view.now, catalogue));
  const state = stateWords(view.state, catalogue);
  const stopped = view.stopped && catalogue.action.stoppedBy(view.stopped.by, view.stopped.at);
  const headline = stopped ?? (worst !== undefined ? rowWords(worst, catalogue) : state.length > 0 ? state : reading);
  const alerts = view.alerts.flatMap((line) => alertLine(line, view.now, catalogue));
  const facts = factLines(view.facts, catalogue);
  const numbers = view.series.filter((line) => !META_SERIES.includes(line.series));
  const above = [
    courseLine(view, catalogue),
    ...alerts.slice(0, ALERTS_SHOWN),
    ...(alerts.length > ALERTS_SHOWN ? [[catalogue.health.more(alerts.length - ALERTS_SHOWN)]] : []),
    // The alert tells that it cannot be measured; the newest run tells why in its own words.
    ...(worst !== undefined && view.state.is === "failed" ? [state] : []),
  ];
  const labels = Object.values(view.labels).map((value): Text => [value]);
  const left = numbers.length > SERIES_SHOWN || facts.length > FACTS_SHOWN || alerts.length > ALERTS_SHOWN;
  return {
    locale: catalogue.locale,
    tone: view.tone,
    summary: joined([[view.host], [view.name], headline]),
    mentions: [],
    lines: [
      ...above,
      ...(worst === undefined && state.length === 0 ? [] : [reading]),
      ...facts.slice(0, FACTS_SHOWN),
      ...seriesLines(numbers, view.kind, catalogue),
    ].filter((line) => line.length > 0),
    ...(labels.length === 0 ? {} : { footer: join(labels, " · ") }),
    actions:
      actions.refresh === undefined
        ? []
        : [{ id: actions.refresh, label: catalogue.health.refresh, style: "secondary" }],
    files: left ? [everything(view, [courseLine(view, catalogue), ...alerts, ...facts], catalogue)] : [],
  };
}
