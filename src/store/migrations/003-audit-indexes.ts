import type { Migration } from "./index.js";

/** What the log of actions is asked by. Rows of one index key lie in the order of `seq`, as pages want them. */
export const auditIndexes: Migration = {
  version: 3,
  name: "audit indexes",
  sql: `
    CREATE INDEX audit_by_target ON audit (target);
    -- The key alone: the name behind it may change.
    CREATE INDEX audit_by_who ON audit (substr(principal, 1, instr(principal || ' ', ' ') - 1));
    CREATE INDEX audit_by_verb ON audit (verb);
    CREATE INDEX audit_by_at ON audit (at);
    CREATE INDEX audit_by_hash ON audit (hash);
  `,
};
