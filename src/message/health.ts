import type { Text } from "../base/text.js";
import { join, plain, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Message, MessageAction, MessageFile } from "../model/message.js";
import type { HealthView, TargetLine } from "../model/view.js";
import { rowWords } from "./alert-words.js";
import { joined, readingParts, stateWords } from "./reading-words.js";
import { TONE_LOOKS } from "./tone.js";

/** Targets with a line of their own: with the rest in one line, the answer has at most ten. */
const ROWS = 7;
const ALERTS_IN_ROW = 2;
/** Names of well targets in the line that counts the rest. */
const NAMES_LENGTH = 160;

/** Ids of the buttons; absent ones are not shown. */
export interface HealthActions {
  readonly refresh?: string;
  /** Only problems, or everything again. */
  readonly toggle?: string;
}

/** One target: icon, name, what is wrong, the few numbers it is known by. */
function targetRow(line: TargetLine, now: number, catalogue: Catalogue): Text {
  const head = text`${TONE_LOOKS[line.tone].icon} ${{ code: line.name }}`;
  const { detail } = line;
  if (detail === undefined) return head;
  if (detail.stopped) {
    const { by, at } = detail.stopped;
    const muted = detail.firing.length === 0 ? [] : catalogue.action.alertsMuted(detail.firing.length);
    return text`${head}  ${joined([catalogue.action.stoppedBy(by, at), muted])}`;
  }
  const firing = detail.firing.slice(0, ALERTS_IN_ROW).map((alert) => rowWords(alert, catalogue));
  const rest = detail.firing.length - firing.length;
  const wrong: readonly Text[] =
    firing.length > 0
      ? rest > 0
        ? [join(firing, " · "), [catalogue.health.more(rest)]]
        : firing
      : [stateWords(line.state, catalogue)];
  const reading = detail.reading === undefined ? [] : readingParts(detail.reading, now, catalogue);
  const said = joined([...wrong, ...reading]);
  return said.length === 0 ? head : text`${head}  ${said}`;
}

function hostLine(view: HealthView, catalogue: Catalogue): readonly Text[] {
  const host = view.hostReading;
  if (host === undefined) return [];
  const parts = readingParts(host.reading, view.now, catalogue);
  const { trend } = host;
  const shownDisk = host.reading.disks[0]?.mount;
  const change = trend !== undefined && trend.mount === shownDisk ? catalogue.probe.perDay(trend.bytesPerDay) : [];
  const old = host.staleMs === undefined ? [] : catalogue.health.old(host.staleMs / 1_000);
  return parts.length === 0 ? [] : [text`${joined(parts)}${change}${old}`];
}

function restLine(rest: readonly TargetLine[], catalogue: Catalogue): Text {
  const worst = rest[0];
  if (worst === undefined) return [];
  const icon = TONE_LOOKS[worst.tone].icon;
  const words = rest.every((line) => line.tone === "well")
    ? catalogue.health.moreWell(rest.length)
    : catalogue.health.more(rest.length);
  const names: Text[] = [];
  let used = 0;
  for (const line of rest) {
    used += line.name.length + 4;
    if (used > NAMES_LENGTH) break;
    names.push([{ code: line.name }]);
  }
  const left = rest.length - names.length;
  return text`${icon} ${words}: ${join(names, ", ")}${left > 0 ? catalogue.health.andMore(left) : []}`;
}

function fullList(view: HealthView, catalogue: Catalogue): MessageFile {
  const rows = view.targets.map((line) => plain(targetRow(line, view.now, catalogue)));
  return { name: catalogue.health.file, content: `${rows.join("\n")}\n` };
}

function buttons(view: HealthView, actions: HealthActions, catalogue: Catalogue): readonly MessageAction[] {
  const words = catalogue.health;
  return [
    ...(actions.refresh === undefined
      ? []
      : [{ id: actions.refresh, label: words.refresh, style: "secondary" } as const]),
    ...(actions.toggle === undefined
      ? []
      : [
          {
            id: actions.toggle,
            label: view.onlyProblems ? words.showAll : words.onlyProblems,
            style: "secondary",
          } as const,
        ]),
  ];
}

/** `/health`: the host and what is watched on it. Without a right to details, only the verdict, counts and titles. */
export function renderHealth(view: HealthView, actions: HealthActions, catalogue: Catalogue): Message {
  const words = catalogue.health;
  const summaryOnly = view.hostReading === undefined && view.targets.every((line) => line.detail === undefined);
  const listed = summaryOnly ? view.targets.filter((line) => line.tone !== "well") : view.targets;
  const shown = listed.length <= ROWS ? listed : listed.slice(0, ROWS - 1);
  const rest = listed.slice(shown.length);
  const busy = view.busiest.map((fact) => words.process(fact.name, fact.cpuRatio ?? 0));
  const lines = [
    ...hostLine(view, catalogue),
    ...shown.map((line) => targetRow(line, view.now, catalogue)),
    ...(rest.length === 0 ? [] : [restLine(rest, catalogue)]),
    ...(view.onlyProblems && listed.length === 0 ? [words.noProblems] : []),
  ];
  const footer = joined([
    busy.length === 0 ? [] : words.busy(join(busy, " · ")),
    view.asOf === undefined ? [] : words.asOf(view.asOf),
  ]);
  return {
    locale: catalogue.locale,
    tone: view.tone,
    summary:
      view.asOf === undefined && view.tone === "unknown"
        ? words.nothingMeasured(view.host, view.total)
        : words.verdict(view.host, view.total, view.counts),
    mentions: [],
    lines,
    ...(footer.length === 0 ? {} : { footer }),
    actions: buttons(view, actions, catalogue),
    files: rest.some((line) => line.tone !== "well") ? [fullList(view, catalogue)] : [],
  };
}
