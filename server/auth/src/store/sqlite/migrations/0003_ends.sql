-- The table of sessions anew, with what a person recognises its browser by. An added column would stand behind the large
-- ones, and every look-up would follow a row's overflow pages to read it.
ALTER TABLE session RENAME TO session_before;
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
    login_started_at    INTEGER NOT NULL,
    former_sid          TEXT,
    former_until        INTEGER,
    device              BLOB    NOT NULL,
    identity            BLOB    NOT NULL,
    tokens              BLOB    NOT NULL,
    data                BLOB,
    CHECK ((former_sid IS NULL) = (former_until IS NULL))
) STRICT;
INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                     login_started_at, former_sid, former_until, device, identity, tokens, data)
    SELECT key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
           login_started_at, former_sid, former_until, x'', identity, tokens, data
    FROM session_before;
DROP TABLE session_before;
CREATE INDEX session_by_subject ON session (iss, sub);
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
CREATE INDEX session_by_former_sid ON session (iss, former_sid) WHERE former_sid IS NOT NULL;
CREATE INDEX session_by_end ON session (ends_at);

-- What ended, in the order in which it did. A place is never given twice, not even after its row has gone: whoever follows
-- the ends knows by it where they stood.
CREATE TABLE end_record (
    seq        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key        BLOB    NOT NULL,
    public_id  TEXT    NOT NULL,
    iss        TEXT    NOT NULL,
    sub        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    device     BLOB    NOT NULL,
    kept_until INTEGER NOT NULL
) STRICT;
CREATE INDEX end_record_by_key ON end_record (key);
CREATE INDEX end_record_by_subject ON end_record (iss, sub, ended_at);
CREATE INDEX end_record_by_expiry ON end_record (kept_until);
