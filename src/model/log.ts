/** How bad a line of a log is, the worst first. */
export const LINE_LEVELS = ["error", "warning", "info", "debug"] as const;
export type LineLevel = (typeof LINE_LEVELS)[number];

/** Whether a line of the one level is wanted where lines of the other level and worse ones are. A line that says nothing counts as info. */
export function isAtLeast(level: LineLevel | undefined, wanted: LineLevel): boolean {
  return LINE_LEVELS.indexOf(level ?? "info") <= LINE_LEVELS.indexOf(wanted);
}

/** What may be read: `<target>` is its natural log, `<target>/<name>` a configured file. */
export interface LogSource {
  readonly name: string;
  readonly target: string;
  readonly from:
    | { readonly kind: "journal"; readonly unit: string }
    /** Absolute, as configured; links are followed only inside its directory. */
    | {
        readonly kind: "file";
        readonly path: string;
        /** How its times are written, in the tokens of `parseStampFormat`, where that is configured. */
        readonly stamp?: string;
        /** Texts that stand for a level, where such are configured. */
        readonly level?: Readonly<Partial<Record<LineLevel, readonly string[]>>>;
      };
}

/** One line, masked already. */
export interface LogLine {
  /** UTC milliseconds, if the line says when. */
  readonly at?: number;
  readonly level?: LineLevel;
  /** What is to be shown: without the stamp and the level, which stand beside it. */
  readonly text: string;
  /** The line as it was written, but for its secrets. */
  readonly raw: string;
}

/** A place in a log, from which one reads on. */
export type LogPlace =
  | {
      readonly kind: "file";
      /** Device and inode: the same file, also when it has been rotated. */
      readonly file: string;
      readonly offset: number;
      /** Of the bytes at the place: tells a file that was emptied and written anew. */
      readonly check: string;
    }
  | { readonly kind: "journal"; readonly cursor: string };

export interface LogQuery {
  /** How many lines at most. */
  readonly lines: number;
  /** UTC milliseconds, both inclusive. */
  readonly since?: number;
  readonly until?: number;
  /** Literal text; upper and lower case are the same. */
  readonly contains?: string;
  /** Lines of this level and worse. */
  readonly level?: LineLevel;
  /** From where, and which way. Absent: the newest lines. */
  readonly from?: { readonly place: LogPlace; readonly towards: "older" | "newer" };
}

/** What befell a log between two pages, or while it was read. */
export const LOG_EVENTS = [
  /** The file has been rotated; the page goes on in the one before or after. */
  "rotated",
  /** The file was emptied, or what stood at the place is no longer there: the page shows the newest lines instead. */
  "truncated",
  /** Only a part of the journal may be read. */
  "restricted",
  /** The lines do not say when they were written, so a time could not be kept to. */
  "unstamped",
  /** The clock went back while the lines were written: an hour may be there twice. */
  "stepped_back",
  /** Zeros that are no text were left out. */
  "hole",
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];

/** Lines of a log, oldest first. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  /** How many secrets were masked in them. */
  readonly secrets: number;
  /** Absent: there is nothing further that way. */
  readonly older?: LogPlace;
  /** Where lines that are still to be written will stand. */
  readonly newer?: LogPlace;
  readonly events: readonly LogEvent[];
  /** Set when the search ended before its end: {@link older} or {@link newer} goes on from there. */
  readonly stopped?: { readonly why: "time" | "bytes"; readonly at?: number };
  readonly searchedBytes: number;
  /** Of a file in which nothing was found: how far it goes. */
  readonly extent?: LogExtent;
}

/** What there is in a file. */
export interface LogExtent {
  /** In bytes. */
  readonly size: number;
  /** UTC milliseconds: when it was last written. */
  readonly modifiedAt: number;
  /** When its first and its last line were written, if they say so. */
  readonly first?: number;
  readonly last?: number;
}

/** Why a log could not be read, as a closed set; each has a sentence in every catalogue. */
export const LOG_FAILURES = [
  "not_permitted",
  "not_found",
  /** A symbolic link leads out of the configured directory. */
  "outside",
  /** No regular file. */
  "not_regular",
  /** The file has a second name somewhere: it might be anything. */
  "hard_linked",
  /** No journal on this machine, or none that answers. */
  "no_journal",
  "deadline",
  "busy",
  "io",
] as const;
export type LogFailure = (typeof LOG_FAILURES)[number];

export type LogOutcome =
  | { readonly status: "ok"; readonly page: LogPage }
  | {
      readonly status: "failed";
      readonly failure: LogFailure;
      readonly detail: string;
      /** The group that would be allowed to. */
      readonly needsGroup?: string;
    };

/** A page with what it is a page of. */
export interface LogView {
  readonly source: string;
  readonly from: LogSource["from"];
  /** Where the page was read from is left out: it means nothing to people. */
  readonly query: Omit<LogQuery, "from">;
  readonly page: LogPage;
  /** Whether the page was turned to, so that it does not hold the newest lines. */
  readonly turned: boolean;
  /** In which times are shown. */
  readonly timezone: string;
}
