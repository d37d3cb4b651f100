import { assertNever } from "../base/errors.js";
import type { Text } from "../base/text.js";
import { join, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Unit } from "../model/sample.js";
import type { MeasureState, TargetReading } from "../model/view.js";

/** A number with its unit, by the unit its series declares. */
export function sampleText(value: number, unit: Unit, catalogue: Catalogue): string {
  const { units, health } = catalogue;
  switch (unit) {
    case "ratio":
      return units.ratio(value);
    case "seconds":
      return units.seconds(value);
    case "bytes":
      return units.bytes(value);
    case "bytes_per_second":
      return health.perSecond(units.bytes(value));
    case "per_second":
      return health.perSecond(units.count(value));
    case "bool":
      return value === 0 ? health.no : health.yes;
    case "count":
    case "info":
      return units.count(value);
    default:
      return assertNever(unit);
  }
}

/** `host_load_1m` of kind host → `load 1m`: the words of a series' name, without its kind and unit. */
export function seriesWords(series: string, kind: string): string {
  return series
    .replace(new RegExp(String.raw`^${kind.replace(/\W/gu, "")}_`, "u"), "")
    .replace(/_(?:bytes_per_second|per_second|seconds|bytes|ratio|total)$/u, "")
    .replaceAll("_", " ");
}

/** The few numbers by which a target is known, as parts of a line. `now` in UTC milliseconds. */
export function readingParts(reading: TargetReading, now: number, catalogue: Catalogue): readonly Text[] {
  const { probe, units } = catalogue;
  const parts: Text[] = [];
  const add = <T>(value: T | undefined, say: (value: T) => Text): void => {
    if (value !== undefined) parts.push(say(value));
  };
  switch (reading.kind) {
    case "host":
      add(reading.cpu, probe.cpu);
      add(reading.load, probe.load);
      add(reading.memory, probe.memory);
      add(reading.disks[0], (disk) => probe.disk(disk.mount, disk.used));
      break;
    case "unit":
      add(reading.active, (active) =>
        probe.unitState(active, reading.since === undefined ? undefined : Math.max(0, now - reading.since) / 1_000),
      );
      add(reading.memoryBytes, probe.bytes);
      break;
    case "http":
      add(reading.status, (status) => probe.httpAnswer(status, reading.seconds));
      add(reading.certificateUntil, (until) => probe.certificate(until - now / 1_000));
      break;
    case "self":
      add(reading.cpu, probe.cpu);
      add(reading.memoryBytes, probe.bytes);
      add(reading.startedAt, (at) => probe.up(Math.max(0, now - at) / 1_000));
      break;
    case "discord":
      add(reading.gateway, (gateway) => [probe.gateway[gateway]]);
      add(reading.restSeconds, probe.rest);
      break;
    case "other":
      for (const sample of reading.samples) parts.push(text`${{ code: sample.series }} ${units.count(sample.value)}`);
      break;
    default:
      assertNever(reading);
  }
  return parts;
}

/** What is known of a target that is not simply well; empty when it is. */
export function stateWords(state: MeasureState, catalogue: Catalogue): Text {
  const { probe } = catalogue;
  switch (state.is) {
    case "well":
      return [];
    case "bad":
      return probe.bad(state.reason);
    case "failed":
      return probe.failed(state.failure, state.detail);
    case "stale":
      return probe.stale(state.ageMs / 1_000);
    case "never":
      return probe.never;
    default:
      return assertNever(state);
  }
}

export function joined(parts: readonly Text[]): Text {
  return join(
    parts.filter((part) => part.length > 0),
    " · ",
  );
}
