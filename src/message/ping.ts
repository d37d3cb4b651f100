import type { Text } from "../base/text.js";
import { text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Message, Tone } from "../model/message.js";
import type { PingView, Reading, ReadingKey, Verdict } from "../model/view.js";
import { READING_KEYS } from "../model/view.js";
import { joined, sampleText } from "./reading-words.js";
import { TONE_LOOKS } from "./tone.js";

/** Readings out of their band that are named one by one; the rest is counted, so that the answer stays on a phone's screen. */
const JUDGED_SHOWN = 4;

const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = { good: "well", tolerated: "warning", bad: "critical" };

function shown(reading: Reading, catalogue: Catalogue): string {
  return sampleText(reading.value, reading.unit, catalogue);
}

/** A part of a line for one reading; with its age when it is old. */
function part(view: PingView, key: ReadingKey, say: (value: string) => Text, catalogue: Catalogue): Text {
  const reading = view.readings[key];
  if (reading === undefined) return [];
  const said = say(shown(reading, catalogue));
  return reading.staleMs === undefined ? said : text`${said}${catalogue.ping.old(reading.staleMs / 1_000)}`;
}

function gatewayPart(view: PingView, catalogue: Catalogue): Text {
  const words = catalogue.ping;
  if (view.gateway === "ready") {
    const known = part(view, "gateway", words.gateway, catalogue);
    return known.length > 0 ? known : words.gatewayUnknown;
  }
  const state: Text = [words.gatewayState[view.gateway]];
  return view.gatewayCloseCode === undefined ? state : text`${state}${words.closeCode(view.gatewayCloseCode)}`;
}

const VERDICT_RANK: Readonly<Record<Verdict, number>> = { bad: 0, tolerated: 1, good: 2 };

/** What is not within its band, the worst first. */
function outsideOf(view: PingView): readonly Reading[] {
  return READING_KEYS.flatMap((key) => view.readings[key] ?? [])
    .filter((reading) => reading.verdict !== "good")
    .toSorted((a, b) => VERDICT_RANK[a.verdict] - VERDICT_RANK[b.verdict]);
}

function judgedLines(view: PingView, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.ping;
  const outside = outsideOf(view);
  const load = words.load(words.loads[view.load], view.requestsPerMinute, view.requestLimitPerMinute);
  const head = text`${load}${outside.length === 0 ? words.allWithin : words.outside(outside.length)}`;
  const lines = outside.slice(0, JUDGED_SHOWN).map((reading) => {
    const limits = [reading.band.good, reading.band.tolerated].map((limit) =>
      sampleText(limit, reading.unit, catalogue),
    );
    const said = words.judged(words.names[reading.key], shown(reading, catalogue), limits[0] ?? "", limits[1] ?? "");
    return text`${TONE_LOOKS[VERDICT_TONES[reading.verdict]].icon} ${said}`;
  });
  const rest = outside.length - lines.length;
  return [head, ...lines, ...(rest > 0 ? [words.moreJudged(rest)] : [])];
}

function botLine(view: PingView, catalogue: Catalogue): Text {
  const words = catalogue.ping;
  const oldest = view.readings.outbox;
  return words.bot(
    joined([
      part(view, "botCpu", words.botCpu, catalogue),
      part(view, "botMemory", (value) => [value], catalogue),
      words.up(Math.max(0, view.now - view.startedAt) / 1_000),
      view.outbox.pending === 0 || oldest === undefined
        ? words.outboxEmpty
        : words.outbox(view.outbox.pending, shown(oldest, catalogue)),
      words.version(view.version),
    ]),
  );
}

function workLine(view: PingView, catalogue: Catalogue): Text {
  const words = catalogue.ping;
  const p95 = view.readings.commandP95;
  const slowest = p95 === undefined ? undefined : shown(p95, catalogue);
  return joined([
    part(view, "commandP50", (value) => words.commands(value, slowest), catalogue),
    part(view, "databaseSuccess", words.success, catalogue),
  ]);
}

function troubleLines(view: PingView, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.ping;
  return [
    ...(view.storeMode === "memory" ? [words.storeMemory(view.storeTrouble)] : []),
    ...(view.outbox.dead > 0 ? [words.dead(view.outbox.dead)] : []),
  ].map((line) => text`${TONE_LOOKS.warning.icon} ${line}`);
}

/** Readings of the first line, in the order in which they are said when all is well. */
const HEAD_KEYS = ["gateway", "rest", "databaseRead", "loop"] as const satisfies readonly ReadingKey[];

/** Readings out of their band that the first line names; a push notification shows little more. */
const HEAD_JUDGED = 2;

/** The first line: what is out of bounds, the worst first; then the usual numbers that are not said yet. */
function headLine(view: PingView, catalogue: Catalogue): Text {
  const words = catalogue.ping;
  const worst = outsideOf(view).slice(0, HEAD_JUDGED);
  const isSaid = (key: ReadingKey): boolean => worst.some((reading) => reading.key === key);
  const say = { rest: words.rest, databaseRead: words.database, loop: words.loop };
  const parts = HEAD_KEYS.map((key): Text => {
    // A gateway that is not ready is trouble of its own, whatever was measured before.
    if (key === "gateway") return isSaid(key) && view.gateway === "ready" ? [] : gatewayPart(view, catalogue);
    return isSaid(key) ? [] : part(view, key, say[key], catalogue);
  });
  return joined([
    ...worst.map((reading) =>
      words.outOfBounds(words.names[reading.key], shown(reading, catalogue), edge(reading, catalogue)),
    ),
    ...parts,
  ]);
}

/** The bound that a reading has passed, by its verdict. */
function edge({ verdict, band, unit }: Reading, catalogue: Catalogue): Text {
  const { target, tolerated } = catalogue.ping.edges;
  return verdict === "bad"
    ? tolerated(sampleText(band.tolerated, unit, catalogue))
    : target(sampleText(band.good, unit, catalogue));
}

/** `/ping`: at most ten lines. */
export function renderPing(view: PingView, catalogue: Catalogue): Message {
  const words = catalogue.ping;
  const host = joined([
    part(view, "hostCpu", words.botCpu, catalogue),
    part(view, "hostMemory", words.memory, catalogue),
    part(view, "hostDisk", words.disk, catalogue),
  ]);
  const lines = [
    ...judgedLines(view, catalogue),
    ...troubleLines(view, catalogue),
    workLine(view, catalogue),
    botLine(view, catalogue),
    host.length === 0 ? [] : words.host(host),
  ];
  return {
    locale: catalogue.locale,
    tone: view.tone,
    summary: headLine(view, catalogue),
    mentions: [],
    lines: lines.filter((line) => line.length > 0),
    actions: [],
    files: [],
  };
}
