import type { LogReading } from "../action/log/reading.js";
import type { Clock } from "../base/clock.js";
import { UserError } from "../base/errors.js";
import { parseMoment } from "../base/moment.js";
import type { LogOutcome, LogQuery, LogSource, LogView } from "../model/log.js";

/** What is asked of one log. */
export interface LogRequest {
  readonly source: string;
  readonly query: LogQuery;
}

export interface Logs {
  /** Everything that may be read, in the order of the configuration. */
  sources(): readonly LogSource[];
  /** The moment that somebody means, if it can be told. */
  moment(text: string): number | undefined;
  /** A source that is not configured, or that cannot be read, is a {@link UserError}. */
  read(request: LogRequest, signal: AbortSignal): Promise<LogView>;
}

export interface LogsOptions {
  readonly reading: Pick<LogReading, "read">;
  readonly clock: Pick<Clock, "now">;
  /** Read for each answer, so that a reload counts at once. */
  readonly sources: () => readonly LogSource[];
  readonly timezone: () => string;
}

/** The target of a source's name, also of one that does not exist: what the gate is asked about. */
export function targetOfSource(source: string): string {
  return source.split("/")[0] ?? "";
}

export function createLogs(options: LogsOptions): Logs {
  const { reading, clock } = options;
  return {
    sources: options.sources,
    moment: (text) => parseMoment(text, clock.now(), options.timezone()),
    async read({ source: name, query }, signal) {
      const sources = options.sources();
      // Of a target without a log of its own, the first of its files is meant, as on the button of its alert.
      const source = sources.find((each) => each.name === name) ?? sources.find((each) => each.target === name);
      // Names are not offered here: who asks may not be allowed to read them all. Autocomplete knows.
      if (source === undefined) throw new UserError("unknown_source", { source: name.slice(0, 130) });
      const outcome = await reading.read(source, query, signal);
      if (outcome.status === "failed") throw unreadable(source.name, outcome);
      const { from, ...asked } = query;
      return {
        source: source.name,
        from: source.from,
        query: asked,
        page: outcome.page,
        turned: from !== undefined && !outcome.page.events.includes("truncated"),
        timezone: options.timezone(),
      };
    },
  };
}

function unreadable(source: string, outcome: Extract<LogOutcome, { status: "failed" }>): UserError {
  const { failure, detail, needsGroup } = outcome;
  return new UserError("log_unreadable", {
    source,
    failure,
    ...(detail === "" ? {} : { detail: detail.slice(0, 300) }),
    ...(needsGroup === undefined ? {} : { group: needsGroup }),
  });
}
