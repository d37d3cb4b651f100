import type { Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { units } from "./units.js";

const targets = (count: number): string => `${units.count(count)} ${count === 1 ? "target" : "targets"}`;

/** Numbers of targets in each state worth naming. */
export interface HealthCounts {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
  readonly unknown: number;
  readonly muted: number;
}

function counts(value: HealthCounts): Text {
  const parts = (["critical", "warning", "unknown", "info", "muted"] as const)
    .filter((tone) => value[tone] > 0)
    .map((tone) => text`${units.count(value[tone])} ${tone}`);
  return parts.length === 0 ? text`all well` : join(parts, ", ");
}

export const health = {
  verdict: (host: string, total: number, value: HealthCounts): Text =>
    text`${host} · ${targets(total)} · ${counts(value)}`,
  nothingMeasured: (host: string, total: number): Text => text`${host} · ${targets(total)} · nothing measured yet`,
  noProblems: text`No problems.`,
  old: (seconds: number): Text => text` (${units.seconds(seconds)} old)`,
  more: (count: number): string => `${units.count(count)} more`,
  moreWell: (count: number): string => `${units.count(count)} more well`,
  andMore: (count: number): Text => text` and ${units.count(count)} more`,
  busy: (processes: Text): Text => text`busy: ${processes}`,
  process: (name: string, ratio: number): Text => text`${{ code: name }} ${units.ratio(ratio)}`,
  asOf: (at: number): Text => text`as of ${{ at, style: "relative" }}`,
  refresh: "Refresh",
  onlyProblems: "Only problems",
  showAll: "Show all",
  file: "health.txt",
  targetFile: (name: string): string => `health-${name}.txt`,
  kindLine: (kind: string, interval: number): Text => text`${kind}, measured every ${units.seconds(interval)}`,
  measuredAt: (at: number, duration: number): Text =>
    text`last ${{ at, style: "relative" }} in ${units.seconds(duration)}`,
  lastChange: (at: number): Text => text`last change ${{ at, style: "relative" }}`,
  pending: (rule: string, seconds: number): Text => text`${rule} pending for ${units.seconds(seconds)}`,
  /** The rule's own words: `HostDisk: > 90 % for 5 min`. */
  rule: (rule: string, op: string, limit: string, forSeconds: number): Text =>
    forSeconds > 0 ? text`${rule}: ${op} ${limit} for ${units.seconds(forSeconds)}` : text`${rule}: ${op} ${limit}`,
  ended: (rule: string, at: number): Text => text`${rule} over ${{ at, style: "relative" }}`,
  yes: "yes",
  no: "no",
  perSecond: (value: string): string => `${value}/s`,
  moreSeries: (count: number): Text => text`${units.count(count)} more numbers, attached`,
  cores: (count: number): string => `${units.count(count)} ${count === 1 ? "core" : "cores"}`,
  unit: (unit: string, description: string | undefined): Text =>
    description === undefined || description === "" || description === unit
      ? text`${{ code: unit }}`
      : text`${{ code: unit }}: ${{ code: description }}`,
  pid: (pid: number): Text => text`PID ${String(pid)}`,
} as const;
