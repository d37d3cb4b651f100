import type { Migration } from "./index.js";

/** Actions from plan to end: the budget, the breaker and the claim look at them by target. */
export const actions: Migration = {
  version: 2,
  name: "actions",
  sql: `
    CREATE TABLE action (
      id TEXT PRIMARY KEY, target TEXT NOT NULL, state TEXT NOT NULL, planned_at INTEGER NOT NULL, started_at INTEGER, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX action_by_target ON action (target, planned_at);
    CREATE INDEX action_by_age ON action (planned_at);
    CREATE INDEX action_live ON action (state) WHERE state IN ('planned', 'approved', 'started');
    CREATE INDEX action_started ON action (target, started_at) WHERE started_at IS NOT NULL;
  `,
};
