import type { Text } from "../base/text.js";
import { text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { AuditLine, AuditState, AuditView } from "../model/audit.js";
import type { Message, MessageAction, Tone } from "../model/message.js";
import { clip } from "./clip.js";
import { TONE_LOOKS } from "./tone.js";

/** So much of what people and programs wrote is shown of each action: a line stays a line. */
const WORDS_LENGTH = 80;
const NAME_LENGTH = 32;
/** States that ask “why?”. */
const EXPLAINED: ReadonlySet<AuditState> = new Set<AuditState>(["failed", "unknown", "refused"]);
/** Between the parts of what the log says came of an action. */
const SEPARATOR = " · ";

const STATE_TONES: Readonly<Record<AuditState, Tone>> = {
  planned: "unknown",
  approved: "unknown",
  started: "info",
  done: "well",
  failed: "critical",
  unknown: "warning",
  refused: "muted",
  cancelled: "unknown",
  expired: "unknown",
};

/** Ids for the buttons of a page; absent: no such page. */
export interface AuditActions {
  readonly older?: string;
  readonly newer?: string;
}

/**
 * What came of it, in words: codes only where nothing but codes stands, so that a program's own output stays as it is. Of an
 * action that ended, by what it was done is left out: it would push out why it failed.
 */
function inWords(detail: string, codes: Readonly<Record<string, string>>): string {
  const parts = detail.split(SEPARATOR);
  const told = parts.length > 2 ? parts.slice(2) : parts;
  const worded = told.map((part) => {
    const words = part.split(" ");
    return words.every((word) => Object.hasOwn(codes, word)) ? words.map((word) => codes[word]).join(", ") : part;
  });
  return worded.join(SEPARATOR);
}

function row(line: AuditLine, style: "relative" | "date-time", catalogue: Catalogue): Text {
  const words = catalogue.audit;
  const said = words.line(
    { at: line.at, style },
    clip(line.who.name, NAME_LENGTH),
    clip(line.verb, NAME_LENGTH),
    clip(line.target, 2 * NAME_LENGTH),
    words.states[line.state] ?? line.state,
  );
  const reason = line.reason === "" ? [] : words.reason(clip(line.reason, WORDS_LENGTH));
  // What went well needs no words, and what is still to come has none yet.
  const detail =
    line.detail === "" || !EXPLAINED.has(line.state)
      ? []
      : words.detail(clip(inWords(line.detail, words.codes), WORDS_LENGTH));
  return text`${TONE_LOOKS[STATE_TONES[line.state]].icon} ${said}${reason}${detail}`;
}

/** A page of the log of actions: bad or good, when, what, by whom, why. `exact`: times written out, for a terminal. */
export function renderAudit(
  view: AuditView,
  actions: AuditActions,
  catalogue: Catalogue,
  options: { readonly exact?: boolean } = {},
): Message {
  const words = catalogue.audit;
  const style = options.exact === true ? "date-time" : "relative";
  const button = (id: string | undefined, label: string): readonly MessageAction[] =>
    id === undefined ? [] : [{ id, label, style: "secondary" }];
  return {
    locale: catalogue.locale,
    tone: "info",
    summary: words.title(view.lines.length, view.query),
    mentions: [],
    lines: view.lines.map((line) => row(line, style, catalogue)),
    ...(view.masked === 0 ? {} : { footer: words.masked(view.masked) }),
    actions: [...button(actions.older, words.older), ...button(actions.newer, words.newer)],
    files: [],
  };
}
