-- One row per session, with what the index needs in the same row: no crash can part them.
-- The large sealed columns stand last, so that reading the others does not follow a row's overflow pages.
CREATE TABLE session (
    key                 BLOB    NOT NULL PRIMARY KEY,
    public_id           TEXT    NOT NULL UNIQUE,
    iss                 TEXT    NOT NULL,
    sub                 TEXT    NOT NULL,
    sid                 TEXT,
    created_at          INTEGER NOT NULL,
    last_used_at        INTEGER NOT NULL,
    idle_expires_at     INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    ends_at             INTEGER NOT NULL GENERATED ALWAYS AS (min(idle_expires_at, absolute_expires_at)) VIRTUAL,
    identity            BLOB    NOT NULL,
    tokens              BLOB    NOT NULL,
    data                BLOB
) STRICT;
CREATE INDEX session_by_subject ON session (iss, sub);
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
CREATE INDEX session_by_end ON session (ends_at);

-- Not-before marks, the newest of each. kind: 1 = a sid, 2 = a subject.
CREATE TABLE mark (
    kind       INTEGER NOT NULL,
    iss        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    moment     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, iss, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_by_expiry ON mark (expires_at);

-- Pending rows may hold an ID token of many kilobytes, which a table without rowid would keep in its inner pages.
CREATE TABLE pending (
    key        BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE INDEX pending_by_expiry ON pending (expires_at);

CREATE TABLE claim (
    purpose    TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (purpose, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_expiry ON claim (expires_at);

-- Written by each ping: a store that cannot write any more (disk full, made read-only) is not ready.
CREATE TABLE probe (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    pings INTEGER NOT NULL
) STRICT;
INSERT INTO probe (id, pings) VALUES (1, 0);
