import type { Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { units } from "./units.js";

/** What a phrase may speak of. Names are already cut to the room there is. */
interface AlertWords {
  readonly target: string;
  readonly label: (name: string) => string;
  /** The compared value, with its unit. */
  readonly value: string;
  readonly count: number;
  /** Why, in a few words that follow a name; and as a code, if there is one. */
  readonly reason: string;
  readonly code: string | undefined;
  /** The unit's bad end: `exit-code 3`; the name of the process that was killed for want of memory. */
  readonly ended: string | undefined;
  readonly victim: string | undefined;
}

/** How the alerts of one rule are spoken of. */
interface AlertPhrase {
  /** How value and limit are written; `none`: the phrase says it all, and no limit follows. */
  readonly unit: "ratio" | "seconds" | "bytes" | "count" | "none";
  /** Of the host as a whole: the target's name adds nothing. */
  readonly host?: true;
  /** What it is a problem of, for counts: `20 × HTTP latency`. */
  readonly kind: string;
  /** As it is now: `disk / 93 %`. */
  readonly now: (words: AlertWords) => Text;
  /** As it is when over: `disk / 71 %`, `web answers again`. */
  readonly over: (words: AlertWords) => Text;
  /** What it is about, without a state. */
  readonly subject: (words: AlertWords) => Text;
  /** How "it will reach its end" is said, where that means something: `full in ~5 h`. */
  readonly exhausted?: (seconds: number) => Text;
}

function valued(
  unit: "ratio" | "seconds" | "bytes" | "count",
  kind: string,
  subject: (words: AlertWords) => Text,
  more: { readonly host?: true; readonly exhausted?: (seconds: number) => Text } = {},
): AlertPhrase {
  const now = (words: AlertWords): Text => text`${subject(words)} ${words.value}`;
  return { unit, kind, subject, now, over: now, ...more };
}

function stated(
  kind: string,
  subject: (words: AlertWords) => Text,
  now: (words: AlertWords) => Text,
  over: (words: AlertWords) => Text,
  more: { readonly host?: true } = {},
): AlertPhrase {
  return { unit: "none", kind, subject, now, over, ...more };
}

const ofTarget = (words: AlertWords): Text => text`${words.target}`;
const host = { host: true } as const;
const soon =
  (word: string) =>
  (seconds: number): Text =>
    text`${word} in ~${units.seconds(seconds)}`;

/** How a unit is that was not in its state for this reason, and now is. */
function asItShouldBe(reason: AlertWords["code"]): string {
  if (reason === "unexpectedly_active") return "no longer runs";
  return reason === "inactive" || reason === "masked" || reason === undefined
    ? "active again"
    : "as it should be again";
}

function killed({ count, victim }: AlertWords): string {
  if (count === 1 && victim !== undefined) return victim;
  const processes = `${units.count(count)} ${count === 1 ? "process" : "processes"}`;
  return victim === undefined ? processes : `${processes}, last ${victim}`;
}

const inBrackets = (words: string | undefined): string => (words === undefined ? "" : ` (${words})`);
const times = (count: number): string => `${units.count(count)} ×`;

/** One phrase for each built-in rule. */
const phrases = {
  HostMemory: valued("ratio", "memory", () => text`memory`, { host: true, exhausted: soon("used up") }),
  HostSwapping: valued("ratio", "memory pressure", () => text`memory pressure`, host),
  HostCpu: valued("ratio", "CPU", () => text`CPU`, host),
  HostDisk: valued("ratio", "disk space", (words) => text`disk ${words.label("mount")}`, {
    host: true,
    exhausted: soon("full"),
  }),
  HostInodes: valued("ratio", "inodes", (words) => text`inodes of ${words.label("mount")}`, {
    host: true,
    exhausted: soon("used up"),
  }),
  HostDiskReadOnly: stated(
    "read-only disk",
    (words) => text`disk ${words.label("mount")}`,
    (words) => text`disk ${words.label("mount")} turned read-only`,
    (words) => text`disk ${words.label("mount")} writable again`,
    host,
  ),
  HostOom: stated(
    "kills for want of memory",
    () => text`out of memory`,
    (words) => text`out of memory: kernel killed ${killed(words)}`,
    () => text`no more kills for want of memory`,
    host,
  ),
  TargetDown: stated(
    "target down",
    ofTarget,
    (words) => text`${words.target} ${words.reason}`,
    (words) => text`${words.target} answers again`,
  ),
  UnitFailed: stated(
    "failed unit",
    ofTarget,
    (words) => text`${words.target} failed${inBrackets(words.ended)}`,
    // It may have been started again, or its failure merely been reset.
    (words) => text`${words.target} no longer failed`,
  ),
  UnitRestarted: stated(
    "restarted unit",
    ofTarget,
    (words) => text`${words.target} restarted ${times(words.count)} in 10 min${inBrackets(words.ended)}`,
    (words) => text`${words.target} runs without restarts`,
  ),
  UnitInactive: stated(
    "inactive unit",
    ofTarget,
    (words) => text`${words.target} ${words.code === undefined ? "is not active" : words.reason}`,
    (words) => text`${words.target} ${asItShouldBe(words.code)}`,
  ),
  UnitStuck: stated(
    "stuck unit",
    ofTarget,
    (words) => text`${words.target} is stuck between two states, ${words.value} beyond its timeout`,
    (words) => text`${words.target} no longer stuck`,
  ),
  HttpSlow: valued("seconds", "HTTP latency", (words) => text`${words.target} answers in`),
  HttpCertificate: {
    unit: "seconds",
    kind: "certificate",
    subject: (words) => text`${words.target} certificate`,
    now: (words) =>
      words.count > 0
        ? text`${words.target} certificate ends in ${words.value}`
        : text`${words.target} certificate has ended`,
    over: (words) => text`${words.target} certificate valid for ${words.value}`,
  },
  ProcessMemory: valued("bytes", "process memory", (words) => text`${words.target} memory`),
  SqliteSlow: valued("seconds", "slow database", (words) => text`${words.target} reads`),
  SqliteCorrupt: stated(
    "corrupt database",
    ofTarget,
    (words) => text`${words.target} is corrupt`,
    (words) => text`${words.target} passes its check again`,
  ),
  SqliteWal: valued("bytes", "long write-ahead log", (words) => text`${words.target} write-ahead log`),
  LogErrors: valued("count", "log errors", (words) => text`${words.target} errors in 10 min:`),
  DiscordSlow: valued("seconds", "slow Discord", () => text`Discord answers in`, host),
  DiscordRateLimited: valued("count", "rate limits", () => text`Discord rate limits in 10 min:`, host),
  DiscordInvalid: valued("count", "refused requests", () => text`requests refused by Discord in 10 min:`, host),
  ProbeFailed: stated(
    "not measurable",
    ofTarget,
    (words) =>
      words.code === undefined
        ? text`${words.target} cannot be measured`
        : text`${words.target} cannot be measured: ${words.reason}`,
    (words) => text`${words.target} measured again`,
  ),
  TobanLag: valued("seconds", "slow Toban", () => text`Toban itself is late by`, host),
  TobanStore: valued("seconds", "slow store", () => text`Toban's own store takes`, host),
  OutboxOld: valued("seconds", "unsent messages", () => text`oldest unsent message waits`, host),
  ClockJumped: valued("seconds", "clock", () => text`clock jumped by`, host),
} as const satisfies Readonly<Record<string, AlertPhrase>>;

/** For rules of people's own: the rule's name tells what it is about. */
function phraseOfRule(rule: string): AlertPhrase {
  if (Object.hasOwn(phrases, rule)) return phrases[rule as keyof typeof phrases];
  return valued("count", rule, (words) => text`${words.target} ${rule}`);
}

/** systemd calls some states the same in both of its words. */
const stateName = (active: string, sub: string): string => (active === sub ? active : `${active} (${sub})`);

const plural = (count: number, one: string, many: string): string =>
  `${units.count(count)} ${count === 1 ? one : many}`;

export const alert = {
  phrases,
  phraseOfRule,
  /** `to`: where a redirect leads. */
  httpStatus: (status: number, to: string | undefined): string =>
    to === undefined ? `HTTP ${status}` : `HTTP ${status} to ${to}`,
  /** A reason, and what the other side itself says of it. */
  because: (reason: string, words: string): string => `${reason}: ${words}`,
  /** `db DOWN, cache Unhealthy and 3 more`. */
  partsDown: (parts: readonly string[], more: number): string =>
    more > 0 ? `${parts.join(", ")} and ${units.count(more)} more` : parts.join(", "),
  /** For a bad target that gave no reason. */
  noReason: "down",
  limit: (limit: string): Text => text` (limit ${limit})`,
  problems: (total: number, critical: number, warning: number, info: number): Text => {
    const parts = [
      critical > 0 ? text`${units.count(critical)} critical` : undefined,
      warning > 0 ? text`${units.count(warning)} warning` : undefined,
      info > 0 ? text`${units.count(info)} info` : undefined,
    ].filter((part) => part !== undefined);
    return text`${plural(total, "problem", "problems")} (${join(parts, ", ")})`;
  },
  /** `gone`: how many of them are merely no longer watched. */
  allOver: (total: number, gone: number, seconds: number): Text =>
    gone > 0
      ? text`${plural(total - gone, "problem", "problems")} over, ${units.count(gone)} no longer watched, after ${units.seconds(seconds)}`
      : text`${plural(total, "problem", "problems")}, all over after ${units.seconds(seconds)}`,
  allGone: (total: number): Text => text`${plural(total, "problem", "problems")} no longer watched`,
  someOver: (over: number): Text => text`${units.count(over)} over`,
  since: (at: number): Text => text`since ${{ at, style: "relative" }}`,
  firstSince: (at: number): Text => text`first ${{ at, style: "relative" }}`,
  wasAtWorst: (worst: string): Text => text`was ${worst}`,
  atWorst: (worst: string): Text => text`at worst ${worst}`,
  overAfter: (seconds: number): Text => text`over after ${units.seconds(seconds)}`,
  gone: text`no longer watched`,
  goneAfter: (seconds: number): Text => text`no longer watched after ${units.seconds(seconds)}`,
  lastValue: (value: string): Text => text`last ${value}`,
  fromTo: (from: number, to: number): Text =>
    text`began ${{ at: from, style: "date-time" }} · over ${{ at: to, style: "date-time" }}`,
  away: (from: number, to: number): Text =>
    text`ended while I was away (${{ at: from, style: "time" }}–${{ at: to, style: "time" }})`,
  late: (seconds: number): Text => text` (sent ${units.seconds(seconds)} late: Discord was unreachable)`,
  untrusted: text`measured while Toban itself was slow`,
  rising: (change: string): Text => text`rising ${change}/h`,
  falling: (change: string): Text => text`falling ${change}/h`,
  points: units.points,
  means: (sentence: string): Text => text`Means: ${sentence}`,
  todo: (sentence: string): Text => text`Do: ${sentence}`,
  detail: (words: string): Text => text`${{ code: words }}`,
  incident: (number: number): Text => text`incident ${number}`,
  more: (count: number, kinds: Text): Text => text`${units.count(count)} more: ${kinds}`,
  kindCount: (count: number, kind: string): Text => text`${count} × ${kind}`,
  moreKinds: (count: number): Text => text`${plural(count, "other kind", "other kinds")}`,
  moreAttached: (count: number): Text => text`${units.count(count)} more, attached`,
  likelyCause: (cause: Text): Text => text`likely cause: ${cause}`,
  causeReason: (count: number, reason: string): Text => text`${units.count(count)} of them: ${reason}`,
  causeFirst: (what: Text): Text => text`${what}, which began before the others`,
  fileName: (number: number): string => `incident-${number}.txt`,
  fileTitle: (number: number, title: string): string => `Incident ${number}: ${title}`,
  fileHead: "severity, what, limit, began (UTC), over (UTC)",
  rose: (severity: string): Text => text`now ${severity}: `,
  joined: (count: number): Text => text`${units.count(count)} more critical: `,
  andMore: (count: number): Text => text` and ${units.count(count)} more`,
  still: (seconds: number): Text => text`still, for ${units.seconds(seconds)}: `,
  again: text`again: `,
  /** Something else, in an incident that had been over. */
  another: text`now: `,
  /** On an alert's message; the plan comes before the act, so the word has its dots. */
  buttons: { logs: "Logs", restart: "Restart…" },
  /** Lines of an incident's thread. */
  thread: {
    opened: (severity: string): Text => text`${severity}`,
    reopened: (severity: string): Text => text`${severity} again`,
    ended: text`over`,
    soFar: text`It comes and goes:`,
  },
  reposted: text`Posted again: the earlier message was deleted while this goes on.`,
  continued: text`Continued here: the earlier message is too old to be edited.`,
  left: (free: string, size: string): Text => text`${free} left of ${size}`,
  busiest: (processes: Text): Text => text`busiest: ${processes}`,
  largest: (processes: Text): Text => text`most memory: ${processes}`,
  process: (name: string, amount: string): Text => text`${{ code: name }} ${amount}`,
  victim: (name: string, at: number): Text => text`killed: ${{ code: name }} ${{ at, style: "relative" }}`,
  unitState: (active: string, sub: string, result: string | undefined): Text =>
    result === undefined || result === "success"
      ? text`state ${{ code: stateName(active, sub) }}`
      : text`state ${{ code: stateName(active, sub) }}, result ${{ code: result }}`,
  lastFailure: (result: string): Text => text`ended with result ${{ code: result }}`,
  exitStatus: (status: number): Text => text`exit status ${status}`,
  url: (url: string): Text => text`${{ code: url }}`,
  mismatch: (what: string, expected: string, found: string): Text =>
    text`${{ code: what }}: expected ${{ code: expected }}, found ${{ code: found }}`,
  /** `leaf`: the server's own certificate, if it is another one of its chain that ends first. */
  certificate: (subject: string, validTo: number, leaf: string | undefined): Text => {
    const until = text`valid until ${{ at: validTo, style: "date-time" }}`;
    return leaf === undefined
      ? text`certificate of ${{ code: subject }} ${until}`
      : text`certificate of ${{ code: subject }}, in the chain of ${{ code: leaf }}, ${until}`;
  },
} as const;
