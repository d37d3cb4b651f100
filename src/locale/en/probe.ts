import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";
import { reason } from "./reason.js";
import { units } from "./units.js";

const failures: Readonly<Record<string, { readonly short: string }>> = reason.failures;
const reasons: Readonly<Record<string, { readonly short: string }>> = reason.reasons;

/** What each kind of target is called, and how its few numbers are said in a line. */
export const probe = {
  kinds: {
    host: "host",
    unit: "systemd unit",
    http: "HTTP",
    self: "Toban itself",
    discord: "Discord",
  },
  cpu: (ratio: number): Text => text`CPU ${units.ratio(ratio)}`,
  load: (value: number): Text => text`load ${units.count(value)}`,
  memory: (ratio: number): Text => text`memory ${units.ratio(ratio)}`,
  disk: (mount: string, ratio: number): Text => text`disk ${mount} ${units.ratio(ratio)}`,
  perDay: (bytes: number): Text => text` (${bytes < 0 ? "−" : "+"}${units.bytes(Math.abs(bytes))}/d)`,
  /** `active 12 d`, `failed`. */
  unitState: (active: string, seconds: number | undefined): Text =>
    seconds === undefined ? text`${active}` : text`${active} ${units.seconds(seconds)}`,
  bytes: (value: number): Text => text`${units.bytes(value)}`,
  httpAnswer: (status: number, seconds: number | undefined): Text =>
    seconds === undefined ? text`${status}` : text`${status} in ${units.seconds(seconds)}`,
  certificate: (seconds: number): Text =>
    seconds > 0 ? text`certificate ${units.seconds(seconds)}` : text`certificate expired`,
  up: (seconds: number): Text => text`up ${units.seconds(seconds)}`,
  gateway: {
    connecting: "gateway connecting",
    ready: "gateway ready",
    resuming: "gateway resuming",
    closed: "gateway closed",
  },
  rest: (seconds: number): Text => text`API ${units.seconds(seconds)}`,
  /** The target's bad answer, in a few words. */
  bad: (code: string | undefined): Text => text`${reasons[code ?? ""]?.short ?? "not as it should be"}`,
  /** Toban could not measure: why, and the detail from outside. */
  failed: (code: string, detail: string): Text => {
    const short = failures[code]?.short ?? "cannot be measured";
    return detail === "" ? text`${short}` : text`${short} (${{ code: detail }})`;
  },
  stale: (seconds: number): Text => text`not measured for ${units.seconds(seconds)}`,
  never: text`not measured yet`,
  notRead: (what: string, needs: string, because: "missing" | "silent" | undefined): Text =>
    text`${what}: ${because === "missing" ? "not there" : because === "silent" ? "no answer" : "not permitted"} (needs ${needs})`,
} as const;
