import type { Run } from "../model/run.js";
import type { HostReading, TargetReading } from "../model/view.js";
import { valueOf } from "./runs.js";

/** Samples of kinds without a reading of their own that a line has room for. */
const OTHER_SHOWN = 2;

type Optional<T> = { [K in keyof T]?: T[K] | undefined };

/** The properties that are known. */
function known<T extends object>(values: Optional<T>): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

function disksOf(run: Run): HostReading["disks"] {
  return run.samples
    .filter((sample) => sample.series === "host_disk_used_ratio")
    .map((sample) => ({ mount: sample.labels["mount"] ?? "", used: sample.value }))
    .toSorted((a, b) => b.used - a.used || (a.mount < b.mount ? -1 : 1));
}

export function readingOf(run: Run): TargetReading {
  const facts = run.result.status === "ok" ? run.result.facts : undefined;
  const value = (series: string): number | undefined => valueOf(run, series);
  switch (run.kind) {
    case "host":
      return known<HostReading>({
        kind: "host",
        cpu: value("host_cpu_used_ratio"),
        load: value("host_load_1m"),
        memory: value("host_memory_used_ratio"),
        disks: disksOf(run),
      });
    case "unit": {
      const unit = facts?.kind === "unit" ? facts : undefined;
      return known<Extract<TargetReading, { kind: "unit" }>>({
        kind: "unit",
        active: unit?.active,
        sub: unit?.sub,
        since: unit?.since,
        memoryBytes: value("unit_memory_bytes"),
      });
    }
    case "http":
      return known<Extract<TargetReading, { kind: "http" }>>({
        kind: "http",
        status: value("http_status_code"),
        seconds: value("http_duration_seconds"),
        certificateUntil: value("http_certificate_not_after_seconds"),
      });
    case "self":
      return known<Extract<TargetReading, { kind: "self" }>>({
        kind: "self",
        cpu: value("toban_cpu_ratio"),
        memoryBytes: value("toban_resident_bytes"),
        startedAt: facts?.kind === "self" ? facts.startedAt : undefined,
      });
    case "discord":
      return known<Extract<TargetReading, { kind: "discord" }>>({
        kind: "discord",
        gateway: facts?.kind === "discord" ? facts.gateway : undefined,
        restSeconds: value("discord_rest_seconds"),
      });
    default:
      return {
        kind: "other",
        samples: run.samples.filter((sample) => !sample.series.startsWith("probe_")).slice(0, OTHER_SHOWN),
      };
  }
}
