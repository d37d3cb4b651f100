import { pino } from "pino";
import type { DestinationStream, Level, Logger as PinoLogger } from "pino";

import { readableLine } from "./log-line.js";
import { visible } from "./clean.js";
import { mask } from "./mask/mask.js";
import type { Secret } from "./secret.js";

/** Every logger there is. A room logs under its own name; the set is closed so that operators can rely on it. */
export const LOGGER_NAMES = [
  "app",
  "config",
  "store",
  "scrape",
  "probe",
  "evaluate",
  "evidence",
  "sender",
  "discord",
  "dispatch",
  "operate",
  "cli",
] as const;

export type LoggerName = (typeof LOGGER_NAMES)[number];

export type Logger = Pick<PinoLogger, "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "isLevelEnabled">;

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const satisfies readonly (
  | Level
  | "silent"
)[];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** For people on a terminal, or for programs: a line of JSON each. */
export const LOG_FORMATS = ["pretty", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface Logs {
  readonly for: (name: LoggerName) => Logger;
  level: LogLevel;
  /** From now on these must not reach the log either: a renewed token. The ones before stay hidden. */
  hide(secrets: readonly Secret[]): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Default: JSON. */
  readonly format?: LogFormat;
  /** Whether the terminal shows colours; only of `pretty`. */
  readonly colour?: boolean;
  readonly destination?: DestinationStream;
  /** Values that must never reach the log, whatever carries them there (an error's text, a URL). */
  readonly secrets?: readonly Secret[];
}

/** A line of JSON whose secrets are masked by their shape, and which is one still: a number that was masked becomes a string. */
function maskedLine(line: string): string {
  const { text, count } = mask(line);
  return count === 0 ? text : text.replaceAll(/":<secret>(?=[,}])/gu, '":"<secret>"');
}

/**
 * The loggers, as pino children of one root. Rules: the message is static, the data is in the fields; field names are
 * `snake_case`; an error goes under `err`. Known secrets are removed from the finished line, and what looks like one
 * is masked, so that even a library's error text cannot leak one.
 */
export function createLogs(options: LogOptions): Logs {
  const needles = new Set<string>();
  const hide = (secrets: readonly Secret[]): void => {
    for (const secret of secrets) if (secret.reveal() !== "") needles.add(secret.reveal());
  };
  hide(options.secrets ?? []);
  const { format = "json", colour = false, destination: target = pino.destination({ fd: 1, sync: true }) } = options;
  const destination: DestinationStream =
    format === "json" ? target : { write: (line) => target.write(readableLine(line, { colour })) };
  const scrub: DestinationStream = {
    write(line: string) {
      let clean = visible(line);
      for (const needle of needles) clean = clean.replaceAll(needle, "<secret>");
      destination.write(maskedLine(clean));
    },
  };
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    scrub,
  );
  const children = new Map(LOGGER_NAMES.map((name) => [name, root.child({ room: name })]));
  return {
    for: (name) => children.get(name) ?? root,
    hide,
    get level() {
      return root.level as LogLevel;
    },
    set level(level: LogLevel) {
      root.level = level;
      for (const child of children.values()) child.level = level;
    },
  };
}

/** A logger that says nothing, for where none is wanted. */
export const silentLogs: Logs = createLogs({ level: "silent", destination: { write: () => undefined } });
