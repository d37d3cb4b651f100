import type { Inline, Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { units } from "./units.js";

type Name = "restart" | "start" | "stop" | "kill";
type By = "systemd" | "action_unit" | "child";

const DONE: Readonly<Record<Name, string>> = {
  restart: "restarted",
  start: "started",
  stop: "stopped",
  kill: "killed",
};

const DOING: Readonly<Record<Name, string>> = {
  restart: "Restarting",
  start: "Starting",
  stop: "Stopping",
  kill: "Killing",
};

const LABEL: Readonly<Record<Name, string>> = { restart: "Restart", start: "Start", stop: "Stop", kill: "Kill" };

const FAILURES: Readonly<Record<string, { readonly what: string; readonly todo: Text }>> = {
  not_permitted: {
    what: "the system did not permit it",
    todo: text`let the installer write the polkit rule for this unit again (${{ code: "install.sh --refresh" }}), then ask once more.`,
  },
  not_found: {
    what: "there is no such unit or program",
    todo: text`check the target's unit or program in the configuration.`,
  },
  masked: { what: "the unit is masked", todo: text`unmask it on the host first.` },
  job_failed: { what: "its job failed", todo: text`mend the cause, then ask once more.` },
  exit_status: { what: "the program failed", todo: text`look at what it printed, mend the cause, then ask once more.` },
  deadline: { what: "it did not end in time", todo: text`look at what holds it up on the host.` },
  unreachable: {
    what: "systemd could not be reached",
    todo: text`check that the system bus runs and that Toban may use it.`,
  },
};

const FAULTS: Readonly<Record<string, string>> = {
  not_active: "it is not active",
  still_active: "it is still active",
  same_process: "its main process is the old one",
  restarted_again: "it has been started again meanwhile",
  bad_answer: "its probe gets a bad answer",
  new_errors: "its logs have new errors",
};

const BY: Readonly<Record<By, string>> = {
  systemd: "by systemd",
  action_unit: "by its action unit",
  child: "as Toban's own child process, because no systemd unit is there for it",
};

const secrets = (count: number): Text =>
  count === 0 ? [] : text` (${units.count(count)} ${count === 1 ? "secret" : "secrets"} masked)`;

function cliWords(summary: string): {
  readonly summary: string;
  readonly takes: string;
  readonly options: Readonly<Record<string, { readonly takes?: string; readonly help: string }>>;
  readonly more: readonly string[];
} {
  return {
    summary,
    takes: "<target>",
    options: {
      reason: { takes: "TEXT", help: "why, for the team and for the log of actions" },
      yes: { help: "go on without asking" },
    },
    more: [
      "Only what is listed under the target's “actions”. The running bot tells the result in the ops channel.",
      "Ends with 0 when it is done and well, with 2 when it is refused, with 3 when it did not come off.",
    ],
  };
}

/** Plans and results of actions. Names, reasons and details are text from outside. */
export const action = {
  options: {
    target: "What to act on; only what is listed under “actions” and what you may",
    reason: "Why, for the team and for the log of actions",
  },
  descriptions: {
    restart: "Restart a target, after showing what that means",
    start: "Start a target, after showing what that means",
    stop: "Stop a target, after showing what that means",
    kill: "Kill a target's processes at once, after showing what that means",
  },
  /** In a terminal: plain text. */
  cli: {
    restart: cliWords("restart a target, after showing what that means"),
    start: cliWords("start a target"),
    stop: cliWords("stop a target; its alerts are muted until it runs again"),
    kill: cliWords("kill a target's processes at once"),
    question: "Go on? [y/N] ",
    sayYes: (name: Name, target: string): string =>
      `Nothing was done: there is no terminal to ask. “toban ${name} ${target} --yes” goes on without asking.`,
    nothingDone: text`Nothing was done.`,
  },
  label: (name: Name): string => LABEL[name],
  cancel: "Cancel",
  ask: (name: Name, target: string, host: string): Text => text`${LABEL[name]} ${{ code: target }} on ${host}?`,
  state: (active: string, since: number | undefined): Text =>
    since === undefined ? text`${active}` : text`${active} since ${{ at: since, style: "relative" }}`,
  stateUnknown: text`its state is not known`,
  /** By its own probe. */
  seen: (isUp: boolean, found: Text, at: number): Text =>
    text`${isUp ? "up" : "down"}: ${found}, ${{ at, style: "relative" }}`,
  runsAs: (program: string, user: string | undefined): Text =>
    user === undefined
      ? text`runs ${{ code: program }} as Toban's own user`
      : text`runs ${{ code: program }} as ${{ code: user }}`,
  memory: (bytes: number): string => units.bytes(bytes),
  pid: (pid: number): string => `PID ${pid}`,
  dependents: (names: readonly { readonly name: string; readonly active: string }[], more: number): Text => {
    const listed = names.map(({ name, active }): Text =>
      active === "active" ? [{ code: name }] : text`${{ code: name }} (${active})`,
    );
    const rest = more > 0 ? text` and ${units.count(more)} more` : [];
    const one = names.length + more === 1;
    return text`${join(listed, ", ")}${rest} ${one ? "depends" : "depend"} on it`;
  },
  last: (by: string, at: number, tookMs: number): Text =>
    text`took ${units.seconds(tookMs / 1_000)} the last time (${who(by)}, ${{ at, style: "relative" }})`,
  never: text`not done from here before`,
  budget: (used: number, perHour: number): Text =>
    text`budget: ${units.count(used)} of ${units.count(perHour)} this hour used`,
  halfOpen: text`the last attempts failed: if this one does too, the next is possible in an hour`,
  reason: (reason: string, masked: number): Text => text`reason: ${{ quote: reason }}${secrets(masked)}`,
  self: text`This is Toban itself: it reports here once it is back.`,
  selfStop: text`This is Toban itself: nobody watches or answers until it is started on the host.`,
  confirmFor: (until: number): Text => text`only you can confirm, until ${{ at: until, style: "time" }}`,

  cancelled: (name: Name, target: string): Text => text`Cancelled: ${{ code: target }} is left as it is, no ${name}.`,
  doing: (name: Name, target: string): Text =>
    text`${DOING[name]} ${{ code: target }} … The result will be posted in the channel.`,
  watching: (name: Name, target: string, tookMs: number, watchMs: number): Text =>
    text`${{ code: target }} ${DONE[name]} in ${units.seconds(tookMs / 1_000)}, watching it for ${units.seconds(watchMs / 1_000)}. The result will be posted in the channel.`,
  posted: (name: Name, target: string): Text =>
    text`${LABEL[name]} of ${{ code: target }}: the result is in the channel.`,

  done: (name: Name, target: string, tookMs: number, by: Inline): Text =>
    text`${{ code: target }} ${DONE[name]} in ${units.seconds(tookMs / 1_000)} by ${by}`,
  back: (name: Name, by: Inline, awayMs: number): Text =>
    text`Toban ${DONE[name]} by ${by}, back after ${units.seconds(awayMs / 1_000)}`,
  doneButUnwell: (name: Name, target: string, by: Inline): Text =>
    text`${{ code: target }} ${DONE[name]}, but it is not well; asked by ${by}`,
  failed: (name: Name, target: string, by: Inline): Text =>
    text`${{ code: target }} was not ${DONE[name]}, asked by ${by}`,
  unknown: (name: Name, target: string, by: Inline): Text =>
    text`${{ code: target }}: nobody saw how its ${name} ended, asked by ${by}`,
  notBegun: (name: Name, target: string, by: Inline): Text =>
    text`${{ code: target }} was not ${DONE[name]}: Toban ended before it began, asked by ${by}`,
  quoted: (reason: string, masked: number): Text => text`: ${{ quote: reason }}${secrets(masked)}`,

  pids: (before: number, after: number): string => `PID ${before} → ${after}`,
  answered: (kind: string, status: number | undefined, seconds: number | undefined): Text => {
    const what = status === undefined ? text`${kind} well` : text`${kind} ${String(status)}`;
    return seconds === undefined ? what : text`${what} in ${units.seconds(seconds)}`;
  },
  badAnswer: (kind: string, status: number | undefined): Text =>
    status === undefined ? text`${kind} does not answer well` : text`${kind} ${String(status)}`,
  errors: (count: number, watchedMs: number): Text =>
    count === 0
      ? text`no new errors in ${units.seconds(watchedMs / 1_000)}`
      : text`${units.count(count)} new ${count === 1 ? "error" : "errors"} in ${units.seconds(watchedMs / 1_000)}`,
  unverifiable: text`nothing measures it, so nobody can say whether it is well`,
  unwatched: text`Toban was restarted before it could watch it`,
  whileRestarted: (name: Name): Text => text`Toban was restarted while ${DOING[name].toLowerCase()} it`,
  nowIs: (state: Text): Text => text`it is now ${state}`,
  means: (by: By): string => BY[by],
  faults: (faults: readonly string[]): string => faults.map((fault) => FAULTS[fault] ?? fault).join("; "),
  why: (failure: string, detail: string): Text => {
    const what = FAILURES[failure]?.what ?? "it failed";
    return detail === "" ? text`Why: ${what}.` : text`Why: ${what}: ${{ code: detail }}`;
  },
  todo: (failure: string, target: string): Text => {
    const todo = FAILURES[failure]?.todo ?? text`look at its state on the host.`;
    const logs = failure === "job_failed" ? text`${{ code: `/logs ${target}` }} shows what it says; ` : [];
    return text`Do: ${logs}${todo}`;
  },
  lookAtLogs: (target: string): Text => text`Do: ${{ code: `/logs ${target}` }} shows what it says.`,
  askAgain: (name: Name): Text => text`Nothing was done. Type ${{ command: name }} to ask again.`,

  stillStopped: (target: string, by: string, at: number): Text =>
    text`${{ code: target }} is still stopped, by ${who(by)} ${{ at, style: "relative" }}`,
  stillStoppedDo: (startable: boolean): Text =>
    startable
      ? text`Its alerts are muted until it runs again. ${{ command: "start" }} starts it.`
      : text`Its alerts are muted until it runs again.`,
  remindedOnce: text`This is said once.`,
  stoppedBy: (by: string, at: number): Text => text`stopped by ${who(by)} ${{ at, style: "relative" }}`,
  alertsMuted: (count: number): Text => text`${units.count(count)} ${count === 1 ? "alert" : "alerts"} muted`,
} as const;

function who(name: string): Inline {
  return name === "" ? "somebody" : { code: name };
}
