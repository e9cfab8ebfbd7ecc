-- A session keeps its row when it ends, so that its places in the indexes need not be looked for, taken out and made anew
-- elsewhere: the row is marked as ended, and is the record of its end from then on. Its tokens, the largest part by far, lie
-- in a table of their own and stay where they are until they are revoked: in pages that hold one row each, every removal
-- would balance the pages beside it.
--
-- seq is the place among all ends. AUTOINCREMENT: the id of a row that has gone is never given to another, whose tokens
-- would meet those that wait to be revoked.
ALTER TABLE session RENAME TO session_before;
CREATE TABLE session (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key                 BLOB    NOT NULL UNIQUE,
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
    ended_at            INTEGER,
    reason              TEXT,
    kept_until          INTEGER,
    seq                 INTEGER,
    device              BLOB    NOT NULL,
    identity            BLOB    NOT NULL,
    CHECK ((former_sid IS NULL) = (former_until IS NULL)),
    CHECK ((ended_at IS NULL) = (reason IS NULL)
       AND (ended_at IS NULL) = (kept_until IS NULL)
       AND (ended_at IS NULL) = (seq IS NULL)
       AND (ended_at IS NULL OR identity = x''))
) STRICT;

-- Under the id of its session, and there no longer than the session lives or the outbox needs it.
CREATE TABLE session_tokens (
    id     INTEGER NOT NULL PRIMARY KEY,
    tokens BLOB    NOT NULL,
    data   BLOB
) STRICT;

INSERT INTO session (id, key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                     login_started_at, former_sid, former_until, device, identity)
    SELECT rowid, key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
           login_started_at, former_sid, former_until, device, identity
    FROM session_before ORDER BY rowid;
INSERT INTO session_tokens (id, tokens, data)
    SELECT rowid, tokens, data FROM session_before ORDER BY rowid;
DROP TABLE session_before;

-- How many sessions have not ended, and the last place that an end was given: no place is given twice, not even after its
-- row has gone, so that whoever follows the ends knows by it where they stood.
CREATE TABLE tally (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sessions INTEGER NOT NULL,
    last_end INTEGER NOT NULL
) STRICT;
INSERT INTO tally (id, sessions, last_end)
    SELECT 1, (SELECT count(*) FROM session), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'end_record'), 0);

-- The newest of a key first: of several, it is the one that was told.
INSERT OR IGNORE INTO session (key, public_id, iss, sub, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                               login_started_at, ended_at, reason, kept_until, seq, device, identity)
    SELECT key, public_id, iss, sub, created_at, ended_at, ended_at, ended_at,
           created_at, ended_at, reason, kept_until, seq, device, x''
    FROM end_record ORDER BY seq DESC;
DROP TABLE end_record;

-- Where the end stands beside the person, who lives is found without reading who ended.
CREATE INDEX session_by_subject ON session (iss, sub, ended_at);
-- Those that ended stay in these two: they are few of one sid, and to take them out is what an end would cost most.
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
CREATE INDEX session_by_former_sid ON session (iss, former_sid) WHERE former_sid IS NOT NULL;
CREATE INDEX session_by_limit ON session (ends_at) WHERE ended_at IS NULL;
CREATE INDEX session_by_expiry ON session (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX session_by_seq ON session (seq) WHERE seq IS NOT NULL;

-- The session whose tokens the entry is about, where they lie in the table above; NULL: in the column sealed.
ALTER TABLE outbox ADD COLUMN session_id INTEGER;
