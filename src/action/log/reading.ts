import type { Clock } from "../../base/clock.js";
import { systemCodeOf } from "../../base/errors.js";
import { parseStampFormat } from "../../base/stamp-format.js";
import { zoneOf } from "../../base/zoned-time.js";
import type { Zone } from "../../base/zoned-time.js";
import type { LogOutcome, LogQuery, LogSource } from "../../model/log.js";
import { readFileLog } from "./file-log.js";
import type { LineHints } from "./chain.js";
import type { Limits } from "./file-log.js";
import { readJournal } from "./journal.js";
import type { LevelTexts } from "./level.js";
import { realDirectory } from "./open-file.js";
import type { RegionOptions } from "./regions.js";

/** Reads logs. Whether it is permitted was decided before. */
export interface LogReading {
  /**
   * Never rejects but by its signal's reason. One reading ends within its limits; at most {@link MOST_AT_ONCE} run at once, further ones are
   * told `busy`.
   */
  read(source: LogSource, query: LogQuery, signal: AbortSignal): Promise<LogOutcome>;
  /** Tells which files may be read, so that their directories are known before anything is asked. */
  configure(sources: readonly LogSource[]): Promise<void>;
}

export interface LogReadingOptions {
  readonly clock: Clock;
  /** For times without an offset. Read for each page, so that a reload counts at once. */
  readonly timezone: () => string;
  /** The unit's own name, by which its journal is kept; absent: every unit is configured by it. */
  readonly ownName?: (unit: string, signal: AbortSignal) => Promise<string>;
  /** Another journal than this machine's. */
  readonly journalDirectory?: string;
  readonly limits?: Partial<Limits>;
  readonly blocks?: Partial<Pick<RegionOptions, "blockBytes" | "ahead" | "longestLine">>;
}

export const MOST_AT_ONCE = 4;

const DEFAULT_LIMITS: Limits = {
  searchMs: 10_000,
  searchBytes: 16 * 1024 ** 3,
  pageBytes: 4 * 1024 ** 2,
};

export function createLogReading(options: LogReadingOptions): LogReading {
  return new Reading(options);
}

class Reading implements LogReading {
  readonly #options: LogReadingOptions;
  readonly #limits: Limits;
  /** The directory of each configured file as it was when it was first seen: a link put in its place later leads nowhere. */
  readonly #directories = new Map<string, string>();
  #running = 0;

  constructor(options: LogReadingOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  async configure(sources: readonly LogSource[]): Promise<void> {
    for (const { from } of sources) {
      if (from.kind === "file") await this.#directoryOf(from.path).catch(() => undefined);
    }
  }

  async read(source: LogSource, query: LogQuery, signal: AbortSignal): Promise<LogOutcome> {
    if (this.#running >= MOST_AT_ONCE) return { status: "failed", failure: "busy", detail: "" };
    this.#running += 1;
    try {
      return await this.#read(source, query, signal);
    } finally {
      this.#running -= 1;
    }
  }

  async #read({ from }: LogSource, query: LogQuery, signal: AbortSignal): Promise<LogOutcome> {
    const { clock, journalDirectory, blocks } = this.#options;
    switch (from.kind) {
      case "journal":
        return readJournal((await this.#options.ownName?.(from.unit, signal)) ?? from.unit, query, signal, {
          clock,
          searchMs: this.#limits.searchMs,
          ...(journalDirectory === undefined ? {} : { directory: journalDirectory }),
        });
      case "file": {
        const options = {
          clock,
          hints: hintsOf(from, zoneOf(this.#options.timezone())),
          limits: this.#limits,
          ...(blocks ? { blocks } : {}),
        };
        try {
          return await readFileLog(from.path, await this.#directoryOf(from.path), query, signal, options);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          return failedBy(thrown, from.path);
        }
      }
      default:
        return from satisfies never;
    }
  }

  async #directoryOf(path: string): Promise<string> {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const directory = await realDirectory(path);
    this.#directories.set(path, directory);
    return directory;
  }
}

/** A format that is none was told when the configuration was read. */
function hintsOf({ stamp, level }: Extract<LogSource["from"], { kind: "file" }>, zone: Zone): LineHints {
  const format = stamp === undefined ? undefined : parseStampFormat(stamp);
  return {
    zone,
    ...(format?.ok === true ? { stampFormat: format.format } : {}),
    ...(level === undefined ? {} : { levelTexts: lowerCase(level) }),
  };
}

function lowerCase(texts: LevelTexts): LevelTexts {
  return Object.fromEntries(
    Object.entries(texts).map(([level, each]) => [level, each.map((text) => text.toLowerCase())]),
  );
}

function failedBy(thrown: unknown, path: string): LogOutcome {
  const code = systemCodeOf(thrown);
  if (code === undefined) throw thrown;
  const failure = code === "ENOENT" || code === "ENOTDIR" ? "not_found" : code === "EACCES" ? "not_permitted" : "io";
  return { status: "failed", failure, detail: failure === "io" ? code : path };
}
