/**
 * The tables, as numbered steps from an empty file; `user_version` says how many are done. A step that was ever
 * released never changes: what comes later is a step of its own.
 */

import type { Database } from './database.ts'

/** ASCII “Parl”: tells our files from other people's. */
export const APPLICATION_ID = 0x5061726c

export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(12))));

  CREATE TABLE rooms (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    code TEXT UNIQUE,
    vanish INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    at INTEGER NOT NULL,
    horizon INTEGER NOT NULL DEFAULT 0 -- the highest rev of a tombstone that was dropped
  ) STRICT;
  CREATE INDEX rooms_vanish ON rooms (id) WHERE vanish = 1;
  CREATE INDEX rooms_gone ON rooms (n) WHERE kind = 'gone'; -- erased, but not yet all of its records
  CREATE INDEX rooms_erased ON rooms (at) WHERE kind = 'erased'; -- the clock that an erased room leaves behind

  -- In the order of arrival, so that messages are appended. Clustered by room and born (WITHOUT ROWID) it took
  -- twice as long with 200 rooms at once: 57,000 records a second instead of 109,000.
  CREATE TABLE records (
    room INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    key TEXT NOT NULL,
    rev INTEGER NOT NULL,
    born INTEGER NOT NULL,
    author TEXT,
    hangs_on TEXT,
    expires INTEGER,
    gone INTEGER, -- when it became a tombstone
    timeline INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    body TEXT -- NULL: a tombstone, which is in no timeline, counts nowhere and hangs on nothing
  ) STRICT;
  -- The key first: ids begin with the time, so that messages of all rooms meet in the same few pages. Led by the room,
  -- each room had a page of its own in every commit: with 200 rooms a quarter more bytes and a sixth more CPU.
  CREATE UNIQUE INDEX records_key ON records (key, room);
  -- As few as will do, because each costs every message a page in the journal: with one for the timeline, one for what
  -- counts and one for all revs, 200 rooms of 5 took a third more CPU. Most records never change after they are born.
  CREATE INDEX records_listed ON records (room, key) WHERE timeline = 0 AND body IS NOT NULL;
  CREATE INDEX records_born ON records (room, born, timeline, counts);
  CREATE INDEX records_rev ON records (room, rev) WHERE rev <> born;
  CREATE INDEX records_hanging ON records (room, hangs_on) WHERE hangs_on IS NOT NULL;
  CREATE INDEX records_expires ON records (expires) WHERE expires IS NOT NULL;
  CREATE INDEX records_gone ON records (gone) WHERE gone IS NOT NULL;

  CREATE TABLE members (
    user TEXT NOT NULL,
    room INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    PRIMARY KEY (user, room)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_room ON members (room);

  CREATE TABLE users (id TEXT PRIMARY KEY, created INTEGER NOT NULL, wrote INTEGER NOT NULL DEFAULT 0)
    STRICT, WITHOUT ROWID;
  CREATE INDEX users_silent ON users (created) WHERE wrote = 0;
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_user ON sessions (user, seen);

  CREATE TABLE jobs (n INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL) STRICT;
  `,
]

/** Takes the database to the last step, each step whole or not at all. Returns how many it took. */
export function migrate(db: Database, steps: readonly string[] = migrations): number {
  const from = Number(db.pragma('user_version'))
  for (const [i, step] of steps.entries()) {
    if (i < from) continue
    db.transaction('write', () => {
      db.exec(step)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
      db.exec(`PRAGMA user_version = ${i + 1}`)
    })
  }
  return steps.length - from
}
