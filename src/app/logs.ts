import { createLogReading } from "../action/log/reading.js";
import { createLogs } from "../answer/logs.js";
import type { Logs } from "../answer/logs.js";
import { ownNames } from "../base/systemd/own-name.js";
import type { Clock } from "../base/clock.js";
import type { Config } from "../config/config.js";
import type { LogSource } from "../model/log.js";

/** Every log that may be read: the journal of each unit, and the configured files. */
export function logSourcesOf({ targets, logSources }: Pick<Config, "targets" | "logSources">): readonly LogSource[] {
  const files = new Map(targets.map(({ name }) => [name, logSources.filter(({ target }) => target === name)]));
  return targets.flatMap((target): LogSource[] => {
    const unit = unitOf(target.options);
    const journal: LogSource[] =
      target.kind === "unit" && unit !== undefined
        ? [{ name: target.name, target: target.name, from: { kind: "journal", unit } }]
        : [];
    const own = (files.get(target.name) ?? []).map(({ source, file, stamp, level }): LogSource => ({
      name: source,
      target: target.name,
      from: {
        kind: "file",
        path: file,
        ...(stamp === undefined ? {} : { stamp }),
        ...(level === undefined ? {} : { level }),
      },
    }));
    return [...journal, ...own];
  });
}

/** The unit's full name, as the kind's schema made it. */
function unitOf(options: unknown): string | undefined {
  return typeof options === "object" && options !== null && "unit" in options && typeof options.unit === "string"
    ? options.unit
    : undefined;
}

/** Logs for commands and the command line. `config` is read anew each time, so that a reload counts at once. */
export function createLogAnswers(clock: Clock, config: () => Config): Logs {
  const timezone = (): string => config().timezone;
  const reading = createLogReading({
    clock,
    timezone,
    ownName: async (unit, signal) => {
      const own = await ownNames([unit], { address: config().systemBusAddress, clock }, signal);
      return own.get(unit) ?? unit;
    },
  });
  const sources = (): readonly LogSource[] => logSourcesOf(config());
  // What cannot be resolved now is resolved when it is first read.
  void reading.configure(sources());
  return createLogs({ reading, clock, sources, timezone });
}
