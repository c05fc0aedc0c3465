-- The record. Survives a rebuild. Nothing here is ever updated or deleted.
CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS entries (
    seq          INTEGER PRIMARY KEY,
    time         TEXT NOT NULL,
    type         TEXT NOT NULL,
    cause        TEXT NOT NULL,
    actor        TEXT NOT NULL,
    businessdate TEXT NOT NULL,
    data         BLOB NOT NULL,
    hash         BLOB NOT NULL,
    request      BLOB               -- SHA-256 of the command that caused it; stays on this box
);
CREATE INDEX IF NOT EXISTS entries_cause ON entries (cause);
CREATE INDEX IF NOT EXISTS entries_type ON entries (type, seq);

-- An epoch is a label beside seq, valid from `first` on; a fork starts a new one (nothing is hashed again). Of several
-- with the same `first` (a box restored twice before it recorded anything) the latest row holds.
CREATE TABLE IF NOT EXISTS epochs (
    first        INTEGER NOT NULL,
    epoch        TEXT NOT NULL UNIQUE,
    parent_epoch TEXT,
    parent_seq   INTEGER,
    parent_hash  BLOB
);

-- Where each follower is; saved in the transaction of the work it stands for.
CREATE TABLE IF NOT EXISTS followers (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    hash     BLOB
) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS entries_are_final BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'a journal entry is never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'a journal entry is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS epochs_are_final BEFORE UPDATE ON epochs
BEGIN SELECT RAISE(ABORT, 'an epoch is never changed'); END;
CREATE TRIGGER IF NOT EXISTS epochs_stay BEFORE DELETE ON epochs
BEGIN SELECT RAISE(ABORT, 'an epoch is never deleted'); END;
