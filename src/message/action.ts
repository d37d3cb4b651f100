import type { UserError } from "../base/errors.js";
import type { Inline, Text } from "../base/text.js";
import { text } from "../base/text.js";
import { mask } from "../base/mask/mask.js";
import type { Catalogue } from "../locale/index.js";
import type { ActionState } from "../model/action.js";
import type { ActionRecord } from "../model/action-record.js";
import type { PlanView, ReminderView, ResultView } from "../model/action-view.js";
import type { Message, MessageAction, Tone } from "../model/message.js";
import type { Verification } from "../model/verification.js";
import { oneLine } from "./sanitize.js";
import { joined } from "./reading-words.js";

/** Names of what depends on a target; the rest is counted. */
const DEPENDENTS_SHOWN = 6;

type Line = readonly Text[];

function message(
  tone: Tone,
  summary: Text,
  lines: Line,
  catalogue: Catalogue,
  actions: readonly MessageAction[] = [],
): Message {
  const { locale } = catalogue;
  return { tone, summary, lines: lines.filter((line) => line.length > 0), mentions: [], actions, files: [], locale };
}

/** The asker by name, never pinged: a member as Discord shows members, anybody else in code marks. */
function asker({ asker: { key, name } }: ActionRecord): Inline {
  if (!key.startsWith("member:")) return { code: name === "" ? key : name };
  return { user: key.slice("member:".length), name: name === "" ? key : name };
}

function reasonOf({ reason, masked }: ActionRecord, catalogue: Catalogue): Text {
  return reason === "" ? [] : catalogue.action.quoted(reason, masked);
}

function stateText(state: ActionState, catalogue: Catalogue): Text {
  const words = catalogue.action;
  return state.active === undefined ? words.stateUnknown : words.state(oneLine(state.active), state.since);
}

/** How it stands: by its means, or else by what its own probe found last. */
function standsNow({ state, seen }: PlanView, catalogue: Catalogue): Text {
  if (state.active !== undefined || seen === undefined) return stateText(state, catalogue);
  const { kind, success, reason, status, seconds } = seen.answer;
  const words = catalogue.action;
  const found = success
    ? words.answered(kind, status, seconds)
    : status === undefined
      ? text`${kind} ${catalogue.probe.bad(reason)}`
      : words.badAnswer(kind, status);
  return words.seen(success, found, seen.at);
}

/** Which program of the operator's own would be run, and as whom. */
function runsAs({ means }: ActionRecord, state: ActionState, catalogue: Catalogue): Text {
  if (means.kind !== "vector") return [];
  const [program = ""] = means.run;
  return catalogue.action.runsAs(mask(oneLine(program)).text, state.user ?? means.user);
}

/** What stands behind the buttons of a plan. */
export interface PlanButtons {
  readonly confirm: string;
  readonly cancel: string;
}

/** What will be done, before it is done. */
export function renderPlan(view: PlanView, buttons: PlanButtons | undefined, catalogue: Catalogue): Message {
  const { record, state, standing, dependents } = view;
  const words = catalogue.action;
  const now = joined([
    standsNow(view, catalogue),
    state.memoryBytes === undefined ? [] : [words.memory(state.memoryBytes)],
    state.mainPid === undefined || state.mainPid === 0 ? [] : [words.pid(state.mainPid)],
  ]);
  const shown = dependents.slice(0, DEPENDENTS_SHOWN).map(({ name, active }) => ({ name, active: oneLine(active) }));
  const leavesDown = record.action === "stop" || record.action === "kill";
  const actions: readonly MessageAction[] = buttons
    ? [
        { id: buttons.confirm, label: words.label(record.action), style: "danger" },
        { id: buttons.cancel, label: words.cancel, style: "secondary" },
      ]
    : [];
  const lines: Line = [
    now,
    runsAs(record, state, catalogue),
    view.self ? (leavesDown ? words.selfStop : words.self) : [],
    shown.length === 0 ? [] : words.dependents(shown, dependents.length - shown.length),
    view.last ? words.last(view.last.by, view.last.at, view.last.tookMs) : words.never,
    words.budget(standing.used, standing.perHour),
    standing.halfOpen ? words.halfOpen : [],
    record.reason === "" ? [] : words.reason(record.reason, record.masked),
    buttons ? words.confirmFor(record.expiresAt) : [],
  ];
  return message("info", words.ask(record.action, record.target, view.host), lines, catalogue, actions);
}

/** What the asker alone sees while it goes on. */
export function renderProgress(record: ActionRecord, watchMs: number, catalogue: Catalogue): Message {
  const { action, target, outcome, state } = record;
  const words = catalogue.action;
  const summary =
    state === "cancelled"
      ? words.cancelled(action, target)
      : outcome === undefined
        ? words.doing(action, target)
        : state === "started" && outcome.status === "done"
          ? words.watching(action, target, outcome.tookMs, watchMs)
          : words.posted(action, target);
  return message("info", summary, [], catalogue);
}

/** Why a plan is not carried out, in its place. */
export function renderNotDone(error: UserError, catalogue: Catalogue): Message {
  return message("info", catalogue.userError.sentences[error.code](error.details), [], catalogue);
}

/** What came of it, for everybody. */
export function renderResult(view: ResultView, catalogue: Catalogue): Message {
  const { record, now } = view;
  const words = catalogue.action;
  const { action, target, outcome } = record;
  const by = asker(record);
  const quoted = reasonOf(record, catalogue);
  const stands =
    now === undefined ? [] : now.active === undefined ? words.stateUnknown : words.nowIs(stateText(now, catalogue));
  const say = (tone: Tone, summary: Text, lines: Line): Message =>
    message(tone, text`${summary}${quoted}`, lines, catalogue);

  if (record.state === "cancelled" || outcome === undefined) {
    return say("warning", words.notBegun(action, target, by), [stands, words.askAgain(action)]);
  }
  switch (outcome.status) {
    case "failed":
      return say("critical", words.failed(action, target, by), [
        words.why(outcome.failure, oneLine(outcome.detail)),
        words.todo(outcome.failure, target),
      ]);
    case "unknown":
      return say("warning", words.unknown(action, target, by), [
        now === undefined ? [oneLine(outcome.detail)] : joined([words.whileRestarted(action), stands]),
        words.lookAtLogs(target),
      ]);
    case "done": {
      const how: Text = outcome.by === "systemd" ? [] : [words.means(outcome.by)];
      if (record.self) return say("well", words.back(action, by, outcome.tookMs), [joined([stands, how])]);
      const seen = verificationText(record.verification, catalogue);
      if (record.state === "failed") {
        const faults: Text = [words.faults(record.verification?.faults ?? [])];
        const lines = [faults, joined([seen, how]), words.lookAtLogs(target)];
        return say("critical", words.doneButUnwell(action, target, by), lines);
      }
      const unwatched = record.verification === undefined ? joined([words.unwatched, stands]) : [];
      return say("well", words.done(action, target, outcome.tookMs, by), [joined([seen, unwatched, how])]);
    }
    default:
      return outcome satisfies never;
  }
}

/** `active, PID 4711 → 8123 · http 200 in 15 ms · no new errors in 30 s`. */
function verificationText(verification: Verification | undefined, catalogue: Catalogue): Text {
  if (!verification) return [];
  const words = catalogue.action;
  const { active, pidBefore, pidAfter, answer, newErrors, watchedMs } = verification;
  if (verification.verdict === "unverifiable") return words.unverifiable;
  const state: readonly string[] = [
    ...(active === undefined ? [] : [oneLine(active)]),
    ...(pidBefore && pidAfter ? [words.pids(pidBefore, pidAfter)] : pidAfter ? [words.pid(pidAfter)] : []),
  ];
  return joined([
    state.length === 0 ? [] : [state.join(", ")],
    answer === undefined
      ? []
      : answer.success
        ? words.answered(answer.kind, answer.status, answer.seconds)
        : words.badAnswer(answer.kind, answer.status),
    newErrors === undefined ? [] : words.errors(newErrors, watchedMs),
  ]);
}

/** Said once of what has been stopped for long. */
export function renderReminder({ stopped, startable }: ReminderView, catalogue: Catalogue): Message {
  const words = catalogue.action;
  const reason: Text = stopped.reason === "" ? [] : words.quoted(stopped.reason, 0);
  const summary = text`${words.stillStopped(stopped.target, stopped.by, stopped.at)}${reason}`;
  return message("muted", summary, [words.stillStoppedDo(startable), words.remindedOnce], catalogue);
}
