/** Names and descriptions as Discord shows them while one types; at most 100 characters each. */
export const command = {
  audit: {
    description: "Who had what done, newest first",
    target: "Only what was done to this",
    who: "Only by this person",
    verb: "Only this",
    since: "Not before: 2h, 14:00, 2026-01-05 14:00",
  },
  logs: {
    description: "Lines of a log: a unit's journal or a configured file",
    source: "Which log: a target, or one of its files",
    lines: "How many at most; 20 unless said",
    since: "Not before: 10m, 14:00, 2026-01-05 14:00",
    until: "Not after: 10m, 14:00, 2026-01-05 14:00",
    contains: "Only lines with this text; upper and lower case are the same",
    level: "Only lines this bad or worse",
    share: "Show it to everybody here",
  },
  permissions: {
    description: "What somebody may do here, and why",
    user: "Whom; without it, you",
    verb: "May they do this? Without it, everything",
    target: "To this; without it, to nothing in particular",
  },
  ping: {
    description: "How Toban itself is doing: Discord, database, load, host",
  },
  health: {
    description: "How the host and everything watched on it is doing",
    target: "One target; without it, everything",
  },
} as const;
