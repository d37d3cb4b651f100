/** Names and descriptions as Discord shows them while one types; at most 100 characters each. */
export const command = {
  audit: {
    description: "Who had what done, newest first",
    target: "Only what was done to this",
    who: "Only by this person",
    verb: "Only this",
    since: "Not before: 2h, 14:00, 2026-01-05 14:00",
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
