-- Headquarters' tables. Plain SQL on purpose, so that another database can hold them: no rowid, no REPLACE, no JSON functions.
-- Truth: entries, branches' cursors, feed. Everything else is folded from them and can be folded again.

CREATE TABLE IF NOT EXISTS entries (
    arrival      INTEGER PRIMARY KEY,            -- the order in which HQ committed them
    identity     TEXT    NOT NULL,
    epoch        TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    time         TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    businessdate TEXT    NOT NULL,
    data         BLOB    NOT NULL,               -- the exact bytes the store hashed
    hash         BLOB    NOT NULL,               -- as the store claims it
    received_at  TEXT    NOT NULL,
    flagged      INTEGER NOT NULL DEFAULT 0,     -- 1: the hash does not follow from the entry before
    UNIQUE (identity, epoch, seq)
);
CREATE INDEX IF NOT EXISTS entries_flagged ON entries (identity) WHERE flagged = 1;
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS cursors (             -- one row per branch: where its next entry goes
    identity TEXT    NOT NULL,
    epoch    TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    moved_at TEXT    NOT NULL,
    PRIMARY KEY (identity, epoch)
);
CREATE TABLE IF NOT EXISTS epochs (              -- where a branch began; a first branch has no parent
    identity     TEXT    NOT NULL,
    epoch        TEXT    NOT NULL,
    parent_epoch TEXT,
    parent_seq   INTEGER,
    parent_hash  BLOB,
    opened_at    TEXT    NOT NULL,
    PRIMARY KEY (identity, epoch)
);
CREATE TABLE IF NOT EXISTS lost (                -- what a store no longer has and HQ never got
    identity    TEXT    NOT NULL,
    epoch       TEXT    NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    reported_at TEXT    NOT NULL,
    PRIMARY KEY (identity, epoch, first)
);
CREATE TABLE IF NOT EXISTS quarantine (          -- stored, but its fold fails every time
    identity TEXT    NOT NULL,
    epoch    TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    type     TEXT    NOT NULL,
    error    TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    PRIMARY KEY (identity, epoch, seq)
);
CREATE TABLE IF NOT EXISTS seals (
    identity   TEXT    NOT NULL,
    epoch      TEXT    NOT NULL,
    seq        INTEGER NOT NULL,                 -- the sealed head
    hash       TEXT    NOT NULL,
    public_key TEXT    NOT NULL,
    signature  TEXT    NOT NULL,
    holds      INTEGER NOT NULL,                 -- 1: HQ's own copy has this hash there and the signature is good
    PRIMARY KEY (identity, epoch, seq)
);
CREATE TABLE IF NOT EXISTS alarms (
    alarm      INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    identity   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    hint       TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT
);

CREATE TABLE IF NOT EXISTS nodes (
    identity    TEXT PRIMARY KEY,
    store       TEXT    NOT NULL,
    node        TEXT    NOT NULL,
    online      INTEGER NOT NULL DEFAULT 0,
    last_seen   TEXT    NOT NULL DEFAULT '',
    boot        TEXT    NOT NULL DEFAULT '',
    connection  INTEGER NOT NULL DEFAULT 0,      -- numbers a boot's connections: a late will cannot kill a live node
    version     TEXT    NOT NULL DEFAULT '',
    epoch       TEXT    NOT NULL DEFAULT '',
    head_seq    INTEGER NOT NULL DEFAULT 0,      -- as the node last told
    oldest_seq  INTEGER NOT NULL DEFAULT 0,
    skew_ms     INTEGER NOT NULL DEFAULT 0,
    fenced      TEXT    NOT NULL DEFAULT ''      -- the boot id that was taken off the cable
);
CREATE TABLE IF NOT EXISTS boots (               -- every start of a box that was heard
    identity   TEXT    NOT NULL,
    boot       TEXT    NOT NULL,
    connection INTEGER NOT NULL,
    heard_at   TEXT    NOT NULL,
    PRIMARY KEY (identity, boot)
);
CREATE TABLE IF NOT EXISTS private (             -- personal data from the stores: the one table that can be erased
    identity TEXT NOT NULL,
    id       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    data     BLOB NOT NULL,
    PRIMARY KEY (identity, id)
);
CREATE TABLE IF NOT EXISTS devices (
    identity TEXT NOT NULL,
    device   TEXT NOT NULL,
    up       INTEGER NOT NULL,
    since    TEXT NOT NULL,
    hint     TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    PRIMARY KEY (identity, device)
);
CREATE TABLE IF NOT EXISTS telemetry (           -- bounded: the newest few thousand per node
    sample   INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    kind     TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    data     BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS telemetry_of_node ON telemetry (identity, kind, sample);

-- The online shop's own stock, received and counted here (every other store's is folded from its journal).
CREATE TABLE IF NOT EXISTS movements (
    movement INTEGER PRIMARY KEY,
    at       TEXT    NOT NULL,
    store    TEXT    NOT NULL,
    sku      TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    document TEXT    NOT NULL,
    who      TEXT    NOT NULL,
    UNIQUE (store, document, sku)
);
CREATE TABLE IF NOT EXISTS review_owners (       -- who may change a review: SHA-256 of a browser's secret
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS media (
    sha256     TEXT PRIMARY KEY,
    type       TEXT    NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    bytes      BLOB    NOT NULL
);

-- HQ's own journal: keyed entries, one feed for all stores and one per store.
CREATE TABLE IF NOT EXISTS feeds (
    feed  TEXT PRIMARY KEY,                      -- 'all' or a store's id
    epoch TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    hash  BLOB    NOT NULL,
    minted_at TEXT NOT NULL DEFAULT ''           -- when a store proved that HQ was restored
);
CREATE TABLE IF NOT EXISTS feed (
    feed  TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    time  TEXT    NOT NULL,
    actor TEXT    NOT NULL,
    cause TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    kind  TEXT    NOT NULL,
    value BLOB,                                  -- canonical JSON; NULL is a tombstone
    hash  BLOB    NOT NULL,
    PRIMARY KEY (feed, epoch, seq)
);
CREATE TRIGGER IF NOT EXISTS feed_is_never_changed BEFORE UPDATE ON feed
BEGIN SELECT RAISE(ABORT, 'the feed is append-only'); END;
CREATE TRIGGER IF NOT EXISTS feed_is_never_removed BEFORE DELETE ON feed
BEGIN SELECT RAISE(ABORT, 'the feed is append-only'); END;
CREATE TABLE IF NOT EXISTS held (                -- the last entry of every key, tombstones too
    feed   TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    parent TEXT    NOT NULL,                     -- what it hangs below: a variant's or review's article, a price's sku
    seq    INTEGER NOT NULL,
    value  BLOB,
    PRIMARY KEY (feed, key)
);
CREATE INDEX IF NOT EXISTS held_by_seq ON held (feed, seq);
CREATE INDEX IF NOT EXISTS held_below ON held (feed, kind, parent, key);
CREATE INDEX IF NOT EXISTS held_by_kind ON held (feed, kind, key);
CREATE TABLE IF NOT EXISTS held_codes (          -- who owns a barcode or tag
    code TEXT PRIMARY KEY,
    key  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS held_codes_of_key ON held_codes (key);
