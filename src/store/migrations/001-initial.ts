import type { Migration } from "./index.js";

/**
 * Small tables keep their object as JSON in `body`, and beside it only the columns that are asked for. Samples are described
 * in the README of the store.
 */
export const initial: Migration = {
  version: 1,
  name: "initial",
  sql: `
    -- Which file this is: after a fault the one on the path may be another.
    CREATE TABLE store (id TEXT NOT NULL) STRICT;
    INSERT INTO store (id) VALUES (lower(hex(randomblob(16))));

    CREATE TABLE meta (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE source (
      id INTEGER PRIMARY KEY, host TEXT NOT NULL, target TEXT NOT NULL,
      UNIQUE (host, target)
    ) STRICT;
    CREATE TABLE series (
      id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source (id), name TEXT NOT NULL, labels TEXT NOT NULL,
      last_at INTEGER, last_value REAL,
      UNIQUE (source, name, labels)
    ) STRICT;
    -- Never reused, because a block is known by the number of its first run.
    CREATE TABLE head (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL REFERENCES source (id), at INTEGER NOT NULL, data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX head_by_source ON head (source, seq);
    CREATE TABLE block (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series (id), seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
      from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL,
      UNIQUE (series, seq)
    ) STRICT;
    CREATE INDEX block_by_age ON block (to_at);
    CREATE TABLE rollup (
      series INTEGER NOT NULL REFERENCES series (id), level TEXT NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL,
      PRIMARY KEY (series, level, start)
    ) STRICT;
    CREATE INDEX rollup_by_age ON rollup (level, start);

    CREATE TABLE run (target TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;

    CREATE TABLE alert (fingerprint TEXT PRIMARY KEY, last_sample_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;

    CREATE TABLE incident (
      id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, channel TEXT NOT NULL, group_key TEXT NOT NULL, revision INTEGER NOT NULL,
      rank INTEGER NOT NULL, opened_at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incident_by_group ON incident (channel, group_key, opened_at);
    CREATE INDEX incident_by_opening ON incident (channel, opened_at);
    CREATE INDEX incident_by_end ON incident (ended_at);
    CREATE TABLE entry (
      incident TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE, episode TEXT NOT NULL, joined_at INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (incident, episode)
    ) STRICT;
    CREATE INDEX entry_by_episode ON entry (episode);

    CREATE TABLE outbox (
      id TEXT PRIMARY KEY, state TEXT NOT NULL, rank INTEGER NOT NULL, due_at INTEGER NOT NULL, created_at INTEGER NOT NULL, incident TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox (rank DESC, created_at, id) WHERE state IN ('pending', 'sending');
    CREATE INDEX outbox_by_state ON outbox (state, created_at);
    CREATE INDEX outbox_by_incident ON outbox (incident, created_at);

    -- wanted_revision follows the incident's, so that what is stale is an index of its own and old messages cost nothing.
    CREATE TABLE message (
      incident TEXT NOT NULL, channel TEXT NOT NULL, shown_revision INTEGER NOT NULL, wanted_revision INTEGER NOT NULL,
      due_at INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (incident, channel)
    ) STRICT;
    CREATE TRIGGER incident_gone AFTER DELETE ON incident BEGIN DELETE FROM message WHERE incident = OLD.id; END;
    CREATE INDEX message_stale ON message (due_at) WHERE shown_revision < wanted_revision;

    CREATE TABLE audit (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, at INTEGER NOT NULL, principal TEXT NOT NULL, verb TEXT NOT NULL, target TEXT NOT NULL,
      reason TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_id ON audit (id, seq);

    CREATE TABLE identify (id TEXT PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE INDEX identify_by_kind ON identify (kind, at);

    CREATE TABLE panel (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX panel_by_expiry ON panel (expires_at);
  `,
};
