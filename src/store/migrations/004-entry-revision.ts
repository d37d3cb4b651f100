import type { Migration } from "./index.js";

/** When an entry last changed, so that whoever shows thousands of them reads only what is new. */
export const entryRevision: Migration = {
  version: 4,
  name: "entry revision",
  sql: `
    -- The revision of its incident at that time.
    ALTER TABLE entry ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX entry_by_revision ON entry (incident, revision, episode);
  `,
};
