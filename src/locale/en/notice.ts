import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";
import { units } from "./units.js";

/** Values travel through the outbox as plain JSON. */
export type NoticeValues = Readonly<Record<string, string | number>>;

export interface Notice {
  readonly tone: "critical" | "warning" | "info" | "well";
  readonly summary: Text;
  readonly lines: readonly Text[];
}

const word = (values: NoticeValues, key: string): string => String(values[key] ?? "?");
const number = (values: NoticeValues, key: string): number => {
  const value = Number(values[key]);
  return Number.isFinite(value) ? value : 0;
};
const messages = (count: number): string => `${units.count(count)} ${count === 1 ? "message" : "messages"}`;

const TROUBLES: Readonly<Record<string, string>> = {
  missing: "its directory is gone",
  read_only: "its file is read-only",
  locked: "another process holds its file",
  full: "its disk is full",
  corrupt: "its file is damaged and was set aside",
  newer_schema: "its file belongs to a newer Toban",
  io: "its disk reports errors",
};

const TROUBLE_REMEDIES: Readonly<Record<string, string>> = {
  missing: "Bring the data directory back; Toban tries again by itself.",
  read_only: "Make the data directory writable for Toban; it tries again by itself.",
  locked: "End the other process; Toban tries again by itself.",
  full: "Free some space; Toban tries again by itself.",
  corrupt: "Keep the file that was set aside until you know what is missing; check the disk.",
  newer_schema: "Start the newer Toban, or put back the back-up that it made.",
  io: "Check the disk and the kernel's log; Toban tries again by itself.",
};

/** What Toban says of itself. The key is what the outbox holds; the sentence is made when it is sent. */
export const notice = {
  /** `from`, `to`: UTC milliseconds. */
  away: (values: NoticeValues): Notice => ({
    tone: "info",
    summary: text`Toban is back after ${units.seconds((number(values, "to") - number(values, "from")) / 1_000)}`,
    lines: [
      text`away ${{ at: number(values, "from"), style: "date-time" }} – ${{ at: number(values, "to"), style: "date-time" }}; nothing was watched meanwhile`,
    ],
  }),
  /** `trouble`: one of the store's troubles; `path` if there is one. */
  store_trouble: (values: NoticeValues): Notice => ({
    tone: "critical",
    summary: text`Toban cannot write its store: ${TROUBLES[word(values, "trouble")] ?? word(values, "trouble")}`,
    lines: [
      text`Alerts go on from memory. Actions are refused, because they could not be recorded. A restart now would lose what is in memory.`,
      ...(values["path"] === undefined ? [] : [text`file ${{ code: word(values, "path") }}`]),
      text`${TROUBLE_REMEDIES[word(values, "trouble")] ?? "See Toban's log."}`,
    ],
  }),
  /** `seconds`: how long it was not writable. */
  store_back: (values: NoticeValues): Notice => ({
    tone: "well",
    summary: text`Toban's store is writable again after ${units.seconds(number(values, "seconds"))}`,
    lines: [text`What happened meanwhile has been written down.`],
  }),
  /** `path`: where the damaged file is now. */
  store_replaced: (values: NoticeValues): Notice => ({
    tone: "critical",
    summary: text`Toban's store was damaged; a new one has been begun`,
    lines: [
      text`The damaged file is kept: ${{ code: word(values, "path") }}`,
      text`What could still be read has been taken over. History may be missing, and older messages here may no longer change.`,
      text`${TROUBLE_REMEDIES["corrupt"] ?? ""}`,
    ],
  }),
  /** `count`; `detail`: Discord's words. */
  posts_dead: (values: NoticeValues): Notice => ({
    tone: "warning",
    summary: text`${messages(number(values, "count"))} could not be sent`,
    lines: [
      ...(values["detail"] === undefined ? [] : [text`last answer: ${{ code: word(values, "detail") }}`]),
      text`They are kept in the store and are not tried again.`,
    ],
  }),
  /** `channel`: id; `detail`: Discord's words; `held`: messages that wait. */
  receiver_broken: (values: NoticeValues): Notice => ({
    tone: "critical",
    summary: text`Toban cannot write into ${{ channel: word(values, "channel") }}`,
    lines: [
      ...(values["detail"] === undefined ? [] : [text`Discord says: ${{ code: word(values, "detail") }}`]),
      text`${messages(number(values, "held"))} held; tried again when Discord tells of a change of rights, and each 10 min. Give Toban access to the channel (${{ code: word(values, "channel") }}), or name another one in the configuration.`,
    ],
  }),
  /** `channel`; `held`: messages that waited. */
  receiver_back: (values: NoticeValues): Notice => ({
    tone: "well",
    summary: text`Toban can write into ${{ channel: word(values, "channel") }} again`,
    lines: [text`${messages(number(values, "held"))} were held and follow now.`],
  }),
  /** `seconds`: how long; `held`: messages that waited. */
  discord_back: (values: NoticeValues): Notice => ({
    tone: "info",
    summary: text`Discord was unreachable for ${units.seconds(number(values, "seconds"))}`,
    lines: [text`${messages(number(values, "held"))} were held and follow now.`],
  }),
  /** `seconds`: the pause. */
  edge_block: (values: NoticeValues): Notice => ({
    tone: "warning",
    summary: text`Discord's edge blocked this host; sending paused for ${units.seconds(number(values, "seconds"))}`,
    lines: [text`Nothing is lost. Look for another program on this address that floods Discord.`],
  }),
  /** Nothing. */
  token_refused: (): Notice => ({
    tone: "critical",
    summary: text`Discord refused Toban's token`,
    lines: [text`Make a new token in the developer portal, put it into DISCORD_TOKEN and restart Toban.`],
  }),
  /** `head`: hash; `rows`: new since the last one; `number`: of the newest row. */
  audit_head: (values: NoticeValues): Notice => ({
    tone: "info",
    summary: text`the log of actions ends with row ${units.count(number(values, "number"))}, ${units.count(number(values, "rows"))} new`,
    lines: [
      text`head ${{ code: word(values, "head") }}`,
      text`Kept here so that nobody can shorten or rewrite the log unnoticed: ${{ code: "toban audit verify --head …" }} looks whether it is still in it.`,
    ],
  }),
  /** `count`: problems. */
  config_rejected: (values: NoticeValues): Notice => ({
    tone: "warning",
    summary: text`New configuration refused: ${units.count(number(values, "count"))} ${number(values, "count") === 1 ? "problem" : "problems"}`,
    lines: [text`The last good configuration stays in force. ${{ code: "toban check-config" }} lists the problems.`],
  }),
} as const;

export type NoticeKey = keyof typeof notice;
