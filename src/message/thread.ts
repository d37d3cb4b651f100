import type { Text } from "../base/text.js";
import { join, plain, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { IncidentTurn } from "../model/incident.js";
import { DISCORD_LIMITS } from "../model/limits.js";
import type { Message, Tone } from "../model/message.js";
import { subjectWords } from "./alert-words.js";
import type { AnnouncementView } from "./announcement.js";
import { clip } from "./clip.js";
import { bySeverity } from "./incident.js";
import type { IncidentView } from "./incident.js";
import { oneLine } from "./sanitize.js";
import { TONE_LOOKS, toneWord } from "./tone.js";

/** How many alerts a thread is named after. */
const NAMED = 2;

/** What an incident is about, without its state, which changes. */
function about({ host, entries }: IncidentView, catalogue: Catalogue): Text {
  const words = bySeverity(entries).map(({ alert }) => subjectWords(alert, catalogue));
  const different = [...new Map(words.map((one) => [plain(one), one])).values()];
  const rest = different.length - NAMED;
  const named = join(different.slice(0, NAMED), " · ");
  return rest > 0 ? text`${host}: ${named}${catalogue.alert.andMore(rest)}` : text`${host}: ${named}`;
}

/** `incident 42 · web-1: disk /` */
export function threadName(view: IncidentView, catalogue: Catalogue): string {
  const name = text`${catalogue.alert.incident(view.incident.number)} · ${about(view, catalogue)}`;
  return clip(oneLine(plain(name)).trim(), DISCORD_LIMITS.threadName);
}

function toneOf({ to, severity }: IncidentTurn): Tone {
  return to === "ended" ? "well" : severity;
}

function turnWords(turn: IncidentTurn, catalogue: Catalogue): Text {
  const { thread } = catalogue.alert;
  if (turn.to === "ended") return thread.ended;
  const severity = toneWord(turn.severity, catalogue);
  return turn.to === "opened" ? thread.opened(severity) : thread.reopened(severity);
}

/** A line of an incident's thread: what it tells of is fixed, so that it stays true. It pings nobody. */
export function renderThreadLine(
  view: AnnouncementView & { readonly incident: IncidentView["incident"] },
  catalogue: Catalogue,
): Message {
  const turns = view.announcement.turns ?? [];
  const newest = turns.at(-1);
  const tone = newest === undefined ? "info" : toneOf(newest);
  const lead = newest === undefined ? [] : turnWords(newest, catalogue);
  const { thread } = catalogue.alert;
  return {
    locale: catalogue.locale,
    tone,
    summary: text`${about(view, catalogue)} · ${lead}${newest === undefined ? [] : text` ${{ at: newest.at, style: "time" }}`}`,
    mentions: [],
    lines:
      turns.length < 2
        ? []
        : [
            thread.soFar,
            ...turns.map(
              (turn) =>
                text`${TONE_LOOKS[toneOf(turn)].icon} ${{ at: turn.at, style: "date-time" }} · ${turnWords(turn, catalogue)}`,
            ),
          ],
    actions: [],
    files: [],
  };
}
