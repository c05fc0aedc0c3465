-- What headquarters knows of the stores, folded from entries; `hq rebuild` empties and folds these again.

CREATE TABLE IF NOT EXISTS sales (
    identity      TEXT    NOT NULL,
    sale          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,              -- 'sale' or 'return'
    epoch         TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    store         TEXT    NOT NULL,
    till          TEXT    NOT NULL,
    shift         TEXT    NOT NULL,
    number        TEXT    NOT NULL,
    business_date TEXT    NOT NULL,
    at            TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    origin        TEXT    NOT NULL,
    line_count    INTEGER NOT NULL,
    gross         INTEGER NOT NULL,              -- minor units, tax included, before rounding
    rounding      INTEGER NOT NULL,
    training      INTEGER NOT NULL,
    PRIMARY KEY (identity, sale, kind)
);
CREATE INDEX IF NOT EXISTS sales_of_store ON sales (store, at);
CREATE INDEX IF NOT EXISTS sales_by_number ON sales (store, number);
CREATE TABLE IF NOT EXISTS sale_lines (
    identity   TEXT    NOT NULL,
    sale       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    line       INTEGER NOT NULL,
    sku        TEXT    NOT NULL,
    article    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    quantity   INTEGER NOT NULL,
    unit_price INTEGER NOT NULL,
    discount   INTEGER NOT NULL,
    gross      INTEGER NOT NULL,
    tax_label  TEXT    NOT NULL,
    PRIMARY KEY (identity, sale, kind, line)
);
CREATE TABLE IF NOT EXISTS duplicate_sales (     -- a sale id recorded twice: counted once, shown in red
    identity TEXT    NOT NULL,
    epoch    TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    store    TEXT    NOT NULL,
    sale     TEXT    NOT NULL,
    PRIMARY KEY (identity, epoch, seq)
);
CREATE TABLE IF NOT EXISTS takings_by_hour (
    store         TEXT    NOT NULL,
    business_date TEXT    NOT NULL,
    hour          TEXT    NOT NULL,              -- UTC, '2026-03-01T08'
    till          TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    sales         INTEGER NOT NULL,
    returns       INTEGER NOT NULL,
    line_count    INTEGER NOT NULL,
    gross_sales   INTEGER NOT NULL,
    gross_returns INTEGER NOT NULL,
    rounding      INTEGER NOT NULL,
    PRIMARY KEY (store, business_date, hour, till, currency)
);
CREATE TABLE IF NOT EXISTS takings_by_tender (
    store         TEXT    NOT NULL,
    business_date TEXT    NOT NULL,
    till          TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    tender        TEXT    NOT NULL,
    amount        INTEGER NOT NULL,              -- returns subtract
    times         INTEGER NOT NULL,
    PRIMARY KEY (store, business_date, till, currency, tender)
);
CREATE TABLE IF NOT EXISTS takings_by_tax (
    store         TEXT    NOT NULL,
    business_date TEXT    NOT NULL,
    till          TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    label         TEXT    NOT NULL,
    rate          INTEGER NOT NULL,              -- basis points
    net           INTEGER NOT NULL,              -- returns subtract
    tax           INTEGER NOT NULL,
    gross         INTEGER NOT NULL,
    PRIMARY KEY (store, business_date, till, currency, label, rate)
);
CREATE TABLE IF NOT EXISTS z_reports (
    identity      TEXT    NOT NULL,
    shift         TEXT    NOT NULL,
    epoch         TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    store         TEXT    NOT NULL,
    till          TEXT    NOT NULL,
    z_number      INTEGER NOT NULL,
    business_date TEXT    NOT NULL,
    at            TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    sales         INTEGER NOT NULL,
    returns       INTEGER NOT NULL,
    line_count    INTEGER NOT NULL,
    gross_sales   INTEGER NOT NULL,
    gross_returns INTEGER NOT NULL,
    rounding      INTEGER NOT NULL,
    expected_cash INTEGER NOT NULL,
    counted_cash  INTEGER NOT NULL,
    variance      INTEGER NOT NULL,
    data          BLOB    NOT NULL,              -- the whole report as the store recorded it
    PRIMARY KEY (identity, shift)
);
CREATE TABLE IF NOT EXISTS stock (
    store    TEXT    NOT NULL,
    sku      TEXT    NOT NULL,
    received INTEGER NOT NULL,
    sold     INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    damaged  INTEGER NOT NULL,
    variance INTEGER NOT NULL,                   -- what counts found more (or less) than the record said
    held     INTEGER NOT NULL,
    as_of    TEXT    NOT NULL,
    as_of_seq INTEGER NOT NULL,
    PRIMARY KEY (store, sku)
);
CREATE INDEX IF NOT EXISTS stock_of_sku ON stock (sku);
CREATE TABLE IF NOT EXISTS holds (
    store    TEXT    NOT NULL,
    hold_for TEXT    NOT NULL,                   -- the order
    line     INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    sku      TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    released INTEGER NOT NULL,
    PRIMARY KEY (store, hold_for, line, attempt)
);
CREATE TABLE IF NOT EXISTS shelves (
    store    TEXT    NOT NULL,
    plate    TEXT    NOT NULL,
    sku      TEXT    NOT NULL,
    on_shelf INTEGER,                            -- NULL: the plate is blind
    as_of    TEXT    NOT NULL,
    PRIMARY KEY (store, plate)
);
CREATE TABLE IF NOT EXISTS feed_positions (
    identity TEXT    NOT NULL,
    feed     TEXT    NOT NULL,
    epoch    TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    digest   TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    PRIMARY KEY (identity, feed)
);
