import type { Inline, Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";

/** How far an action got, in a word. */
const states: Readonly<Record<string, string>> = {
  planned: "asked",
  approved: "confirmed",
  started: "under way",
  done: "done",
  failed: "failed",
  unknown: "end not known",
  refused: "refused",
  cancelled: "called off",
  expired: "not confirmed",
};

/** What the log keeps as a word of the program's own, so that it outlives the wording. */
const codes: Readonly<Record<string, string>> = {
  direct_message: "asked in a private message",
  foreign_guild: "asked from another server",
  no_manage_server: "without the permission “Manage Server”",
  not_granted: "not among those who may",
  granted_to_nobody: "nobody may",
  unattended: "nobody ordered it",
  action_unit: "by its action unit",
  child: "as Toban's own child process",
  verified: "well",
  not_verified: "not well",
  unverifiable: "nothing measures it",
  not_active: "not active",
  still_active: "still active",
  same_process: "its main process is the old one",
  restarted_again: "started again meanwhile",
  bad_answer: "bad answer",
  new_errors: "new errors in its logs",
};

interface Asked {
  readonly target?: string;
  readonly who?: string;
  readonly verb?: string;
  readonly since?: number;
}

/** The log of actions: who had what done, when. */
export const audit = {
  states,
  codes,
  /** `asked`: what was filtered by. */
  title: (count: number, asked: Asked): Text => {
    const parts: readonly Text[] = [
      ...(asked.verb === undefined ? [] : [text`${{ code: asked.verb }}`]),
      ...(asked.target === undefined ? [] : [text`on ${{ code: asked.target }}`]),
      ...(asked.who === undefined ? [] : [text`by ${{ code: asked.who }}`]),
      ...(asked.since === undefined ? [] : [text`since ${{ at: asked.since, style: "date-time" }}`]),
    ];
    const filter = parts.length === 0 ? [] : text`: ${join(parts, " ")}`;
    if (count === 0) return text`no action in the log${filter}`;
    return text`${count === 1 ? "1 action" : `${count} actions`}${filter}, newest first`;
  },
  line: (at: Inline, who: string, verb: string, target: string, state: string): Text =>
    text`${at} ${{ strong: verb }}${target === "" ? "" : text` ${{ code: target }}`} · ${state} · @${who}`,
  reason: (value: string): Text => text` · ${{ quote: value }}`,
  detail: (value: string): Text => text` · ${{ code: value }}`,
  masked: (count: number): Text => text`${count === 1 ? "1 secret" : `${count} secrets`} masked`,
  older: "Older",
  newer: "Newer",
  /** How a time is to be given. */
  moment: "2h, 14:00, 2026-01-05 or 2026-01-05 14:00",
  verified: (rows: number, removed: number, head: string | undefined): string =>
    head === undefined
      ? "The log of actions is empty."
      : `The log of actions is whole: ${rows} ${rows === 1 ? "row" : "rows"}, each follows from the one before.${removed === 0 ? "" : ` ${removed} older ${removed === 1 ? "row was" : "rows were"} removed by age.`}\nhead ${head}`,
  headThere: (hash: string): string => `The head ${hash} is in it.`,
  broken: (number: number, id: string, at: string): string =>
    `The log of actions was changed: row ${number} (action ${id}, ${at}) does not follow from the row before it. One of the two was edited, or rows between them are missing. Compare with the heads in the channel and with a backup.`,
  cut: (missing: number, after: number): string =>
    `The log of actions was cut: ${missing} ${missing === 1 ? "row is" : "rows are"} missing behind row ${after}, its end. Compare with the heads in the channel and with a backup.`,
  headMissing: (hash: string, asked: boolean): string =>
    asked
      ? `The head ${hash} is not in the log of actions. Either it was cut, changed or replaced since that was posted, or that head is older than what is kept, or it is of another Toban.`
      : `The head ${hash}, which Toban posted last, is not in the log of actions: it was cut, changed or replaced since. Compare with the heads in the channel and with a backup.`,
  badHead: "the 64 hexadecimal digits of a head, as posted in the channel",
  cli: {
    audit: {
      summary: "who had what done: the log of actions, newest first",
      options: {
        target: { takes: "NAME", help: "only what was done to this target" },
        who: { takes: "WHO", help: "only by this person: a Discord id, local:<uid>, rule:<name>, schedule:<name>" },
        verb: { takes: "VERB", help: "only this: restart, stop, …" },
        since: { takes: "TIME", help: "not before: 2h, 14:00, 2026-01-05, “2026-01-05 14:00”" },
        lines: { takes: "N", help: "at most so many (20; at most 1000)" },
      },
    },
    verify: {
      summary: "check that no row of the log of actions was changed or removed",
      options: { head: { takes: "HASH", help: "a head that was posted in the channel: it must be in the log" } },
      more: ["Ends with 0 when the log is whole and with 3 when it is not."],
    },
  },
} as const;
