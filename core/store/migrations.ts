/**
 * The app store's own schema, one entry a version (`PRAGMA user_version` counts those done).
 * Entries that have been released never change; add another.
 */
export const migrations: string[] = [
  `
  CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    params TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE history (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX history_by_connection ON history (connection_id, created_at DESC);
  CREATE INDEX history_by_time ON history (created_at DESC);
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    job TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_time ON jobs (created_at DESC);
  `,
  `
  CREATE TABLE verified_examples (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    question TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    example TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX verified_by_question ON verified_examples (connection_id, question COLLATE NOCASE);
  `,
  `
  CREATE TABLE network (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    local INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    method TEXT NOT NULL,
    initiator TEXT NOT NULL,
    outcome TEXT NOT NULL,
    message TEXT,
    sent_bytes INTEGER,
    received_bytes INTEGER,
    duration_ms REAL
  ) STRICT;
  CREATE INDEX network_by_kind ON network (local, id DESC);
  `,
];
