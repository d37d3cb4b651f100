/** Names and descriptions as Discord shows them while one types; at most 100 characters each. */
export const command = {
  ping: {
    description: "How Toban itself is doing: Discord, database, load, host",
  },
  health: {
    description: "How the host and everything watched on it is doing",
    target: "One target; without it, everything",
  },
} as const;
