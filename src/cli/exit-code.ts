/** What the process says to whoever started it. */
export const EXIT = {
  well: 0,
  /** Something fires, or a check found something. */
  firing: 1,
  /** The command line or the configuration is wrong; or another Toban holds the data directory. */
  usage: 2,
  /** Toban itself failed. */
  failed: 3,
  /** Discord refuses this bot for good. */
  refused: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
