import type { UserErrorCode } from "../../base/errors.js";
import type { Inline, Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { unreadable } from "./logs.js";

type Details = Readonly<Record<string, string>>;

/** The verbs as they stand after "You may not …". */
const DOING: Readonly<Record<string, string>> = {
  "view-summary": "see the summary",
  view: "see the details",
  logs: "read logs",
  acknowledge: "acknowledge alerts",
  silence: "silence alerts",
  restart: "restart",
  start: "start",
  stop: "stop",
  deploy: "deploy",
  backup: "back up",
  diagnose: "diagnose",
  run: "run",
  admin: "change how Toban runs",
};

/** "the details of shop-bot", but "restart shop-bot". */
const OF: Readonly<Record<string, string>> = {
  "view-summary": " of",
  view: " of",
  logs: " of",
  acknowledge: " of",
  silence: " of",
  admin: " for",
};

const STORE_TROUBLES: Readonly<Record<string, string>> = {
  missing: "its directory is not there",
  read_only: "the file is read-only",
  locked: "another process holds it",
  full: "the disk is full",
  corrupt: "the file is damaged",
  newer_schema: "a newer Toban has written it",
  io: "the disk does not answer as it should",
};

function code(value: string | undefined, otherwise: string): Inline {
  return value === undefined || value === "" ? otherwise : { code: value };
}

/** "read logs of some targets", "restart some targets": what may be done to some of them only. */
export function actOnSome(verb: string): Text {
  return text`${DOING[verb] ?? verb}${OF[verb] ?? ""} some targets`;
}

/** "restart shop-bot", "read logs": what a verb means, as it stands after "may". */
export function act(details: Details): Text {
  const verb = details["verb"] ?? "";
  const doing = DOING[verb] ?? "do this";
  const target = details["target"];
  if (target) return text`${doing}${OF[verb] ?? ""} ${{ code: target }}`;
  return OF[verb] === undefined && DOING[verb] !== undefined ? text`${doing} anything here` : text`${doing}`;
}

/** `roles` and `users` are names, one a line; `needs` says which kind of thing would have helped. */
function needed(details: Details): Text {
  switch (details["needs"]) {
    case "manage_server":
      return text`That needs the permission ${{ quote: "Manage Server" }}.`;
    case "grant": {
      const roles = lines(details["roles"]).map((name) => text`${{ quote: name }}`);
      const users = lines(details["users"]).map((name) => text`${{ quote: name }}`);
      if (roles.length === 1 && users.length === 0) return text`That needs the role ${join(roles, "")}.`;
      if (roles.length > 0 && users.length === 0) return text`That needs one of the roles ${join(roles, ", ")}.`;
      if (roles.length === 0) return text`Only people named in the configuration may.`;
      return text`That needs ${roles.length === 1 ? "the role" : "one of the roles"} ${join(roles, ", ")}, or to be named in the configuration.`;
    }
    default:
      return text`Nobody may: no entry under ${{ code: "permissions" }} in the configuration allows it.`;
  }
}

function lines(value: string | undefined): readonly string[] {
  return value === undefined || value === "" ? [] : value.split("\n");
}

/**
 * What a person is told who is refused or has made a mistake: what happened, what was expected, what to do. The keys of
 * the details are named with each sentence; a detail that is missing leaves a sentence that still holds.
 */
const sentences = {
  /** verb, target, needs (`manage_server`, `grant`, other), roles, users */
  not_permitted: (details: Details): Text => text`You may not ${act(details)}. ${needed(details)}`,
  foreign_guild: (): Text =>
    text`This bot serves one server alone, and this is not the one it is set up for. Ask there.`,
  direct_message: (): Text => text`Not in private messages: ask in a channel of the server that this bot serves.`,
  /** command */
  unknown_command: (details: Details): Text =>
    text`There is no command ${code(details["command"], "of that name")} any more. Type ${{ code: "/" }} to see those there are; a list just updated takes a moment to show.`,
  /** target; known: some names there are, comma separated */
  unknown_target: (details: Details): Text =>
    details["known"]
      ? text`Nothing called ${code(details["target"], "that")} is watched. There is: ${details["known"]}.`
      : text`Nothing called ${code(details["target"], "that")} is watched. Pick one from the list that opens as you type.`,
  /** option, found, expected */
  invalid_option: (details: Details): Text => {
    const what = text`${code(details["option"], "An option")}${details["found"] === undefined ? "" : text` was ${{ code: details["found"] }}, which`} does not fit.`;
    return details["expected"] ? text`${what} Expected: ${details["expected"]}.` : text`${what} Please try again.`;
  },
  /** command: what to type for a fresh one */
  expired: (details: Details): Text =>
    details["command"]
      ? text`This button has expired. Type ${{ command: details["command"] }} for a fresh one.`
      : text`This button has expired. Type the command again for a fresh one.`,
  /** owner: a name */
  not_yours: (details: Details): Text =>
    text`This was asked by ${code(details["owner"], "someone else")}, and only they can answer it. Type the command yourself.`,
  /** target */
  nothing_measured: (details: Details): Text =>
    text`Nothing has been measured ${details["target"] ? text`for ${{ code: details["target"] }} ` : ""}yet. Ask again in a moment.`,
  /** trouble: one of the store's troubles */
  store_unavailable: (details: Details): Text => {
    const why = STORE_TROUBLES[details["trouble"] ?? ""];
    return text`Toban cannot write its database${why === undefined ? "" : `: ${why}`}. So nothing was done; alerts still go out. Ask again when that is mended.`;
  },
  busy: (): Text => text`Too much is being asked at once, so nothing was done. Ask again in a few seconds.`,
  /** target, action; listed: the actions that there are, comma separated */
  no_such_action: (details: Details): Text => {
    const target = details["target"] ?? "shop-bot";
    const action = details["action"] ?? "restart";
    const there = details["listed"]
      ? text`The configuration lists ${details["listed"]} for ${{ code: target }}, but not ${action}.`
      : text`Nothing may be done to ${{ code: target }} from here.`;
    return text`${there} To allow it, add ${{ code: `actions: [${action}]` }} to ${{ code: target }} under ${{ code: "targets" }} in ${{ code: "toban.yaml" }} and reload.`;
  },
  /** target, action, by */
  action_running: (details: Details): Text =>
    text`${code(details["by"], "Somebody")} is just doing something to ${code(details["target"], "it")} (${details["action"] ?? "an action"}). Wait for the result in the channel.`,
  /** target, action, by, state (as of an action), at: UTC milliseconds */
  already_done: (details: Details): Text => {
    const at = Number(details["at"]);
    const when: Text = Number.isFinite(at) && at > 0 ? text` ${{ at, style: "relative" }}` : [];
    const what = text`${details["action"] ?? "action"} of ${code(details["target"], "it")} by ${code(details["by"], "somebody")}${when}`;
    switch (details["state"]) {
      case "cancelled":
        return text`This was cancelled${when}, so nothing was done. Type the command again for a fresh plan.`;
      case "approved":
      case "started":
        return text`Already under way: ${what}. The result will be posted in the channel.`;
      case "failed":
      case "unknown":
        return text`Already tried: ${what}, and it did not end well. Look at the result in the channel before you type the command again.`;
      default:
        return text`Already done: ${what}. Type the command again if it is needed once more.`;
    }
  },
  /** target, used, of, freeAt: UTC milliseconds */
  budget_spent: (details: Details): Text =>
    text`The budget for ${code(details["target"], "it")} is spent: ${details["used"] ?? "?"} of ${details["of"] ?? "?"} actions this hour. There is room again at ${{ at: Number(details["freeAt"] ?? 0), style: "time" }}. Until then look for the cause, not for another try.`,
  /** target, count, freeAt: UTC milliseconds */
  breaker_open: (details: Details): Text =>
    text`The last ${details["count"] ?? "few"} actions on ${code(details["target"], "it")} failed, so Toban does not try again before ${{ at: Number(details["freeAt"] ?? 0), style: "time" }}. Look at its state and logs on the host.`,
  /** source */
  unknown_source: (details: Details): Text =>
    text`There is no log called ${code(details["source"], "that")}. Pick one from the list that opens as you type.`,
  /** source, failure: one of the reasons a log cannot be read; detail, group */
  log_unreadable: (details: Details): Text =>
    text`${details["source"] ? text`${{ code: details["source"] }}: ` : ""}${unreadable(details)}`,
} satisfies Record<UserErrorCode, (details: Details) => Text>;

export const userError = {
  sentences,
  /** Put after a refusal, so that a person can quote it and an operator finds it in the log. */
  reference: (reference: string): Text => text` (ref ${reference})`,
  unexpected: (reference: string): Text =>
    text`Something went wrong inside Toban, and it was not your doing. The log has the details under ${{ code: reference }}.`,
  stopping: text`Toban is just stopping or being restarted. Ask again in a minute.`,
  /** When an answer could not be given in its place any more. `user` and `name` are who asked. */
  tooLate: {
    answer: (user: string, name: string, asked: string): Text =>
      text`${{ user, name }}, the answer to ${{ code: asked }}, too late for its place:`,
    private: (user: string, name: string, asked: string): Text =>
      text`${{ user, name }}, the answer to ${{ code: asked }} was for you alone and came too late. Please ask again.`,
    nothingDone: (user: string, name: string, asked: string): Text =>
      text`${{ user, name }}, ${{ code: asked }} reached Toban too late, so nothing was done. Please ask again.`,
  },
  /** What an option must be. */
  expected: {
    text: "text",
    wholeNumber: "a whole number",
    yesOrNo: "yes or no",
    person: "a person of this server",
    atLeast: (limit: number): string => `at least ${limit}`,
    atMost: (limit: number): string => `at most ${limit}`,
    atMostCharacters: (limit: number): string => `at most ${limit} characters`,
    oneOf: (names: readonly string[]): string => `one of ${names.join(", ")}`,
    given: "something (it is required)",
    knownOption: "an option of this command",
  },
} as const;
